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
        partner_code,
        standard,
        table_name,
        period,
        due_on,
        received_on,
        days_late,
        status,
        versions,
        {{ disclosed_count('rows') }} as rows,
        {{ disclosed_count('quarantined') }} as quarantined,
        reason,
        coalesce({{ is_small('rows') }} or {{ is_small('quarantined') }}, false) as withheld
    from true_values
    cross join setting

)

select * from final
