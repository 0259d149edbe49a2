-- One row per request and service: several teams of one service on a request are one referral.
-- Holds the record's own numbers; `fct_referral` carries on without them.
with team_referrals as (

    select * from {{ ref('stg_csds__cyp102') }}

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

-- aggregated in one pass: a referral is sent again in every month it is open
latest as (

    select
        versions.record_system,
        team_referrals.service_request_id,
        team_referrals.team_id,
        max(versions.period_end) as last_flowed_on,
        arg_max(
            {
                'closure_date': team_referrals.closure_date,
                'closure_reason': team_referrals.closure_reason,
                'rejection_date': team_referrals.rejection_date,
                'rejection_reason': team_referrals.rejection_reason
            },
            versions.version_rank * 4294967296 + team_referrals.row_number
        ) as version
    from team_referrals
    inner join versions on team_referrals.submission_id = versions.submission_id
    group by
        versions.record_system,
        team_referrals.service_request_id,
        team_referrals.team_id

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
        latest.version.closure_date as closure_date,
        latest.version.closure_reason as closure_reason,
        latest.version.rejection_date as rejection_date,
        coalesce(
            latest.version.rejection_date is not null
            or latest.version.rejection_reason is not null,
            false
        ) as is_rejected
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

final as (

    select
        record_system,
        service_request_id,
        service_code,
        {{ record_key(['record_system', 'service_request_id', 'service_code']) }} as referral_key,
        child_key,
        discipline,
        provider_code,
        partner_code,
        is_triage,
        is_autism_pathway,
        received_date,
        age_years_on_received,
        died_date,
        source_of_referral,
        priority_type,
        primary_referral_reason,
        discharge_date,
        submission_id,
        max(last_flowed_on) as last_flowed_on,
        -- turned down only when every team of the service turned it down
        bool_and(is_rejected) as is_rejected,
        max(rejection_date) as rejection_date,
        case
            when not bool_or(not is_rejected and closure_date is null)
                then max(closure_date) filter (where not is_rejected)
        end as closure_date,
        case
            when not bool_or(not is_rejected and closure_date is null)
                then arg_max(closure_reason, closure_date) filter (where not is_rejected)
        end as closure_reason
    from attributed
    group by all

)

select * from final
