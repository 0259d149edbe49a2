with true_values as (

    select * from {{ ref('mart_dq_score') }}

),

setting as (

    select
        withhold_below,
        round_to
    from {{ source('partnership', 'setting') }}

),

final as (

    select
        true_values.partner_code,
        true_values.standard,
        true_values.period,
        true_values.due,
        true_values.received,
        {{ disclosed_count('rows') }} as rows,
        {{ disclosed_count('quarantined') }} as quarantined,
        true_values.coverage,
        {{ disclosed_share('completeness', 'rows') }} as completeness,
        {{ disclosed_share('validity', 'rows') }} as validity,
        {{ disclosed_share('default_use', 'rows') }} as default_use,
        {{ disclosed_share('score', 'rows') }} as score,
        coalesce({{ is_small('rows') }}, false)
        or coalesce({{ is_small('quarantined') }}, false)
        or {{ disclosed_share('score', 'rows') }} is null as withheld
    from true_values
    cross join setting

)

select * from final
