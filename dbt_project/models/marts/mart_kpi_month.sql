with results as (

    select * from {{ ref('int_kpi__level_period') }}
    where grain = 'month'

),

final as (

    select
        kpi_id,
        part,
        level,
        code,
        period_start as month,
        provider_code,
        case when gap_reason is null or denominator > 0 then numerator end::bigint as numerator,
        case when gap_reason is null or denominator > 0 then denominator end::bigint
            as denominator,
        100.0 * numerator / nullif(denominator, 0) as value,
        case
            when not is_final then 'not_due'
            when gap_reason = 'late' then 'late'
            else 'complete'
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
    -- who owes no return has no series; kpi_result says so
    where level = 'partnership' or coalesce(gap_reason, '') <> 'no_return_agreed'

)

select * from final
