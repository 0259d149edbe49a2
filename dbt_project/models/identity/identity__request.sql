-- Latest version of each request for service. Partners that share a record system send the same
-- request under the same number, so a request in two extracts is one.
with requests as (

    select * from {{ ref('int_request__sent') }}

),

versions as (

    select * from {{ ref('int_submission__versions') }}

),

final as (

    select
        versions.record_system,
        requests.service_request_id,
        requests.partner_code,
        requests.standard,
        requests.local_patient_id,
        requests.received_date,
        requests.source_of_referral,
        requests.priority_type,
        requests.primary_referral_reason,
        requests.discharge_date,
        requests.submission_id
    from requests
    inner join versions on requests.submission_id = versions.submission_id
    qualify
        row_number() over (
            partition by versions.record_system, requests.service_request_id
            order by versions.version_rank desc, requests.row_number desc
        ) = 1

)

select * from final
