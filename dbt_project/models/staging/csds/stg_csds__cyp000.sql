with source as (

    select * from {{ source('raw', 'csds__cyp000') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        version,
        org_id_provider,
        org_id_submitter,
        rp_start_date,
        rp_end_date,
        file_creation_date_time,
        primary_system
    from source

)

select * from renamed
