with true_values as (

    select * from {{ ref('mart_partner') }}

),

final as (

    select
        code,
        name,
        short_name,
        kind,
        is_contract_party,
        valid_from,
        valid_to,
        successor_code
    from true_values

)

select * from final
