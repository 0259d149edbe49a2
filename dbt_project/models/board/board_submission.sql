with true_values as (

    select * from {{ ref('mart_submission') }}

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
        true_values.table_name,
        true_values.period,
        true_values.period_end,
        true_values.due_on,
        true_values.received_on,
        true_values.days_late,
        true_values.status,
        true_values.versions,
        {{ disclosed_count('rows') }} as rows,
        {{ disclosed_count('quarantined') }} as quarantined,
        {{ disclosed_count('released') }} as released,
        {{ disclosed_count('refused') }} as refused,
        true_values.reason,
        coalesce({{ is_small('rows') }}, false)
        or coalesce({{ is_small('quarantined') }}, false)
        or coalesce({{ is_small('released') }}, false)
        or coalesce({{ is_small('refused') }}, false) as withheld
    from true_values
    cross join setting

)

select * from final
