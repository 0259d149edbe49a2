with source as (

    select * from {{ source('raw', 'sen2__assessment') }}

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
        assessment_outcome,
        assessment_outcome_date,
        {{ yes_no('assessment_mediation') }} as had_assessment_mediation,
        {{ yes_no('assessment_tribunal') }} as had_assessment_tribunal,
        {{ yes_no('other_mediation') }} as had_other_mediation,
        {{ yes_no('other_tribunal') }} as had_other_tribunal,
        {{ yes_no('twenty_weeks_exceptions') }} as has_twenty_weeks_exception
    from source

)

select * from renamed
