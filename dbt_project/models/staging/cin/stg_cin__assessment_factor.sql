with source as (

    select * from {{ source('raw', 'cin__assessment_factor') }}

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
        assessment_factor
    from source

)

select * from renamed
