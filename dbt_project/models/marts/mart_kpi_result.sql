with results as (

    select * from {{ ref('int_kpi__level_period') }}
    where grain = 'quarter'

),

final as (

    select
        kpi_id,
        part,
        quarter,
        level,
        code,
        period_start as quarter_start,
        period_end as quarter_end,
        provider_code,
        version,
        -- nothing was sent, so nothing is known: not zero
        case when gap_reason is null or denominator > 0 then numerator end::bigint as numerator,
        case when gap_reason is null or denominator > 0 then denominator end::bigint
            as denominator,
        100.0 * numerator / nullif(denominator, 0) as value,
        threshold,
        threshold_source,
        status,
        case when status = 'not_assessed' then gap_reason end as reason,
        false as withheld,
        alternative_status,
        (wait_days / nullif(seen, 0))::double as mean_wait_days,
        seen::bigint as seen
    from results

)

select * from final
