with source as (

    select * from {{ source('raw', 'local__autism_assessment') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        local_patient_id,
        team_id_local as team_id,
        assessment_started_date,
        assessment_completed_date,
        assessment_outcome,
        outcome_shared_date
    from source

)

select * from renamed
