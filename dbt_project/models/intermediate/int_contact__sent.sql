-- Contacts, of community and mental health services alike; attendance and mechanism have one list.
-- Earlier versions called a video call telemedicine, 03; it is 11 since.
with community as (

    select * from {{ ref('stg_csds__cyp201') }}

),

mental_health as (

    select * from {{ ref('stg_mhsds__mhs201') }}

),

final as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'csds' as standard,
        care_contact_id,
        service_request_id,
        team_id,
        contact_date,
        contact_time,
        duration_minutes,
        consultation_type,
        care_contact_subject,
        case consultation_mechanism
            when '03' then '11' else consultation_mechanism
        end as consultation_mechanism,
        activity_location_type,
        group_therapy_indicator,
        attendance_status,
        contact_cancellation_date,
        contact_cancellation_reason
    from community

    union all

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'mhsds' as standard,
        care_contact_id,
        service_request_id,
        team_id,
        contact_date,
        contact_time,
        duration_minutes,
        consultation_type,
        care_contact_subject,
        case consultation_mechanism
            when '03' then '11' else consultation_mechanism
        end as consultation_mechanism,
        activity_location_type,
        group_therapy_indicator,
        attendance_status,
        contact_cancellation_date,
        contact_cancellation_reason
    from mental_health

)

select * from final
