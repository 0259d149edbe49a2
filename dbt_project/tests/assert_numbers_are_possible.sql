-- Detects: more met than counted, or a verdict on nothing.
-- Usually means: a measure whose numerator is not part of its denominator.
-- A row is: a result that cannot be.
select
    kpi_id,
    part,
    quarter,
    level,
    code,
    numerator,
    denominator,
    status
from {{ ref('mart_kpi_result') }}
where
    numerator > denominator
    or numerator < 0
    or (status in ('met', 'not_met') and coalesce(denominator, 0) = 0 and level = 'service')
