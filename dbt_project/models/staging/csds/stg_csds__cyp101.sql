with source as (

    select * from {{ source('raw', 'csds__cyp101') }}

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
        referral_request_received_date as received_date,
        referral_request_received_time as received_time,
        service_line_agreement,
        source_of_referral,
        org_id_referring,
        referring_staff_group,
        priority_type,
        primary_referral_reason,
        discharge_date,
        discharge_letter_issued_date
    from source

)

select * from renamed
