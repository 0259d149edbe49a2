with source as (

    select * from {{ source('raw', 'cin__cp_review') }}

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
        cpp_review_date
    from source

)

select * from renamed
