-- One row per child waiting for a service at the end of a month: accepted, not a duplicate, open,
-- not yet seen, and not opted out. Autism assessment waits too. Triage does not: it routes.
with units as (

    select * from {{ ref('measure_timeliness') }}

),

referrals as (

    select * from {{ ref('fct_referral') }}

),

dates as (

    select * from {{ ref('dim_date') }}

),

waits as (

    select
        units.unit_key,
        units.service_code,
        units.received_date,
        units.first_contact_date,
        referrals.end_date,
        referrals.end_reason
    from units
    inner join referrals on units.unit_key = referrals.referral_key
    where coalesce(units.exclusion_reason, '') not in ('opted_out', 'rejected', 'duplicate')

),

months as (

    select distinct
        month_start,
        month_end
    from dates

),

-- from the month of receipt to the month of the first contact or the end, whichever is first
spread as (

    select
        waits.*,
        unnest(generate_series(
            date_trunc('month', waits.received_date),
            date_trunc('month', coalesce(
                least(waits.first_contact_date, waits.end_date),
                (select max(months.month_start) from months)
            )),
            interval 1 month
        ))::date as month_start
    from waits

),

final as (

    select
        months.month_start,
        spread.service_code,
        (months.month_end - spread.received_date)::integer as waited_days
    from spread
    inner join months on spread.month_start = months.month_start
    where
        {{ is_open_at('spread', 'months.month_end') }}
        and (
            spread.first_contact_date is null
            or spread.first_contact_date > months.month_end
        )

)

select * from final
