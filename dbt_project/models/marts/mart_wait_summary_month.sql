with service_months as (

    select * from {{ ref('int_waiting__service_month') }}

),

waits as (

    select * from {{ ref('int_waiting__unit_month') }}

),

units as (

    select * from {{ ref('measure_timeliness') }}

),

durations as (

    select
        month_start,
        service_code,
        'waiting' as kind,
        waited_days
    from waits

    union all

    select
        date_trunc('month', first_contact_date)::date as month_start,
        service_code,
        'completed' as kind,
        wait_days as waited_days
    from units
    where
        first_contact_date is not null
        and coalesce(exclusion_reason, '')
        not in ('opted_out', 'rejected', 'duplicate', 'negative_wait')

),

summarised as (

    select
        month_start,
        service_code,
        kind,
        count(*) as n,
        avg(waited_days) as mean_days,
        quantile_cont(waited_days, 0.5) as median_days,
        quantile_cont(waited_days, 0.92) as p92_days
    from durations
    group by month_start, service_code, kind

),

kinds as (

    select unnest(['waiting', 'completed']) as kind

),

final as (

    select
        service_months.month_start as month,
        service_months.service_code,
        kinds.kind,
        service_months.provider_code,
        case when service_months.is_received then coalesce(summarised.n, 0) end::bigint as n,
        case when service_months.is_received then summarised.mean_days end::double as mean_days,
        case when service_months.is_received then summarised.median_days end::double
            as median_days,
        case when service_months.is_received then summarised.p92_days end::double as p92_days,
        false as withheld
    from service_months
    cross join kinds
    left join summarised
        on
            service_months.month_start = summarised.month_start
            and service_months.service_code = summarised.service_code
            and kinds.kind = summarised.kind

)

select * from final
