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
        true_values.check_id,
        true_values.partner_code,
        true_values.table_name,
        true_values.kind,
        true_values.category,
        true_values.severity,
        {{ disclosed_count('failed') }} as failed,
        {{ disclosed_count('total') }} as total,
        true_values.threshold,
        true_values.status,
        true_values.marts_affected,
        true_values.measured_at,
        coalesce({{ is_small('failed') }} or {{ is_small('total') }}, false) as withheld,
        true_values.period,
        true_values.trend,
        true_values.is_latest
    from true_values
    cross join setting

)

select * from final
