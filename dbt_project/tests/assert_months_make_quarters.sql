-- Detects: months that do not add up to their quarter.
-- Usually means: a unit judged in a month outside the quarter it is judged in.
-- A row is: a service and quarter with both denominators.
with months as (

    select
        kpi_id,
        part,
        code,
        {{ quarter_start('month') }} as quarter_start,
        coalesce(sum(denominator), 0) as denominator
    from {{ ref('mart_kpi_month') }}
    where level = 'service'
    group by all

)

select
    quarters.quarter,
    quarters.code,
    quarters.denominator,
    months.denominator as months_denominator
from {{ ref('mart_kpi_result') }} as quarters
inner join months
    on
        quarters.kpi_id = months.kpi_id
        and quarters.part = months.part
        and quarters.code = months.code
        and quarters.quarter_start = months.quarter_start
where
    quarters.level = 'service'
    and coalesce(quarters.denominator, 0) <> months.denominator
