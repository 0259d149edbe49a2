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
        kpi_id,
        part,
        quarter,
        level,
        code,
        exclusion_reason,
        provider_code,
        {{ disclosed_count('count') }} as count,
        {{ is_small('count') }} as withheld
    from true_values
    cross join setting

)

select * from final
