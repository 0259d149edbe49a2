with source as (

    select * from {{ source('raw', 'local__person_index') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        nhs_number,
        nhs_number_status,
        forename,
        surname,
        date_of_birth,
        sex,
        postcode,
        upn,
        family_id,
        nhs_number_mother,
        date_of_death,
        moved_away_date,
        opted_out_date,
        {{ yes_no('sensitive_flag') }} as is_sensitive
    from source

)

select * from renamed
