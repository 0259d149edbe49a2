with source as (

    select * from {{ source('raw', 'local__ehcp_advice') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        advice_request_id,
        local_patient_id,
        ehcp_request_id,
        advice_service,
        advice_discipline,
        advice_requested_on,
        advice_due_on,
        advice_sent_on,
        advice_late_reason
    from source

)

select * from renamed
