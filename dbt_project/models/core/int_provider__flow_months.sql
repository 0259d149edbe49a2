-- The months whose referrals have arrived for a provider: what "did not flow" is judged by.
with received as (

    select * from {{ ref('int_return__received') }}

),

final as (

    select
        provider_code,
        period_start,
        period_end
    from received
    where {{ is_table_of('received', ['request', 'team_referral']) }}
    group by provider_code, period_start, period_end
    having bool_and(is_received)

)

select * from final
