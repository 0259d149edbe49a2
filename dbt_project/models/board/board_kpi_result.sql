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
        kpi_id,
        part,
        quarter,
        level,
        code,
        quarter_start,
        quarter_end,
        provider_code,
        version,
        {{ disclosed_numerator('numerator', 'denominator') }} as numerator,
        {{ disclosed_count('denominator') }} as denominator,
        {{ disclosed_percent('numerator', 'denominator') }} as value,
        threshold,
        threshold_source,
        status,
        reason,
        {{ is_small_share('numerator', 'denominator') }} as withheld,
        alternative_status,
        {{ disclosed_statistic('mean_wait_days', 'seen') }} as mean_wait_days
    from true_values
    cross join setting

)

select * from final
