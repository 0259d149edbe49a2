with services as (

    select * from {{ ref('dim_service') }}

),

final as (

    select
        service_code as code,
        name,
        discipline,
        provider_code,
        is_triage,
        is_autism_pathway,
        valid_from,
        valid_to,
        successor_code
    from services

)

select * from final
