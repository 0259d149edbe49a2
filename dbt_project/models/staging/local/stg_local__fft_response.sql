with source as (

    select * from {{ source('raw', 'local__fft_response') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        fft_response_id,
        response_date,
        response_team_id as team_id,
        response_provider as provider_code,
        question_version,
        fft_answer,
        answered_by,
        comment,
        {{ yes_no('may_be_quoted') }} as may_be_quoted
    from source

)

select * from renamed
