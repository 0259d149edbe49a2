with source as (

    select * from {{ source('raw', 'local__goal') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        goal_id,
        local_patient_id,
        service_request_id,
        team_id_local as team_id,
        goal_number,
        goal_tool,
        own_tool_name,
        goal_start_date,
        {{ yes_no('agreed_with_family') }} as is_agreed_with_family,
        goal_target_date,
        goal_target_score,
        goal_status,
        goal_closed_date,
        goal_withdrawn_reason
    from source

)

select * from renamed
