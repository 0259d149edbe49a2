with source as (

    select * from {{ source('raw', 'mhsds__mhs009') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        plan_id,
        family_care_plan_indicator,
        no_family_care_plan_reason,
        plan_agreed_by,
        plan_agreed_date,
        plan_agreed_time
    from source

)

select * from renamed
