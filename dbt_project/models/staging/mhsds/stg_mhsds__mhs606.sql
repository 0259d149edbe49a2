with source as (

    select * from {{ source('raw', 'mhsds__mhs606') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        snomed_id,
        score,
        assessment_completion_date,
        care_professional_id_local as care_professional_id
    from source

)

select * from renamed
