-- Every unit that was expected, and every one that was not and came: when, and what became of it.
with calendar as (

    select * from {{ source('partnership', 'return_calendar') }}

),

submissions as (

    select * from {{ ref('fct_submission') }}
    where
        partner_code is not null
        and table_name is not null
        and period_start is not null

),

decisions as (

    select
        ledger_id,
        sum(decisions) filter (where action = 'release') as released,
        sum(decisions) filter (where action <> 'release') as refused
    from {{ source('ledger', 'quarantine_decision') }}
    group by ledger_id

),

setting as (

    select * from {{ source('partnership', 'setting') }}

),

received as (

    select
        partner_code,
        standard,
        table_name,
        period_start,
        max(period_end) as period_end,
        max(submission_id) filter (where is_active) as submission_id,
        count(*) filter (where status in ('loaded', 'superseded')) as versions,
        count(*) filter (where status = 'rejected') as rejections,
        min(received_at) filter (where status in ('loaded', 'superseded'))::date as received_on,
        max(received_at) filter (where status = 'rejected')::date as rejected_on,
        bool_or(is_active) as is_active,
        max(rows_read) filter (where is_active) as rows_read,
        max(rows_quarantined) filter (where is_active) as rows_quarantined,
        arg_max(reason, submission_id) filter (where status = 'rejected') as reason
    from submissions
    group by partner_code, standard, table_name, period_start

),

units as (

    select
        coalesce(calendar.partner_code, received.partner_code) as partner_code,
        coalesce(calendar.standard, received.standard) as standard,
        coalesce(calendar.table_name, received.table_name) as table_name,
        coalesce(calendar.period_start, received.period_start) as period_start,
        coalesce(calendar.period_end, received.period_end) as period_end,
        calendar.due_on,
        coalesce(received.received_on, received.rejected_on) as received_on,
        coalesce(received.versions, 0) as versions,
        coalesce(received.rejections, 0) as rejections,
        coalesce(received.is_active, false) as is_active,
        received.submission_id,
        received.rows_read,
        received.rows_quarantined,
        received.reason
    from calendar
    full join received
        on
            calendar.partner_code = received.partner_code
            and calendar.standard = received.standard
            and calendar.table_name = received.table_name
            and calendar.period_start = received.period_start

),

final as (

    select
        units.partner_code,
        units.standard,
        units.table_name,
        units.period_start as period,
        units.period_end,
        units.due_on,
        units.received_on,
        greatest(
            coalesce(units.received_on, setting.as_at) - units.due_on, 0
        )::integer as days_late,
        case
            when units.due_on is null then 'not_expected'
            when not units.is_active and units.rejections > 0 then 'rejected'
            when not units.is_active and units.due_on >= setting.as_at then 'not_due'
            when not units.is_active then 'missing'
            when units.versions > 1 then 'resubmitted'
            when units.received_on > units.due_on then 'late'
            else 'on_time'
        end as status,
        units.versions::integer as versions,
        units.rows_read::bigint as rows,
        units.rows_quarantined::bigint as quarantined,
        decisions.released::bigint as released,
        decisions.refused::bigint as refused,
        case when not units.is_active then units.reason end as reason,
        false as withheld
    from units
    cross join setting
    left join decisions on units.submission_id = decisions.ledger_id

)

select * from final
