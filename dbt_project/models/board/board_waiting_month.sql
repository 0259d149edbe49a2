with true_values as (

    select * from {{ ref('mart_waiting_month') }}

),

setting as (

    select
        withhold_below,
        round_to
    from {{ source('partnership', 'setting') }}

),

final as (

    select
        true_values.month,
        true_values.service_code,
        true_values.band,
        true_values.provider_code,
        true_values.band_order,
        {{ disclosed_count('waiting') }} as waiting,
        coalesce({{ is_small('waiting') }}, false) as withheld
    from true_values
    cross join setting

)

select * from final
