with source as (

    select * from {{ source('raw', 'local__compliment') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        compliment_id,
        compliment_received_date,
        compliment_service as service_code,
        compliment_team_id as team_id,
        compliment_theme,
        compliment_text,
        {{ yes_no('compliment_may_be_quoted') }} as may_be_quoted
    from source

)

select * from renamed
