with source as (

    select * from {{ source('raw', 'local__incident') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        incident_id,
        incident_date,
        incident_reported_date,
        incident_service as service_code,
        incident_type,
        physical_harm,
        psychological_harm,
        incident_summary,
        learning,
        action,
        action_due_date,
        action_closed_date,
        incident_closed_date
    from source

)

select * from renamed
