-- Every day from the first monthly return that was due to the as-at day, in its month and quarter.
-- A yearly return reaches back to before anybody could be judged.
with calendar as (

    select * from {{ source('partnership', 'return_calendar') }}

),

setting as (

    select * from {{ source('partnership', 'setting') }}

),

bounds as (

    select
        (
            select {{ quarter_start('min(calendar.period_start)') }} from calendar
            where calendar.period_end < calendar.period_start + interval 1 month
        ) as first_day,
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
