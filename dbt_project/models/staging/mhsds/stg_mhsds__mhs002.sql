with source as (

    select * from {{ source('raw', 'mhsds__mhs002') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        org_id_gp,
        gp_registration_start_date,
        gp_registration_end_date
    from source

)

select * from renamed
