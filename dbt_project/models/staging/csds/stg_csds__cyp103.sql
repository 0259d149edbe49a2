with source as (

    select * from {{ source('raw', 'csds__cyp103') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        referral_reason_other
    from source

)

select * from renamed
