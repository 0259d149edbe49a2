with true_values as (

    select * from {{ ref('mart_build') }}

),

final as (

    select
        build_id,
        built_at,
        as_at,
        data_to,
        git_commit,
        software_version,
        partnership,
        is_demo
    from true_values

)

select * from final
