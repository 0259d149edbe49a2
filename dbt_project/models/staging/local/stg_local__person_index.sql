with source as (

    select * from {{ source('raw', 'local__person_index') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        local_patient_id,
        nhs_number,
        nhs_number_status,
        forename,
        surname,
        date_of_birth,
        sex,
        postcode,
        upn,
        nhs_number_mother,
        date_of_death,
        moved_away_date,
        opted_out_date,
        sensitive_flag
    from source

)

select * from renamed
