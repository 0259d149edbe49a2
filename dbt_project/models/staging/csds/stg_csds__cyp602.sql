with source as (

    select * from {{ source('raw', 'csds__cyp602') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        disability,
        disability_impact_perception
    from source

)

select * from renamed
