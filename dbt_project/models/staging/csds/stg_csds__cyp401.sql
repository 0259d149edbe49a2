with source as (

    select * from {{ source('raw', 'csds__cyp401') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        education_need_type
    from source

)

select * from renamed
