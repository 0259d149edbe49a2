-- Detects: waiting bands that do not add up to the waiting list.
-- Usually means: a wait that falls between two bands.
-- A row is: a month and service with both totals.
with bands as (

    select
        month,
        service_code,
        sum(waiting) as waiting
    from {{ ref('mart_waiting_month') }}
    group by month, service_code

)

select
    lists.month,
    lists.service_code,
    lists.n,
    bands.waiting
from {{ ref('mart_wait_summary_month') }} as lists
inner join bands
    on
        lists.month = bands.month
        and lists.service_code = bands.service_code
where
    lists.kind = 'waiting'
    and lists.n is distinct from bands.waiting
