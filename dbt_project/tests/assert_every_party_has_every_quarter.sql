-- Detects: a contract party missing from a quarter, which readers would take for nothing to report.
-- Usually means: a KPI version, threshold or parameter that does not cover the quarter.
-- A row is: a party and quarter without a result.
select distinct
    dates.quarter,
    parties.provider_code,
    definitions.kpi_id
from {{ ref('dim_date') }} as dates
cross join {{ ref('dim_provider') }} as parties
cross join {{ source('partnership', 'kpi_definition') }} as definitions
left join {{ ref('mart_kpi_result') }} as results
    on
        dates.quarter = results.quarter
        and parties.provider_code = results.code
        and definitions.kpi_id = results.kpi_id
        and definitions.part = results.part
        and results.level = 'provider'
where
    parties.is_contract_party
    and {{ is_valid_on('parties', 'dates.date_day') }}
    and {{ is_valid_on('definitions', 'dates.quarter_start') }}
    and results.code is null
