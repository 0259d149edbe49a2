with setting as (

    select * from {{ source('partnership', 'setting') }}

),

submissions as (

    select * from {{ ref('fct_submission') }}

),

final as (

    select
        build_id,
        built_at,
        as_at,
        (
            select max(submissions.period_end) from submissions
            where
                submissions.is_active
                and {{ is_table_of('submissions', ['request', 'team_referral', 'contact']) }}
        ) as data_to,
        git_commit,
        software_version,
        partnership,
        is_demo
    from setting

)

select * from final
