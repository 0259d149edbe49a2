with source as (

    select * from {{ source('raw', 'local__lac_health_assessment') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        health_assessment_kind,
        statutory_start_date,
        health_assessment_due_date,
        health_assessment_status,
        health_assessment_completed_date,
        {{ yes_no('by_medical_practitioner') }} as is_by_medical_practitioner,
        report_sent_date,
        health_plan_date,
        health_passport_date,
        {{ yes_no('is_inherited') }} as is_inherited,
        {{ yes_no('placed_out_of_area') }} as is_placed_out_of_area
    from source

)

select * from renamed
