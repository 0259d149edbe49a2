-- Both sides are disclosed before they are compared: a change the Board cannot see is not listed.
with true_values as (

    select * from {{ ref('mart_restatement') }}

),

setting as (

    select
        withhold_below,
        round_to
    from {{ source('partnership', 'setting') }}

),

disclosed as (

    select
        true_values.build_id,
        true_values.previous_build_id,
        true_values.kpi_id,
        true_values.part,
        true_values.quarter,
        true_values.level,
        true_values.code,
        {{ disclosed_numerator('before_numerator', 'before_denominator') }} as before_numerator,
        {{ disclosed_count('before_denominator') }} as before_denominator,
        {{ disclosed_percent('before_numerator', 'before_denominator') }} as before_value,
        true_values.before_status,
        {{ disclosed_numerator('after_numerator', 'after_denominator') }} as after_numerator,
        {{ disclosed_count('after_denominator') }} as after_denominator,
        {{ disclosed_percent('after_numerator', 'after_denominator') }} as after_value,
        true_values.after_status,
        true_values.cause
    from true_values
    cross join setting

),

final as (

    select * from disclosed
    where
        before_status is distinct from after_status
        or before_numerator is distinct from after_numerator
        or before_denominator is distinct from after_denominator

)

select * from final
