with source as (

    select * from {{ source('raw', 'csds__cyp001') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        local_patient_id,
        org_id_local_patient_id as issuer_code,
        org_id_education_establishment,
        nhs_number,
        nhs_number_status,
        date_of_birth,
        postcode,
        gender as sex,
        ethnic_category,
        language_preferred,
        child_looked_after_indicator,
        safeguarding_indicator,
        disability_supervision_and_care_indicator,
        education_assessment,
        date_of_death,
        nhs_number_mother
    from source

)

select * from renamed
