-- Detects: a chain of duplicates whose kept referral is itself a duplicate, so that none counts.
-- Usually means: an order of receipt that two windows do not share.
-- A row is: a referral kept by a chain it does not lead.
select
    chains.referral_key,
    chains.kept_referral_key
from {{ ref('int_referral__chains') }} as chains
inner join {{ ref('int_referral__chains') }} as kept
    on chains.kept_referral_key = kept.referral_key
where kept.kept_referral_key <> kept.referral_key
