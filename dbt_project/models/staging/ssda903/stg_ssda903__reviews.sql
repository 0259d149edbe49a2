with source as (

    select * from {{ source('raw', 'ssda903__reviews') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        child as local_patient_id,
        date_of_birth,
        review_date,
        review_code
    from source

)

select * from renamed
