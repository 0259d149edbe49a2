{{ config(severity='warn', meta={'category': 'plausibility'}) }}

-- Detects: one NHS number with more than one date of birth.
-- Usually means: either was mistyped. The records stay two children until that is corrected.
-- A row is: a child that shares its number with another.
select child_key
from {{ ref('identity__child') }}
where match_basis = 'nhs_number'
qualify count(*) over (partition by split_part(anchor, '|', 2)) > 1
