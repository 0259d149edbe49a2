with source as (

    select * from {{ source('raw', 'sen2__request') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        person_id as local_patient_id,
        request_record_id,
        date_request_received,
        {{ yes_no('request_in_rya') }} as is_in_youth_accommodation,
        request_outcome_date,
        request_outcome,
        {{ yes_no('request_mediation') }} as had_request_mediation,
        {{ yes_no('request_tribunal') }} as had_request_tribunal,
        {{ yes_no('exported') }} as is_exported,
        new_start_date
    from source

)

select * from renamed
