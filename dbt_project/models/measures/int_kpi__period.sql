-- Every month and quarter since the first return was due, with the version and the threshold of
-- each KPI that judge it, and whether its returns are due.
with days as (

    select * from {{ ref('dim_date') }}

),

setting as (

    select * from {{ source('partnership', 'setting') }}

),

definitions as (

    select * from {{ source('partnership', 'kpi_definition') }}

),

thresholds as (

    select * from {{ source('partnership', 'threshold') }}

),

final_after as (

    select * from {{ source('partnership', 'parameter') }}
    where name = 'final_after_days'

),

periods as (

    select distinct
        'month' as grain,
        month_start as period_start,
        month_end as period_end,
        quarter_start,
        quarter
    from days

    union all

    select distinct
        'quarter' as grain,
        quarter_start as period_start,
        quarter_end as period_end,
        quarter_start,
        quarter
    from days

),

final as (

    select
        periods.grain,
        periods.period_start,
        periods.period_end,
        periods.quarter,
        definitions.kpi_id,
        definitions.part,
        definitions.version,
        definitions.level_rule,
        thresholds.percent as threshold,
        thresholds.source as threshold_source,
        periods.period_end + final_after.value_number::integer <= setting.as_at as is_final
    from periods
    cross join setting
    inner join definitions on {{ is_valid_on('definitions', 'periods.quarter_start') }}
    inner join thresholds
        on
            definitions.kpi_id = thresholds.kpi_id
            and definitions.part = thresholds.part
            and {{ is_valid_on('thresholds', 'periods.quarter_start') }}
    inner join final_after on {{ is_valid_on('final_after', 'periods.period_end') }}

)

select * from final
