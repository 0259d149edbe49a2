with source as (

    select * from {{ source('raw', 'csds__cyp402') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        safeguarding_factors_type
    from source

)

select * from renamed
