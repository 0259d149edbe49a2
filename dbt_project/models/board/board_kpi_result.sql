-- Status is computed on true values and stays; only the numbers behind it may be withheld.
with true_values as (

    select * from {{ ref('mart_kpi_result') }}

),

setting as (

    select
        withhold_below,
        round_to
    from {{ source('partnership', 'setting') }}

),

final as (

    select
        true_values.kpi_id,
        true_values.part,
        true_values.quarter,
        true_values.level,
        true_values.code,
        true_values.quarter_start,
        true_values.quarter_end,
        true_values.provider_code,
        true_values.version,
        {{ disclosed_numerator('numerator', 'denominator') }} as numerator,
        {{ disclosed_count('denominator') }} as denominator,
        {{ disclosed_percent('numerator', 'denominator') }} as value,
        true_values.threshold,
        true_values.threshold_source,
        true_values.status,
        true_values.reason,
        {{ is_small_share('numerator', 'denominator') }} as withheld,
        true_values.alternative_status,
        {{ disclosed_statistic('mean_wait_days', 'seen') }} as mean_wait_days
    from true_values
    cross join setting

)

select * from final
