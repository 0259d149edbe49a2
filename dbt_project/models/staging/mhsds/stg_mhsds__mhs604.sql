with source as (

    select * from {{ source('raw', 'mhsds__mhs604') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        diagnosis_scheme,
        primary_diagnosis,
        primary_diagnosis_date
    from source

)

select * from renamed
