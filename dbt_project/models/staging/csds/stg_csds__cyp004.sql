with source as (

    select * from {{ source('raw', 'csds__cyp004') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        plan_id,
        local_patient_id,
        plan_type,
        plan_created_date,
        plan_created_time,
        plan_last_update_date,
        plan_last_update_time,
        plan_implement_date
    from source

)

select * from renamed
