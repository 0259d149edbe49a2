-- Children known to a sender, of community and mental health services alike.
with community as (

    select * from {{ ref('stg_csds__cyp001') }}

),

mental_health as (

    select * from {{ ref('stg_mhsds__mhs001') }}

),

final as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'csds' as standard,
        issuer_code,
        local_patient_id,
        nhs_number,
        date_of_birth,
        date_of_death,
        postcode,
        sex,
        ethnic_category
    from community

    union all

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'mhsds' as standard,
        issuer_code,
        local_patient_id,
        nhs_number,
        date_of_birth,
        date_of_death,
        postcode,
        sex,
        ethnic_category
    from mental_health

)

select * from final
