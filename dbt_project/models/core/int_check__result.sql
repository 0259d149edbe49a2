-- What every check found in the submission that stands for a unit. A row rule is written down only
-- where it was broken: where the period before had broken it, its silence is a pass.
with submissions as (

    select * from {{ ref('int_submission__latest') }}

),

issues as (

    select * from {{ source('ledger', 'submission_issue') }}

),

expectations as (

    select * from {{ source('ledger', 'check_result') }}

),

broken as (

    select
        issues.rule_id as check_id,
        submissions.partner_code,
        submissions.standard,
        submissions.table_name,
        submissions.period_start,
        'row_rule' as kind,
        case
            when regexp_matches(issues.rule_id, 'missing|blank|mandatory') then 'completeness'
            when regexp_matches(issues.rule_id, 'before|after|outside|order') then 'plausibility'
            else 'conformance'
        end as category,
        case when bool_or(issues.severity = 'reject') then 'error' else 'warn' end as severity,
        sum(issues.failed) as failed,
        max(submissions.rows_read) as total,
        0 as threshold,
        case when sum(issues.failed) > 0 then 'fail' else 'pass' end as status
    from issues
    inner join submissions on issues.ledger_id = submissions.submission_id
    where submissions.is_active
    group by
        issues.rule_id,
        submissions.partner_code,
        submissions.standard,
        submissions.table_name,
        submissions.period_start

),

mended as (

    select
        broken.check_id,
        submissions.partner_code,
        submissions.standard,
        submissions.table_name,
        submissions.period_start,
        broken.kind,
        broken.category,
        broken.severity,
        0 as failed,
        submissions.rows_read as total,
        broken.threshold,
        'pass' as status
    from broken
    inner join submissions
        on
            broken.partner_code = submissions.partner_code
            and broken.standard = submissions.standard
            and broken.table_name = submissions.table_name
            and broken.period_start = submissions.previous_period
    where
        submissions.is_active
        and broken.status = 'fail'

),

unbroken as (

    select mended.* from mended
    anti join broken using (check_id, partner_code, standard, table_name, period_start)

),

-- a check looks at one column, or at the file; should it look at several, the worst stands
expected as (

    select
        expectations.check_id,
        submissions.partner_code,
        submissions.standard,
        submissions.table_name,
        submissions.period_start,
        'expectation' as kind,
        expectations.category,
        expectations.severity,
        null as failed,
        submissions.rows_read as total,
        coalesce(expectations.high, expectations.low) as threshold,
        expectations.status
    from expectations
    inner join submissions on expectations.ledger_id = submissions.submission_id
    qualify
        row_number() over (
            partition by expectations.ledger_id, expectations.check_id
            order by
                list_position(
                    ['fail', 'error', 'pass', 'not_applicable'], expectations.status
                ),
                expectations.column_name
        ) = 1

),

final as (

    select * from broken

    union all by name

    select * from unbroken

    union all by name

    select * from expected

)

select * from final
