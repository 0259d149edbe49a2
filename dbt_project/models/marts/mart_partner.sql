with providers as (

    select * from {{ ref('dim_provider') }}

),

final as (

    select
        provider_code as code,
        name,
        short_name,
        kind,
        is_contract_party,
        valid_from,
        valid_to,
        successor_code
    from providers

)

select * from final
