with source as (

    select * from {{ source('raw', 'local__spor_triage') }}

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
        spor_received_date,
        spor_complexity,
        panel_date,
        panel_decision,
        panel_decision_date,
        routed_date,
        routed_to_service,
        routed_to_team_id
    from source

)

select * from renamed
