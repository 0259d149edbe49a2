-- One row per request and service: several teams of one service on a request are one referral.
-- Holds the record's own numbers; `fct_referral` carries on without them.
{% set key = ['record_system', 'service_request_id', 'service_code'] %}
with team_referrals as (

    select * from {{ ref('int_team_referral__sent') }}

),

versions as (

    select * from {{ ref('int_submission__versions') }}

),

requests as (

    select * from {{ ref('identity__request_child') }}

),

teams as (

    select * from {{ source('partnership', 'team') }}

),

services as (

    select * from {{ source('partnership', 'service') }}

),

flowed as (

    select
        versions.record_system,
        team_referrals.service_request_id,
        team_referrals.team_id,
        team_referrals.closure_date,
        team_referrals.closure_reason,
        team_referrals.rejection_date,
        team_referrals.rejection_reason,
        team_referrals.row_number,
        versions.version_rank,
        versions.period_end
    from team_referrals
    inner join versions on team_referrals.submission_id = versions.submission_id

),

-- versions are ordered by period first, so the latest one is of the last month it flowed
latest as (

    select
        record_system,
        service_request_id,
        team_id,
        closure_date,
        closure_reason,
        rejection_date,
        period_end as last_flowed_on,
        rejection_date is not null or rejection_reason is not null as is_rejected
    from flowed
    qualify
        row_number() over (
            partition by record_system, service_request_id, team_id
            order by version_rank desc, row_number desc
        ) = 1

),

attributed as (

    select
        requests.*,
        services.code as service_code,
        services.discipline,
        services.provider_code,
        services.is_triage,
        services.is_autism_pathway,
        latest.last_flowed_on,
        latest.closure_date,
        latest.closure_reason,
        latest.rejection_date,
        latest.is_rejected
    from latest
    inner join requests
        on
            latest.record_system = requests.record_system
            and latest.service_request_id = requests.service_request_id
    inner join teams
        on
            latest.team_id = teams.team_id
            and {{ is_valid_on('teams', 'requests.received_date') }}
    inner join services
        on
            teams.service_code = services.code
            and {{ is_valid_on('services', 'requests.received_date') }}

),

repeated as (

    {{ repeated_records('attributed', key) }}

),

alone as (

    select attributed.* from attributed
    {{ not_repeated('attributed', 'repeated', key) }}

),

several as (

    select attributed.* from attributed
    {{ only_repeated('attributed', 'repeated', key) }}

),

-- Of several teams, the one whose row decides: one that accepted before one that turned it down,
-- one still open before one that closed it, then the last to close. So a referral is rejected, or
-- closed, only when every team did.
deciding as (

    select
        * exclude (last_flowed_on),
        max(last_flowed_on) over (partition by {{ key | join(', ') }}) as last_flowed_on
    from several
    qualify
        row_number() over (
            partition by {{ key | join(', ') }}
            order by
                is_rejected asc,
                closure_date desc nulls first,
                closure_reason desc nulls last,
                rejection_date desc nulls last
        ) = 1

),

merged as (

    select * from alone

    union all by name

    select * from deciding

),

final as (

    select
        record_system,
        service_request_id,
        service_code,
        {{ record_key(key) }} as referral_key,
        child_key,
        discipline,
        provider_code,
        partner_code,
        standard,
        is_triage,
        is_autism_pathway,
        received_date,
        age_years_on_received,
        died_date,
        is_opted_out,
        source_of_referral,
        priority_type,
        primary_referral_reason,
        discharge_date,
        submission_id,
        last_flowed_on,
        is_rejected,
        case when is_rejected then rejection_date end as rejection_date,
        case when not is_rejected then closure_date end as closure_date,
        case when not is_rejected then closure_reason end as closure_reason
    from merged

)

select * from final
