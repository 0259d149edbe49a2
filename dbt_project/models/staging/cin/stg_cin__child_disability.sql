with source as (

    select * from {{ source('raw', 'cin__child_disability') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        la_child_id as local_patient_id,
        disability
    from source

)

select * from renamed
