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
        kpi_id,
        part,
        level,
        code,
        month,
        provider_code,
        {{ disclosed_numerator('numerator', 'denominator') }} as numerator,
        {{ disclosed_count('denominator') }} as denominator,
        {{ disclosed_percent('numerator', 'denominator') }} as value,
        status_of_data,
        {{ is_small_share('numerator', 'denominator') }} as withheld,
        mean,
        lower,
        upper,
        point_type,
        variation,
        assurance,
        limits_kind
    from true_values
    cross join setting

)

select * from final
