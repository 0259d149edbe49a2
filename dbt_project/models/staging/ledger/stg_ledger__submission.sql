with source as (

    select * from {{ source('ledger', 'submission') }}

),

renamed as (

    select
        ledger_id as submission_id,
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
    from source

)

select * from renamed
