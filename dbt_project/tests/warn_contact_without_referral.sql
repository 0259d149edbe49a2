{{ config(severity='warn', meta={'category': 'completeness'}) }}

-- Detects: an attended contact that belongs to no referral to its team's service.
-- Usually means: a contact recorded on another team's request; it stops no clock.
-- A row is: a service and month, with its contacts.
select
    service_code,
    date_trunc('month', contact_date) as month,
    count(*) as contacts
from {{ ref('fct_contact') }}
where
    referral_key is null
    and attendance_status in ('5', '6')
group by all
