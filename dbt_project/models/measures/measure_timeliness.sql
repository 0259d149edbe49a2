with referrals as (

    select * from {{ ref('fct_referral') }}
    where not is_triage

),

children as (

    select * from {{ ref('identity__child') }}

),

chains as (

    select * from {{ ref('int_referral__chains') }}

),

first_contacts as (

    select * from {{ ref('int_contact__first') }}

),

rules as (

    select * from {{ ref('int_timeliness__rules') }}

),

versions as (

    select * from {{ source('partnership', 'kpi_version') }}
    where
        kpi_id = 'timeliness'
        and part = 'first_contact'

),

flow_months as (

    select * from {{ ref('int_provider__flow_months') }}

),

-- the first version whose limit day it can still see: at a change each referral counts exactly once
judged as (

    select
        referrals.received_date,
        versions.version,
        referrals.received_date + versions.limit_days as limit_date,
        greatest(referrals.received_date + versions.limit_days, versions.valid_from) as judged_date
    from (select distinct received_date from referrals) as referrals
    inner join versions
        on
            referrals.received_date + versions.limit_days
            <= coalesce(versions.valid_to, date '9999-12-31')
    qualify
        row_number() over (partition by referrals.received_date order by versions.version) = 1

),

-- a kept referral is seen when any member of its chain is; any other by its own contacts
members as (

    select
        kept_referral_key as unit_key,
        referral_key as member_key
    from chains

    union all

    select
        referrals.referral_key as unit_key,
        referrals.referral_key as member_key
    from referrals
    left join chains on referrals.referral_key = chains.referral_key
    where chains.kept_referral_key is distinct from referrals.referral_key

),

-- the codes that count, as rows to join: carrying lists through a million referrals is slower
attended as (

    select
        received_date,
        qualifying_mechanisms,
        telephone_counts_without_activity,
        unnest(attended_statuses) as attendance_status
    from rules

),

qualifying as (

    select
        received_date,
        attendance_status,
        telephone_counts_without_activity,
        unnest(qualifying_mechanisms) as consultation_mechanism
    from attended

),

seen as (

    select
        referrals.referral_key,
        min(first_contacts.first_contact_date) as first_contact_date
    from first_contacts
    inner join members on first_contacts.referral_key = members.member_key
    inner join referrals on members.unit_key = referrals.referral_key
    inner join qualifying
        on
            referrals.received_date = qualifying.received_date
            and first_contacts.attendance_status = qualifying.attendance_status
            and first_contacts.consultation_mechanism = qualifying.consultation_mechanism
    -- a call counts when something done in it was an assessment or an intervention
    where
        first_contacts.consultation_mechanism <> '02'
        or coalesce(
            first_contacts.has_treatment_activity, qualifying.telephone_counts_without_activity
        )
    group by referrals.referral_key

),

-- a code means one thing in one standard and another in the other
withdrawing as (

    select
        received_date,
        'csds' as standard,
        unnest(withdrawn_closure_reasons) as closure_reason
    from rules

    union all

    select
        received_date,
        'mhsds' as standard,
        unnest(withdrawn_closure_reasons_mhsds) as closure_reason
    from rules

),

flowed_to as (

    select
        provider_code,
        max(period_end) as flowed_to
    from flow_months
    group by provider_code

),

units as (

    select
        referrals.*,
        judged.version,
        judged.limit_date,
        judged.judged_date,
        seen.first_contact_date,
        flowed_to.flowed_to,
        rules.age_below_years,
        children.died_date,
        chains.kept_referral_key <> referrals.referral_key as is_duplicate,
        withdrawing.closure_reason is not null as is_withdrawn
    from referrals
    inner join judged on referrals.received_date = judged.received_date
    inner join rules on referrals.received_date = rules.received_date
    inner join children on referrals.child_key = children.child_key
    left join withdrawing
        on
            referrals.received_date = withdrawing.received_date
            and referrals.standard = withdrawing.standard
            and referrals.closure_reason = withdrawing.closure_reason
    left join chains on referrals.referral_key = chains.referral_key
    left join seen on referrals.referral_key = seen.referral_key
    left join flowed_to on referrals.provider_code = flowed_to.provider_code

),

excluded as (

    select
        *,
        case
            when is_opted_out then 'opted_out'
            when is_rejected then 'rejected'
            when is_duplicate then 'duplicate'
            when age_years_on_received >= age_below_years then 'over_age'
            when is_autism_pathway then 'autism_pathway'
            when first_contact_date < received_date then 'negative_wait'
            when
                died_date < limit_date
                and (first_contact_date is null or first_contact_date > limit_date)
                then 'died'
            when
                is_withdrawn
                and closure_date < limit_date
                and (first_contact_date is null or first_contact_date > closure_date)
                then 'withdrawn'
        end as exclusion_reason
    from units

),

final as (

    select
        'timeliness' as kpi_id,
        'first_contact' as part,
        version,
        referral_key as unit_key,
        child_key,
        service_code,
        provider_code,
        received_date,
        limit_date,
        {{ quarter_start('judged_date') }} as quarter_start,
        date_trunc('month', judged_date)::date as month_start,
        first_contact_date,
        (first_contact_date - received_date)::integer as wait_days,
        exclusion_reason is null as in_denominator,
        exclusion_reason is null and coalesce(first_contact_date <= limit_date, false)
            as in_numerator,
        exclusion_reason,
        coalesce(judged_date <= flowed_to, false) as is_due
    from excluded

)

select * from final
