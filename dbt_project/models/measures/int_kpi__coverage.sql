-- What keeps a provider from being judged in a month or quarter: no return is agreed with it, or
-- one the KPI needs has not arrived. No row means nothing does. A table that is not on a provider's
-- calendar is not needed from it: each is judged by the standard it keeps to. A return belongs to
-- the month it ends in, a yearly one too.
with periods as (

    select * from {{ ref('int_kpi__period') }}

),

received as (

    select * from {{ ref('int_return__received') }}

),

providers as (

    select * from {{ ref('dim_provider') }}
    where is_contract_party

),

definitions as (

    select * from {{ source('partnership', 'kpi_definition') }}

),

needs as (

    select distinct
        kpi_id,
        part,
        unnest(needs) as needed
    from definitions

),

expected as (

    select
        needs.kpi_id,
        needs.part,
        received.provider_code,
        received.period_end,
        received.is_received
    from needs
    inner join received on needs.needed = received.standard || '.' || received.table_name

),

final as (

    select
        periods.grain,
        periods.period_start,
        periods.kpi_id,
        periods.part,
        providers.provider_code,
        case
            when count(expected.provider_code) = 0 then 'no_return_agreed'
            else 'late'
        end as gap_reason
    from periods
    inner join providers on {{ is_valid_on('providers', 'periods.period_end') }}
    left join expected
        on
            periods.kpi_id = expected.kpi_id
            and periods.part = expected.part
            and providers.provider_code = expected.provider_code
            and expected.period_end between periods.period_start and periods.period_end
    group by
        periods.grain, periods.period_start, periods.kpi_id, periods.part, providers.provider_code
    having count(expected.provider_code) = 0 or not bool_and(expected.is_received)

)

select * from final
