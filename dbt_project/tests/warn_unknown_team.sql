{{ config(severity='warn', meta={'category': 'conformance'}) }}

-- Detects: referrals and contacts of teams the partnership's file does not have on that day.
-- Usually means: a team renamed or added; what it did counts nowhere until the file has it.
-- A row is: a team as sent, with its rows.
with sent as (

    select team_id
    from {{ ref('int_team_referral__sent') }}

    union all

    select team_id
    from {{ ref('fct_contact') }}
    where service_code is null

)

select
    sent.team_id,
    count(*) as sent_rows
from sent
left join {{ source('partnership', 'team') }} as teams on sent.team_id = teams.team_id
where teams.team_id is null
group by sent.team_id
