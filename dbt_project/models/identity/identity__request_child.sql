-- Each request with its child, and the child's age on the day the request was received.
with requests as (

    select * from {{ ref('identity__request') }}

),

issuers as (

    select * from {{ ref('identity__patient_issuer') }}

),

links as (

    select * from {{ ref('identity__person_link') }}

),

children as (

    select * from {{ ref('identity__child') }}

),

opt_outs as (

    select * from {{ ref('int_submission__opt_out') }}

),

final as (

    select
        requests.record_system,
        requests.service_request_id,
        requests.partner_code,
        requests.standard,
        requests.received_date,
        requests.source_of_referral,
        requests.priority_type,
        requests.primary_referral_reason,
        requests.discharge_date,
        requests.submission_id,
        children.child_key,
        {{ age_years('children.date_of_birth', 'requests.received_date') }}::integer
            as age_years_on_received,
        children.died_date,
        children.is_opted_out and opt_outs.applies_opt_out as is_opted_out
    from requests
    inner join opt_outs on requests.submission_id = opt_outs.submission_id
    left join issuers
        on
            requests.partner_code = issuers.partner_code
            and requests.local_patient_id = issuers.local_patient_id
    inner join links
        on
            coalesce(issuers.issuer_code, requests.partner_code) = links.issuer_code
            and requests.local_patient_id = links.local_patient_id
    inner join children on links.anchor = children.anchor

)

select * from final
