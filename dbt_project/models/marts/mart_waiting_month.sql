with service_months as (

    select * from {{ ref('int_waiting__service_month') }}

),

waits as (

    select * from {{ ref('int_waiting__unit_month') }}

),

bands as (

    select
        listed.band_order,
        listed.band,
        listed.from_days,
        listed.to_days
    from (
        values
        (1, '0-42', 0, 42),
        (2, '43-84', 43, 84),
        (3, '85-126', 85, 126),
        (4, '127-182', 127, 182),
        (5, '183-364', 183, 364),
        (6, '365+', 365, 100000)
    ) as listed (band_order, band, from_days, to_days)

),

counted as (

    select
        waits.month_start,
        waits.service_code,
        bands.band_order,
        count(*) as waiting
    from waits
    inner join bands on waits.waited_days between bands.from_days and bands.to_days
    group by waits.month_start, waits.service_code, bands.band_order

),

final as (

    select
        service_months.month_start as month,
        service_months.service_code,
        bands.band,
        service_months.provider_code,
        bands.band_order::integer as band_order,
        case when service_months.is_received then coalesce(counted.waiting, 0) end::bigint
            as waiting,
        false as withheld
    from service_months
    cross join bands
    left join counted
        on
            service_months.month_start = counted.month_start
            and service_months.service_code = counted.service_code
            and bands.band_order = counted.band_order

)

select * from final
