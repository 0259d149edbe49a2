with source as (

    select * from {{ source('raw', 'csds__cyp609') }}

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
        assessment_completion_date
    from source

)

select * from renamed
