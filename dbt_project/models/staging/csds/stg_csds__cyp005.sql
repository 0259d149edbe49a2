with source as (

    select * from {{ source('raw', 'csds__cyp005') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        plan_id,
        plan_agreed_by,
        plan_agreed_date,
        plan_agreed_time
    from source

)

select * from renamed
