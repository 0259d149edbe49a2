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
        any_value(parameters.value_list) filter (
            where parameters.name = 'withdrawn_closure_reasons_mhsds'
        ) as withdrawn_closure_reasons_mhsds,
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
        qualifying_mechanisms,
        coalesce(telephone_without_activity, '') <> 'does_not_count'
            as telephone_counts_without_activity,
        withdrawn_closure_reasons,
        withdrawn_closure_reasons_mhsds
    from in_force

)

select * from final
