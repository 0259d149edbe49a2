with source as (

    select * from {{ source('raw', 'mhsds__mhs201') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        care_contact_id,
        service_request_id,
        contact_date,
        contact_time,
        team_id_local as team_id,
        org_id_commissioner as commissioner_code,
        admin_category,
        specialised_service_code,
        care_contact_duration as duration_minutes,
        consultation_type,
        care_contact_subject,
        consultation_mechanism,
        activity_location_type,
        {{ yes_no('place_of_safety_indicator') }} as is_place_of_safety,
        treatment_org_site_id,
        group_therapy_indicator,
        language_of_treatment,
        interpreter_present_indicator,
        perinatal_partner_offer_indicator,
        planned_contact_indicator,
        patient_therapy_mode,
        attendance_status,
        reasonable_offer_date,
        clinically_appropriate_date,
        contact_cancellation_date,
        contact_cancellation_reason,
        replacement_appointment_offered_date,
        replacement_appointment_booked_date,
        reasonable_adjustment_made,
        no_mental_capacity_advocate_reason,
        no_mental_health_advocate_reason
    from source

)

select * from renamed
