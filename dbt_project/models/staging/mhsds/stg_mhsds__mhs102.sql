with source as (

    select * from {{ source('raw', 'mhsds__mhs102') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        team_id_local as team_id,
        team_type,
        camhs_tier,
        team_age_group,
        referral_closure_date as closure_date,
        referral_closure_time as closure_time,
        referral_rejection_date as rejection_date,
        referral_rejection_time as rejection_time,
        referral_closure_reason as closure_reason,
        referral_rejection_reason as rejection_reason
    from source

)

select * from renamed
