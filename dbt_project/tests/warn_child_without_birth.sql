{{ config(severity='warn', meta={'category': 'completeness'}) }}

-- Detects: a referred child whose date of birth is not known.
-- Usually means: the child is in no index of the sender's. The referral counts, since nothing says
-- it should not.
-- A row is: a referral.
select referral_key
from {{ ref('fct_referral') }}
where
    age_years_on_received is null
    and not is_triage
