with source as (

    select * from {{ source('raw', 'cin__child_protection_plan') }}

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
        child_protection_plan_number,
        cpp_start_date,
        cpp_end_date,
        initial_category_of_abuse,
        latest_category_of_abuse,
        number_of_previous_cpp
    from source

)

select * from renamed
