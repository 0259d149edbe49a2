-- One row per active submission with its place in the order of versions. `version_rank` decides
-- wherever two submissions carry the same record; it does not depend on the order of arrival.
with submissions as (

    select * from {{ ref('stg_ledger__submission') }}

),

organisations as (

    select * from {{ source('partnership', 'organisation') }}

),

active as (

    select
        *,
        row_number() over (
            order by period_end, header_created_at nulls first, received_at, submission_id
        ) as version_rank
    from submissions
    where is_active

),

final as (

    select
        active.submission_id,
        active.partner_code,
        coalesce(organisations.record_system, active.partner_code) as record_system,
        active.standard,
        active.table_name,
        active.period_start,
        active.period_end,
        active.received_at,
        active.version_rank
    from active
    left join organisations
        on
            active.partner_code = organisations.code
            and {{ is_valid_on('organisations', 'active.period_end') }}

)

select * from final
