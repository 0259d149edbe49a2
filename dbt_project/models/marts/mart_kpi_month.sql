with results as (

    select * from {{ ref('int_kpi__level_period') }}
    where grain = 'month'

),

final as (

    select
        kpi_id,
        part,
        quarter,
        level,
        code,
        period_start as month_start,
        provider_code,
        version,
        case when gap_reason is null or denominator > 0 then numerator end::bigint as numerator,
        case when gap_reason is null or denominator > 0 then denominator end::bigint
            as denominator,
        100.0 * numerator / nullif(denominator, 0) as value,
        case
            when not is_final then 'not_due'
            else coalesce(gap_reason, 'complete')
        end as status_of_data,
        false as withheld,
        -- statistical process control: null until the monthly series is measured
        null::double as mean,
        null::double as lower,
        null::double as upper,
        null::varchar as point_type,
        null::varchar as variation,
        null::varchar as assurance,
        null::varchar as limits_kind
    from results

)

select * from final
