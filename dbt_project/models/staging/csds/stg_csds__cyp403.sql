with source as (

    select * from {{ source('raw', 'csds__cyp403') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        cpp_reason,
        cpp_start_date,
        cpp_end_date
    from source

)

select * from renamed
