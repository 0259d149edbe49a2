with source as (

    select * from {{ source('raw', 'local__confidence_response') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        confidence_response_id,
        response_date,
        response_team_id as team_id,
        response_provider as provider_code,
        confidence_answer,
        answered_by
    from source

)

select * from renamed
