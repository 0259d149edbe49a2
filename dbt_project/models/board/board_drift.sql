-- A new code is as sent, whatever was typed; the name of a column is not about a child.
with true_values as (

    select * from {{ ref('mart_drift') }}

),

final as (

    select
        partner_code,
        standard,
        table_name,
        kind,
        column_name,
        case when starts_with(kind, 'column_') then value end as value,
        first_period,
        first_seen,
        last_period
    from true_values

)

select * from final
