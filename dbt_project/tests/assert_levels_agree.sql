-- Detects: services, providers and the partnership that do not add up.
-- Usually means: a unit of a provider that is no contract party, or of a service not listed.
-- A row is: a KPI and quarter with the sums of each level.
select
    kpi_id,
    part,
    quarter,
    coalesce(sum(denominator) filter (where level = 'service'), 0) as services,
    coalesce(sum(denominator) filter (where level = 'provider'), 0) as providers,
    coalesce(sum(denominator) filter (where level = 'partnership'), 0) as partnership
from {{ ref('mart_kpi_result') }}
group by kpi_id, part, quarter
having services <> providers or providers <> partnership
