with source as (

    select * from {{ source('raw', 'sen2__person') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        person_id as local_patient_id,
        surname,
        forename,
        date_of_birth,
        sex,
        ethnicity,
        postcode,
        upn,
        uln,
        upn_uln_unavailable_reason
    from source

)

select * from renamed
