-- Teams a request was sent to, of community and mental health services alike. The codes of a
-- closure differ between the two: read them together with `standard`.
with community as (

    select * from {{ ref('stg_csds__cyp102') }}

),

mental_health as (

    select * from {{ ref('stg_mhsds__mhs102') }}

),

final as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'csds' as standard,
        service_request_id,
        team_id,
        team_type,
        closure_date,
        closure_reason,
        rejection_date,
        rejection_reason
    from community

    union all

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        'mhsds' as standard,
        service_request_id,
        team_id,
        team_type,
        closure_date,
        closure_reason,
        rejection_date,
        rejection_reason
    from mental_health

)

select * from final
