{{ config(severity='warn', meta={'category': 'completeness'}) }}

-- Detects: a team's referral whose request did not come, or came before team or service existed.
-- Usually means: a request held back in quarantine, or a validity in the partnership's file.
-- A row is: a month and partner, with the team referrals that count nowhere.
select
    teams.partner_code,
    teams.period_start,
    count(*) as lost
from {{ ref('int_team_referral__sent') }} as teams
inner join {{ ref('int_submission__versions') }} as versions
    on teams.submission_id = versions.submission_id
left join {{ ref('identity__referral') }} as referrals
    on
        versions.record_system = referrals.record_system
        and teams.service_request_id = referrals.service_request_id
where referrals.referral_key is null
group by teams.partner_code, teams.period_start
