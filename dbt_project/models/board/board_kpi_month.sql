with true_values as (

    select * from {{ ref('mart_kpi_month') }}

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
        true_values.level,
        true_values.code,
        true_values.month,
        true_values.provider_code,
        {{ disclosed_numerator('numerator', 'denominator') }} as numerator,
        {{ disclosed_count('denominator') }} as denominator,
        {{ disclosed_percent('numerator', 'denominator') }} as value,
        true_values.status_of_data,
        {{ is_small_share('numerator', 'denominator') }} as withheld,
        true_values.mean,
        true_values.lower,
        true_values.upper,
        true_values.point_type,
        true_values.variation,
        true_values.assurance,
        true_values.limits_kind
    from true_values
    cross join setting

)

select * from final
