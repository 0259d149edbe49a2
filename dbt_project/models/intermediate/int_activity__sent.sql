-- What was done in a contact. Mental health services send no kind of activity, only procedures.
with community as (

    select * from {{ ref('stg_csds__cyp202') }}

),

mental_health as (

    select * from {{ ref('stg_mhsds__mhs202') }}

),

final as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'csds' as standard,
        care_activity_id,
        care_contact_id,
        activity_type,
        duration_minutes,
        coded_procedure
    from community

    union all

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'mhsds' as standard,
        care_activity_id,
        care_contact_id,
        null as activity_type,
        duration_minutes,
        coded_procedure
    from mental_health

)

select * from final
