with source as (

    select * from {{ source('raw', 'cin__assessment') }}

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
        assessment_number,
        assessment_actual_start_date,
        assessment_internal_review_date,
        assessment_authorisation_date
    from source

)

select * from renamed
