with source as (

    select * from {{ source('raw', 'mhsds__mhs101') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        local_patient_id,
        org_id_commissioner as commissioner_code,
        team_id_local as team_id,
        referral_request_received_date as received_date,
        referral_request_received_time as received_time,
        service_line_agreement,
        specialised_service_code,
        source_of_referral,
        org_id_referring,
        referring_staff_group,
        priority_type,
        primary_referral_reason,
        out_of_area_reason,
        decision_to_treat_date,
        decision_to_treat_time,
        discharge_plan_created_date,
        discharge_plan_created_time,
        discharge_plan_last_update_date,
        discharge_plan_last_update_time,
        discharge_date,
        discharge_time,
        discharge_letter_issued_date,
        referral_rejection_date as rejection_date,
        referral_rejection_time as rejection_time,
        referral_rejection_reason as rejection_reason,
        referral_closure_reason as closure_reason
    from source

)

select * from renamed
