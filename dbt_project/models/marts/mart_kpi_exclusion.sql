with units as (

    select * from {{ ref('int_kpi__unit') }}
    where
        is_due
        and exclusion_reason is not null

),

results as (

    select * from {{ ref('mart_kpi_result') }}

),

counted as (

    select
        kpi_id,
        part,
        quarter_start,
        service_code,
        provider_code,
        exclusion_reason,
        count(*) as units
    from units
    group by all

),

final as (

    select
        results.kpi_id,
        results.part,
        results.quarter,
        results.level,
        results.code,
        counted.exclusion_reason,
        results.provider_code,
        sum(counted.units)::bigint as count,
        false as withheld
    from results
    inner join counted
        on
            results.kpi_id = counted.kpi_id
            and results.part = counted.part
            and results.quarter_start = counted.quarter_start
            and (
                results.level = 'partnership'
                or (results.level = 'provider' and results.code = counted.provider_code)
                or (results.level = 'service' and results.code = counted.service_code)
            )
    group by all

)

select * from final
