with true_values as (

    select * from {{ ref('mart_kpi_exclusion') }}

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
        true_values.exclusion_reason,
        true_values.provider_code,
        {{ disclosed_count('count') }} as count,
        {{ is_small('count') }} as withheld
    from true_values
    cross join setting

)

select * from final
