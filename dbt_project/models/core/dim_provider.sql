with organisations as (

    select * from {{ source('partnership', 'organisation') }}

),

final as (

    select
        code as provider_code,
        name,
        short_name,
        kind,
        is_contract_party,
        record_system,
        successor_code,
        source,
        valid_from,
        valid_to
    from organisations

)

select * from final
