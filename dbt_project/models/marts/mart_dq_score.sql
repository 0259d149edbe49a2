-- The formula stands in the description of the model.
with units as (

    select * from {{ ref('mart_submission') }}
    where status not in ('not_expected', 'not_due')

),

submissions as (

    select * from {{ ref('int_submission__latest') }}
    where is_active

),

expectations as (

    select * from {{ source('ledger', 'check_result') }}
    where observed is not null

),

received as (

    select
        partner_code,
        standard,
        period,
        count(*) as due,
        count(*) filter (where status in ('on_time', 'late', 'resubmitted')) as received,
        sum(rows) as rows_read,
        sum(quarantined) as rows_quarantined
    from units
    group by partner_code, standard, period

),

-- two checks may look at one column, a warning and a refusal
column_shares as (

    select
        submissions.partner_code,
        submissions.standard,
        submissions.period_start as period,
        submissions.submission_id,
        expectations.column_name,
        max(expectations.observed) filter (
            where expectations.check_id in (
                expectations.column_name || '_missing',
                expectations.column_name || '_missing_mostly'
            )
        ) as missing_share,
        max(expectations.observed) filter (
            where expectations.check_id = expectations.column_name || '_not_known'
        ) as default_share
    from expectations
    inner join submissions on expectations.ledger_id = submissions.submission_id
    group by all

),

shares as (

    select
        partner_code,
        standard,
        period,
        avg(missing_share) as missing_share,
        avg(default_share) as default_share
    from column_shares
    group by partner_code, standard, period

),

percents as (

    select
        received.*,
        100.0 * received.received / received.due as coverage,
        100 * (1 - shares.missing_share) as completeness,
        100.0 * (received.rows_read - received.rows_quarantined) / nullif(received.rows_read, 0)
            as validity,
        100 * shares.default_share as default_use
    from received
    left join shares using (partner_code, standard, period)

),

final as (

    select
        partner_code,
        standard,
        period,
        due::integer as due,
        received::integer as received,
        rows_read::bigint as rows,
        rows_quarantined::bigint as quarantined,
        coverage::double as coverage,
        completeness::double as completeness,
        validity::double as validity,
        default_use::double as default_use,
        -- of an empty list there is no mean: an empty file is no fault, and nothing received is
        (
            coverage
            * coalesce(list_avg([completeness, validity, 100 - default_use]), 100)
            / 100
        )::double as score,
        false as withheld
    from percents

)

select * from final
