-- Detects: a referral the measure lost or counts twice.
-- Usually means: a day no parameter or version of the KPI covers, or a child without an identity.
-- A row is: a referral to a treating service with no unit, or a unit of no such referral.
select
    referrals.referral_key,
    units.unit_key
from {{ ref('fct_referral') }} as referrals
full join {{ ref('measure_timeliness') }} as units on referrals.referral_key = units.unit_key
where
    (units.unit_key is null and not referrals.is_triage)
    or referrals.referral_key is null
