-- Counts of each service under each provider, by month and by quarter. The skeleton has every
-- service valid in the period, so that one nothing was sent for is there and is not zero.
with periods as (

    select * from {{ ref('int_kpi__period') }}

),

coverage as (

    select * from {{ ref('int_kpi__coverage') }}

),

units as (

    select * from {{ ref('int_kpi__unit') }}
    where is_due

),

services as (

    select * from {{ ref('dim_service') }}
    where not is_triage

),

dated as (

    select
        *,
        'month' as grain,
        month_start as period_start
    from units

    union all

    select
        *,
        'quarter' as grain,
        quarter_start as period_start
    from units

),

counted as (

    select
        grain,
        period_start,
        kpi_id,
        part,
        service_code,
        provider_code,
        count(*) filter (where in_numerator) as numerator,
        count(*) filter (where in_denominator) as denominator,
        count(wait_days) filter (where in_denominator) as seen,
        coalesce(sum(wait_days) filter (where in_denominator), 0) as wait_days
    from dated
    group by grain, period_start, kpi_id, part, service_code, provider_code

),

skeleton as (

    select
        periods.grain,
        periods.period_start,
        periods.kpi_id,
        periods.part,
        services.service_code,
        services.provider_code
    from periods
    inner join services
        on
            services.valid_from <= periods.period_end
            and coalesce(services.valid_to, date '9999-12-31') >= periods.period_start

    union distinct

    -- a referral is judged after a service has moved, but stays with the provider that took it
    select
        grain,
        period_start,
        kpi_id,
        part,
        service_code,
        provider_code
    from counted

),

final as (

    select
        periods.*,
        skeleton.service_code,
        skeleton.provider_code,
        coalesce(counted.numerator, 0) as numerator,
        coalesce(counted.denominator, 0) as denominator,
        coalesce(counted.seen, 0) as seen,
        coalesce(counted.wait_days, 0) as wait_days,
        coverage.gap_reason,
        {{ kpi_status(
            'periods.is_final',
            'coverage.gap_reason',
            'coalesce(counted.numerator, 0)',
            'coalesce(counted.denominator, 0)',
            'periods.threshold'
        ) }} as status
    from skeleton
    inner join periods using (grain, period_start, kpi_id, part)
    left join counted using (grain, period_start, kpi_id, part, service_code, provider_code)
    left join coverage using (grain, period_start, kpi_id, part, provider_code)

)

select * from final
