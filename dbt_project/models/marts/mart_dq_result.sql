-- What intake found in the active submissions, by rule, partner and table. The results of this
-- run's own tests are added before publishing.
with submissions as (

    select * from {{ ref('fct_submission') }}

),

issues as (

    select * from {{ source('ledger', 'submission_issue') }}

),

setting as (

    select * from {{ source('partnership', 'setting') }}

),

final as (

    select
        issues.rule_id as check_id,
        submissions.partner_code,
        submissions.standard || '.' || submissions.table_name as table_name,
        'row_rule' as kind,
        case
            when regexp_matches(issues.rule_id, 'missing|blank|mandatory') then 'completeness'
            when regexp_matches(issues.rule_id, 'before|after|outside|order') then 'plausibility'
            else 'conformance'
        end as category,
        case when bool_or(issues.severity = 'reject') then 'error' else 'warn' end as severity,
        sum(issues.failed)::bigint as failed,
        sum(submissions.rows_read)::bigint as total,
        0::double as threshold,
        case when sum(issues.failed) > 0 then 'fail' else 'pass' end as status,
        null::varchar as marts_affected,
        max(setting.built_at) as measured_at,
        false as withheld
    from issues
    inner join submissions on issues.ledger_id = submissions.submission_id
    cross join setting
    where
        submissions.is_active
        and submissions.partner_code is not null
        and submissions.table_name is not null
    group by
        issues.rule_id,
        submissions.partner_code,
        submissions.standard,
        submissions.table_name

)

select * from final
