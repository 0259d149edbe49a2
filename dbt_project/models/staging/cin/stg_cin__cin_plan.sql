with source as (

    select * from {{ source('raw', 'cin__cin_plan') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        la_child_id as local_patient_id,
        cin_details_number,
        cin_plan_number,
        cin_plan_start_date,
        cin_plan_end_date
    from source

)

select * from renamed
