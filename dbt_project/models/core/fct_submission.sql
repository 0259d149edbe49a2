with submissions as (

    select * from {{ ref('stg_ledger__submission') }}

),

final as (

    select
        submission_id,
        partner_code,
        standard,
        table_name,
        period_start,
        period_end,
        received_at,
        header_created_at,
        status,
        is_active,
        rows_read,
        rows_loaded,
        rows_quarantined,
        rows_warned,
        contract_version,
        reason
    from submissions

)

select * from final
