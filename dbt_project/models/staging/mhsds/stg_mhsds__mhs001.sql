with source as (

    select * from {{ source('raw', 'mhsds__mhs001') }}

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
        org_id_residence_resp,
        org_id_education_establishment,
        nhs_number,
        nhs_number_status,
        date_of_birth,
        postcode,
        gender_identity,
        gender_same_at_birth,
        gender as sex,
        marital_status,
        ethnic_category,
        ethnic_category_2021,
        language_preferred,
        date_of_death
    from source

)

select * from renamed
