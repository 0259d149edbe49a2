with source as (

    select * from {{ source('raw', 'sen2__named_plan') }}

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
        plan_start_date,
        residential_settings,
        work_based_learning,
        personal_budget_taken_up,
        personal_budget_organised,
        personal_budget_direct,
        plan_ceased_date,
        plan_ceased_reason,
        placement_urn,
        sen_setting,
        placement_rank
    from source

)

select * from renamed
