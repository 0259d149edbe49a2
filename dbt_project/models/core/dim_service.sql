with services as (

    select * from {{ source('partnership', 'service') }}

),

final as (

    select
        code as service_code,
        name,
        discipline,
        provider_code,
        is_triage,
        is_autism_pathway,
        successor_code,
        source,
        valid_from,
        valid_to
    from services

)

select * from final
