with source as (

    select * from {{ source('raw', 'csds__cyp001') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        org_id_local_patient_id as issuer_code,
        org_id_education_establishment,
        nhs_number,
        nhs_number_status,
        date_of_birth,
        postcode,
        gender as sex,
        ethnic_category,
        ethnic_category_2021,
        language_preferred,
        {{ yes_no('child_looked_after_indicator') }} as is_looked_after,
        {{ yes_no('safeguarding_indicator') }} as is_vulnerable,
        {{ yes_no('disability_supervision_and_care_indicator') }} as needs_supervision_and_care,
        education_assessment,
        date_of_death,
        nhs_number_mother
    from source

)

select * from renamed
