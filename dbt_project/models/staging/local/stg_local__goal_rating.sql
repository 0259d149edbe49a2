with source as (

    select * from {{ source('raw', 'local__goal_rating') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        goal_id,
        rated_on,
        rater,
        rating_stage,
        rating_score,
        {{ yes_no('is_achieved') }} as is_achieved
    from source

)

select * from renamed
