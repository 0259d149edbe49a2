-- Whether the return that covers a provider has arrived, for each month and table it is expected.
-- Another partner's extract may cover a provider's teams; one received return is enough.
with calendar as (

    select * from {{ source('partnership', 'return_calendar') }}

),

covers as (

    select * from {{ source('partnership', 'return_cover') }}

),

versions as (

    select * from {{ ref('int_submission__versions') }}

),

final as (

    select
        covers.covered_code as provider_code,
        calendar.standard,
        calendar.table_name,
        calendar.period_start,
        calendar.period_end,
        bool_or(versions.submission_id is not null) as is_received
    from calendar
    inner join covers
        on
            calendar.partner_code = covers.partner_code
            and calendar.standard = covers.standard
            and {{ is_valid_on('covers', 'calendar.period_start') }}
    left join versions
        on
            calendar.partner_code = versions.partner_code
            and calendar.standard = versions.standard
            and calendar.table_name = versions.table_name
            and calendar.period_start = versions.period_start
    group by all

)

select * from final
