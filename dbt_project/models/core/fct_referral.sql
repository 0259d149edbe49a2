-- One row per request and service, latest version, attributed to the employer of the service's
-- teams on the day of receipt.
with referrals as (

    select * from {{ ref('identity__referral') }}

),

flow_months as (

    select * from {{ ref('int_provider__flow_months') }}

),

services as (

    select * from {{ ref('dim_service') }}

),

-- by whoever runs the service in a month: it may have moved since the referral was received
flowed_to as (

    select
        services.service_code,
        max(flow_months.period_end) as flowed_to
    from flow_months
    inner join services
        on
            flow_months.provider_code = services.provider_code
            and {{ is_valid_on('services', 'flow_months.period_end') }}
    group by services.service_code

),

ended as (

    select
        referrals.*,
        case when referrals.is_rejected then referrals.rejection_date end as rejected_on,
        case
            when not referrals.is_rejected
                then least(referrals.closure_date, referrals.discharge_date, referrals.died_date)
        end as closed_on,
        -- a record system drops a referral without closing it; counting it as open for ever would
        -- fill the waiting list with children nobody is waiting for
        referrals.last_flowed_on < flowed_to.flowed_to as is_stopped_flowing
    from referrals
    left join flowed_to on referrals.service_code = flowed_to.service_code

),

final as (

    select
        referral_key,
        child_key,
        service_code,
        discipline,
        provider_code,
        partner_code,
        standard,
        is_triage,
        is_autism_pathway,
        received_date,
        age_years_on_received,
        source_of_referral,
        priority_type,
        primary_referral_reason,
        is_opted_out,
        is_rejected,
        rejection_date,
        closure_date,
        closure_reason,
        discharge_date,
        last_flowed_on,
        case
            when is_rejected then coalesce(rejected_on, last_flowed_on)
            when closed_on is not null then closed_on
            when is_stopped_flowing then last_flowed_on
        end as end_date,
        case
            when is_rejected then 'rejected'
            when closed_on = died_date then 'died'
            when closed_on = closure_date then 'closed'
            when closed_on = discharge_date then 'discharged'
            when is_stopped_flowing then 'stopped_flowing'
        end as end_reason,
        submission_id
    from ended

)

select * from final
