with true_values as (

    select * from {{ ref('mart_service') }}

),

final as (

    select
        code,
        name,
        discipline,
        provider_code,
        is_triage,
        is_autism_pathway,
        valid_from,
        valid_to,
        successor_code
    from true_values

)

select * from final
