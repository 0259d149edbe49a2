with source as (

    select * from {{ source('raw', 'csds__cyp105') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        onward_referral_date,
        onward_referral_reason,
        org_id_receiving
    from source

)

select * from renamed
