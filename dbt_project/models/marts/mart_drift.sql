with drift as (

    select * from {{ source('ledger', 'drift') }}

),

final as (

    select
        partner_code,
        standard,
        table_name,
        kind,
        column_name,
        nullif(value, '') as value,
        first_period,
        first_seen_at as first_seen,
        last_period
    from drift

)

select * from final
