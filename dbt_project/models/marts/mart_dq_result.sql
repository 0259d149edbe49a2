-- What checks found, by check, partner, table and period, beside what they found in the period
-- before it that was received. The results of this run's own tests are added before publishing.
with results as (

    select * from {{ ref('int_check__result') }}

),

submissions as (

    select * from {{ ref('int_submission__latest') }}

),

setting as (

    select * from {{ source('partnership', 'setting') }}

),

final as (

    select
        results.check_id,
        results.partner_code,
        results.standard || '.' || results.table_name as table_name,
        results.kind,
        results.category,
        results.severity,
        results.failed::bigint as failed,
        results.total::bigint as total,
        results.threshold::double as threshold,
        results.status,
        null::varchar as marts_affected,
        setting.built_at as measured_at,
        false as withheld,
        results.period_start as period,
        case
            when results.status = 'fail' and previous.status = 'fail' then 'persisting'
            when results.status = 'fail' then 'new'
            when results.status = 'pass' and previous.status = 'fail' then 'resolved'
            else 'none'
        end as trend,
        submissions.is_latest
    from results
    cross join setting
    inner join submissions using (partner_code, standard, table_name, period_start)
    left join results as previous
        on
            results.check_id = previous.check_id
            and results.partner_code = previous.partner_code
            and results.standard = previous.standard
            and results.table_name = previous.table_name
            and submissions.previous_period = previous.period_start

)

select * from final
