-- Requests for service, of community and mental health services alike.
with community as (

    select * from {{ ref('stg_csds__cyp101') }}

),

mental_health as (

    select * from {{ ref('stg_mhsds__mhs101') }}

),

final as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'csds' as standard,
        service_request_id,
        local_patient_id,
        received_date,
        source_of_referral,
        priority_type,
        primary_referral_reason,
        discharge_date
    from community

    union all

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'mhsds' as standard,
        service_request_id,
        local_patient_id,
        received_date,
        source_of_referral,
        priority_type,
        primary_referral_reason,
        discharge_date
    from mental_health

)

select * from final
