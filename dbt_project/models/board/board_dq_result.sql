with true_values as (

    select * from {{ ref('mart_dq_result') }}

),

setting as (

    select
        withhold_below,
        round_to
    from {{ source('partnership', 'setting') }}

),

final as (

    select
        check_id,
        partner_code,
        table_name,
        kind,
        category,
        severity,
        {{ disclosed_count('failed') }} as failed,
        {{ disclosed_count('total') }} as total,
        threshold,
        status,
        marts_affected,
        measured_at,
        coalesce({{ is_small('failed') }} or {{ is_small('total') }}, false) as withheld
    from true_values
    cross join setting

)

select * from final
