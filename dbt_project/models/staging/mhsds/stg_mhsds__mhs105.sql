with source as (

    select * from {{ source('raw', 'mhsds__mhs105') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        decision_to_refer_date,
        decision_to_refer_time,
        onward_referral_date,
        onward_referral_time,
        onward_referral_reason,
        out_of_area_reason,
        org_id_receiving,
        referral_procedure
    from source

)

select * from renamed
