{% set key = ['record_system', 'service_request_id', 'care_contact_id'] %}
-- One row per contact of a request, latest version; a contact in two extracts is one. It belongs
-- to the employer of its team, and to the referral of its request to that team's service.
with contacts as (

    select * from {{ ref('int_contact__sent') }}

),

versions as (

    select * from {{ ref('int_submission__versions') }}

),

requests as (

    select * from {{ ref('identity__request_child') }}

),

referrals as (

    select * from {{ ref('identity__referral') }}

),

children as (

    select * from {{ ref('dim_child') }}
    where is_opted_out

),

opt_outs as (

    select * from {{ ref('int_submission__opt_out') }}

),

telephone as (

    select * from {{ ref('int_contact__telephone') }}

),

teams as (

    select * from {{ source('partnership', 'team') }}

),

services as (

    select * from {{ source('partnership', 'service') }}

),

sent as (

    select
        versions.record_system,
        versions.version_rank,
        contacts.row_number,
        contacts.service_request_id,
        contacts.care_contact_id,
        contacts.team_id,
        contacts.contact_date,
        contacts.attendance_status,
        contacts.consultation_mechanism,
        contacts.consultation_type,
        contacts.activity_location_type,
        contacts.duration_minutes,
        contacts.partner_code,
        contacts.submission_id
    from contacts
    inner join versions on contacts.submission_id = versions.submission_id

),

repeated as (

    {{ repeated_records('sent', key) }}

),

latest as (

    select sent.* from sent
    {{ not_repeated('sent', 'repeated', key) }}

    union all

    select sent.* from sent
    {{ only_repeated('sent', 'repeated', key) }}
    qualify
        row_number() over (
            partition by {{ key | join(', ') }}
            order by sent.version_rank desc, sent.row_number desc
        ) = 1

),

final as (

    select
        {{ record_key([
            'latest.record_system', 'latest.service_request_id', 'latest.care_contact_id'
        ]) }} as contact_key,
        referrals.referral_key,
        requests.child_key,
        services.code as service_code,
        services.provider_code,
        latest.team_id,
        latest.partner_code,
        latest.contact_date,
        latest.attendance_status,
        latest.consultation_mechanism,
        latest.consultation_type,
        latest.activity_location_type,
        latest.duration_minutes,
        telephone.has_treatment_activity,
        coalesce(children.is_opted_out and opt_outs.applies_opt_out, false) as is_opted_out,
        latest.submission_id
    from latest
    inner join opt_outs on latest.submission_id = opt_outs.submission_id
    left join teams
        on
            latest.team_id = teams.team_id
            and {{ is_valid_on('teams', 'latest.contact_date') }}
    left join services
        on
            teams.service_code = services.code
            and {{ is_valid_on('services', 'latest.contact_date') }}
    left join requests
        on
            latest.record_system = requests.record_system
            and latest.service_request_id = requests.service_request_id
    left join referrals
        on
            latest.record_system = referrals.record_system
            and latest.service_request_id = referrals.service_request_id
            and services.code = referrals.service_code
    left join children on requests.child_key = children.child_key
    left join telephone
        on
            latest.consultation_mechanism = '02'
            and latest.record_system = telephone.record_system
            and latest.care_contact_id = telephone.care_contact_id

)

select * from final
