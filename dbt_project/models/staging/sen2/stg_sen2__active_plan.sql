with source as (

    select * from {{ source('raw', 'sen2__active_plan') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        person_id as local_patient_id,
        request_record_id,
        plan_transfer,
        residential_settings,
        work_based_learning,
        review_decision_date,
        sen_type,
        sen_type_rank,
        placement_urn,
        sen_setting,
        placement_rank
    from source

)

select * from renamed
