with source as (

    select * from {{ source('raw', 'mhsds__mhs005') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        {{ yes_no('disability_supervision_and_care_indicator') }} as needs_supervision_and_care,
        parental_responsibility,
        young_carer,
        child_looked_after_indicator as looked_after_status,
        lac_legal_status,
        education_assessment,
        child_protection_plan_indicator as child_protection_plan_status,
        psychosis_prodrome_date,
        psychosis_emergent_date,
        psychosis_manifest_date,
        psychosis_prescription_date,
        psychosis_treatment_date,
        reasonable_adjustment_indicator,
        mental_capacity_advocate_required,
        mental_health_advocate_required,
        mental_capacity_advocate_assigned,
        mental_health_advocate_assigned,
        learning_disability_status,
        autism_status
    from source

)

select * from renamed
