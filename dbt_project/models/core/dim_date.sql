-- Every day from the first return that was due to the as-at day, with its month and quarter.
with calendar as (

    select * from {{ source('partnership', 'return_calendar') }}

),

setting as (

    select * from {{ source('partnership', 'setting') }}

),

bounds as (

    select
        (select {{ quarter_start('min(period_start)') }} from calendar) as first_day,
        (select max(as_at) from setting) as last_day

),

days as (

    select unnest(generate_series(first_day, last_day, interval 1 day))::date as date_day
    from bounds
    where first_day is not null

),

quarters as (

    select
        date_day,
        date_trunc('month', date_day)::date as month_start,
        {{ quarter_start('date_day') }} as quarter_start
    from days

),

final as (

    select
        date_day,
        month_start,
        {{ month_end('month_start') }} as month_end,
        quarter_start,
        {{ quarter_end('quarter_start') }} as quarter_end,
        {{ quarter_label('quarter_start') }} as quarter
    from quarters

)

select * from final
