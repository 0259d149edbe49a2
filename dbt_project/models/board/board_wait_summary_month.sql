with true_values as (

    select * from {{ ref('mart_wait_summary_month') }}

),

setting as (

    select
        withhold_below,
        round_to
    from {{ source('partnership', 'setting') }}

),

final as (

    select
        true_values.month,
        true_values.service_code,
        true_values.kind,
        true_values.provider_code,
        {{ disclosed_count('n') }} as n,
        {{ disclosed_statistic('mean_days', 'n') }} as mean_days,
        {{ disclosed_statistic('median_days', 'n') }} as median_days,
        {{ disclosed_statistic('p92_days', 'n') }} as p92_days,
        coalesce({{ is_small('n') }}, false) as withheld
    from true_values
    cross join setting

)

select * from final
