with source as (

    select * from {{ source('raw', 'local__care_plan_participant') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        plan_id,
        local_patient_id,
        plan_source,
        participant_discipline,
        participant_organisation,
        participant_team_id as team_id,
        participant_role,
        plan_agreed_with_family_date,
        participant_from,
        participant_to
    from source

)

select * from renamed
