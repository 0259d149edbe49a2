-- Whether opt-outs apply to an active submission, by the agreement in force for the purpose its
-- table is taken for. Where no agreement is found they do.
with versions as (

    select * from {{ ref('int_submission__versions') }}

),

calendar as (

    select * from {{ source('partnership', 'return_calendar') }}

),

agreements as (

    select * from {{ source('partnership', 'sharing') }}

),

final as (

    select
        versions.submission_id,
        coalesce(bool_or(agreements.opt_out = 'applies'), true) as applies_opt_out
    from versions
    left join calendar
        on
            versions.partner_code = calendar.partner_code
            and versions.standard = calendar.standard
            and versions.table_name = calendar.table_name
            and versions.period_start = calendar.period_start
    left join agreements
        on
            versions.partner_code = agreements.partner_code
            and versions.standard = agreements.standard
            and calendar.purpose = agreements.purpose
            and list_has_any(agreements.tables, [versions.table_name, '*'])
            and {{ is_valid_on('agreements', 'versions.period_end') }}
    group by versions.submission_id

)

select * from final
