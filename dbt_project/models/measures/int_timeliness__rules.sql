-- The parameters in force on each day a referral was received.
with days as (

    select distinct received_date from {{ ref('fct_referral') }}

),

parameters as (

    select * from {{ source('partnership', 'parameter') }}

),

in_force as (

    select
        days.received_date,
        max(parameters.value_number) filter (where parameters.name = 'timeliness_age_below_years')
            as age_below_years,
        any_value(parameters.value_list) filter (where parameters.name = 'attended_statuses')
            as attended_statuses,
        any_value(parameters.value_list) filter (where parameters.name = 'qualifying_mechanisms')
            as qualifying_mechanisms,
        any_value(parameters.value_list) filter (
            where parameters.name = 'withdrawn_closure_reasons'
        ) as withdrawn_closure_reasons,
        max(parameters.value_text) filter (where parameters.name = 'telephone_without_activity')
            as telephone_without_activity
    from days
    left join parameters on {{ is_valid_on('parameters', 'days.received_date') }}
    group by days.received_date

),

final as (

    select
        received_date,
        age_below_years,
        attended_statuses,
        case
            when telephone_without_activity = 'does_not_count'
                then list_filter(qualifying_mechanisms, lambda code: code <> '02')
            else qualifying_mechanisms
        end as qualifying_mechanisms,
        withdrawn_closure_reasons
    from in_force

)

select * from final
