-- Telephone contacts with activities: whether one of them was an assessment or an intervention.
-- Mental health services send no kind of activity: a procedure says that something was done, and
-- its absence says nothing.
with contacts as (

    select * from {{ ref('int_contact__sent') }}
    where consultation_mechanism = '02'

),

activities as (

    select * from {{ ref('int_activity__sent') }}

),

versions as (

    select * from {{ ref('int_submission__versions') }}

),

counted as (

    select * from {{ source('partnership', 'parameter') }}
    where name = 'telephone_activity_types'

),

telephoned as (

    select
        versions.record_system,
        contacts.care_contact_id,
        max(contacts.contact_date) as contact_date
    from contacts
    inner join versions on contacts.submission_id = versions.submission_id
    group by versions.record_system, contacts.care_contact_id

),

latest as (

    select
        telephoned.record_system,
        telephoned.care_contact_id,
        telephoned.contact_date,
        activities.standard,
        activities.activity_type,
        activities.coded_procedure
    from activities
    inner join versions on activities.submission_id = versions.submission_id
    inner join telephoned
        on
            versions.record_system = telephoned.record_system
            and activities.care_contact_id = telephoned.care_contact_id
    qualify
        row_number() over (
            partition by
                telephoned.record_system, telephoned.care_contact_id, activities.care_activity_id
            order by versions.version_rank desc, activities.row_number desc
        ) = 1

),

final as (

    select
        latest.record_system,
        latest.care_contact_id,
        bool_or(
            case
                when latest.standard = 'csds'
                    then list_contains(counted.value_list, latest.activity_type)
                when latest.coded_procedure is not null then true
            end
        ) as has_treatment_activity
    from latest
    left join counted on {{ is_valid_on('counted', 'latest.contact_date') }}
    group by latest.record_system, latest.care_contact_id

)

select * from final
