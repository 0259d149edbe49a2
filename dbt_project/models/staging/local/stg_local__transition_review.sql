with source as (

    select * from {{ source('raw', 'local__transition_review') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        review_date,
        eligibility_decision,
        eligibility_decision_date,
        adult_service,
        {{ yes_no('named_worker_present') }} as has_named_worker,
        {{ yes_no('continuing_care') }} as has_continuing_care,
        plan_agreed_date,
        plan_reviewed_date,
        adult_service_accepted_date
    from source

)

select * from renamed
