-- The submission that stands for each unit, and the period before it that was received: the active
-- one, or the last that was refused where none was taken in.
with submissions as (

    select * from {{ ref('fct_submission') }}
    where
        status in ('loaded', 'superseded', 'rejected')
        and partner_code is not null
        and table_name is not null
        and period_start is not null

),

latest as (

    select * from submissions
    qualify
        row_number() over (
            partition by partner_code, standard, table_name, period_start
            order by is_active desc, submission_id desc
        ) = 1

),

final as (

    select
        submission_id,
        partner_code,
        standard,
        table_name,
        period_start,
        is_active,
        rows_read,
        lag(period_start) over in_order as previous_period,
        lead(period_start) over in_order is null as is_latest
    from latest
    window
        in_order as (partition by partner_code, standard, table_name order by period_start)

)

select * from final
