-- Every month and service a return is expected for, and whether it has arrived: a month that has
-- not is not known, and never nobody waiting.
with months as (

    select received.*
    from {{ ref('int_return__received') }} as received
    where {{ is_table_of('received', ['request', 'team_referral', 'contact']) }}

),

services as (

    select * from {{ ref('dim_service') }}
    where not is_triage

),

final as (

    select
        months.period_start as month_start,
        services.service_code,
        services.provider_code,
        bool_and(months.is_received) as is_received
    from months
    inner join services
        on
            months.provider_code = services.provider_code
            and {{ is_valid_on('services', 'months.period_end') }}
    group by months.period_start, services.service_code, services.provider_code

)

select * from final
