with source as (

    select * from {{ source('raw', 'mhsds__mhs202') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        care_activity_id,
        care_contact_id,
        care_professional_id_local as care_professional_id,
        care_activity_duration as duration_minutes,
        coded_procedure,
        finding_scheme,
        coded_finding,
        observation_scheme,
        coded_observation,
        observation_value,
        uc_unit_of_measurement
    from source

)

select * from renamed
