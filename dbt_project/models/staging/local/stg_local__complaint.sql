with source as (

    select * from {{ source('raw', 'local__complaint') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        complaint_id,
        complaint_received_date,
        complaint_service as service_code,
        complaint_subject,
        complaint_profession,
        complainant_status,
        complaint_age_band,
        complaint_outcome,
        complaint_closed_date,
        complaint_summary,
        learning,
        action,
        action_due_date,
        action_closed_date
    from source

)

select * from renamed
