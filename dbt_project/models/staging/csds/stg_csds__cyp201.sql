with source as (

    select * from {{ source('raw', 'csds__cyp201') }}

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
        team_id_local as team_id,
        contact_date,
        contact_time,
        org_id_commissioner as commissioner_code,
        admin_category,
        care_contact_duration as duration_minutes,
        consultation_type,
        care_contact_subject,
        consultation_mechanism,
        activity_location_type,
        treatment_org_site_id,
        group_therapy_indicator,
        attendance_status,
        reasonable_offer_date,
        clinically_appropriate_date,
        contact_cancellation_date,
        contact_cancellation_reason,
        replacement_appointment_offered_date,
        replacement_appointment_booked_date
    from source

)

select * from renamed
