-- First contact of each referral by attendance, mechanism and activity. Which of them count depends
-- on the day a referral was received, so the rules choose among these few rows and not among all
-- contacts.
with contacts as (

    select * from {{ ref('fct_contact') }}

),

final as (

    select
        referral_key,
        attendance_status,
        consultation_mechanism,
        has_treatment_activity,
        min(contact_date) as first_contact_date
    from contacts
    where referral_key is not null
    group by all

)

select * from final
