-- Counts and status at the three levels. "In every discipline": a provider meets a KPI when each of
-- its services does, and the partnership when each party does; the pooled reading stands beside.
with services as (

    select * from {{ ref('int_kpi__service_period') }}

),

periods as (

    select * from {{ ref('int_kpi__period') }}

),

coverage as (

    select * from {{ ref('int_kpi__coverage') }}

),

dim_services as (

    select * from {{ ref('dim_service') }}

),

providers as (

    select * from {{ ref('dim_provider') }}
    where is_contract_party

),

parties as (

    select
        periods.*,
        providers.provider_code,
        coverage.gap_reason,
        {{ kpi_status('periods.is_final', 'coverage.gap_reason', '0', '0', '100') }}
            as status_of_none
    from periods
    inner join providers
        on
            providers.valid_from <= periods.period_end
            and coalesce(providers.valid_to, date '9999-12-31') >= periods.period_start
    left join coverage using (grain, period_start, kpi_id, part, provider_code)

),

by_service as (

    select
        services.grain,
        services.period_start,
        services.period_end,
        services.quarter,
        services.kpi_id,
        services.part,
        services.version,
        services.level_rule,
        services.threshold,
        services.threshold_source,
        services.is_final,
        'service' as level,
        services.service_code as code,
        -- the provider the service ended the period with
        coalesce(max(dim_services.provider_code), max(services.provider_code)) as provider_code,
        sum(services.numerator) as numerator,
        sum(services.denominator) as denominator,
        sum(services.seen) as seen,
        sum(services.wait_days) as wait_days,
        min(services.gap_reason) as gap_reason,
        null as status_of_parts
    from services
    left join dim_services
        on
            services.service_code = dim_services.service_code
            and {{ is_valid_on('dim_services', 'services.period_end') }}
    group by all

),

by_provider as (

    select
        parties.grain,
        parties.period_start,
        parties.period_end,
        parties.quarter,
        parties.kpi_id,
        parties.part,
        parties.version,
        parties.level_rule,
        parties.threshold,
        parties.threshold_source,
        parties.is_final,
        'provider' as level,
        parties.provider_code as code,
        parties.provider_code,
        coalesce(sum(services.numerator), 0) as numerator,
        coalesce(sum(services.denominator), 0) as denominator,
        coalesce(sum(services.seen), 0) as seen,
        coalesce(sum(services.wait_days), 0) as wait_days,
        parties.gap_reason,
        -- a party without a service has no counts to judge
        {{ kpi_status_of_all('coalesce(services.status, parties.status_of_none)') }}
            as status_of_parts
    from parties
    left join services using (grain, period_start, kpi_id, part, provider_code)
    group by all

),

by_partnership as (

    select
        by_provider.grain,
        by_provider.period_start,
        by_provider.period_end,
        by_provider.quarter,
        by_provider.kpi_id,
        by_provider.part,
        by_provider.version,
        by_provider.level_rule,
        by_provider.threshold,
        by_provider.threshold_source,
        by_provider.is_final,
        'partnership' as level,
        'partnership' as code,
        null as provider_code,
        sum(by_provider.numerator) as numerator,
        sum(by_provider.denominator) as denominator,
        sum(by_provider.seen) as seen,
        sum(by_provider.wait_days) as wait_days,
        min(by_provider.gap_reason) as gap_reason,
        {{ kpi_status_of_all('by_provider.status_of_parts') }} as status_of_parts
    from by_provider
    group by all

),

levels as (

    select * from by_service

    union all

    select * from by_provider

    union all

    select * from by_partnership

),

judged as (

    select
        *,
        {{ kpi_status('is_final', 'gap_reason', 'numerator', 'denominator', 'threshold') }}
            as pooled_status
    from levels

),

final as (

    select
        * exclude (status_of_parts, pooled_status),
        case
            when level = 'service' or level_rule = 'pooled' then pooled_status
            else status_of_parts
        end as status,
        case
            when level = 'service' or level_rule <> 'pooled' then pooled_status
            else status_of_parts
        end as alternative_status
    from judged

)

select * from final
