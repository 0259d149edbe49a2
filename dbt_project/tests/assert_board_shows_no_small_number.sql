-- noqa: disable=LT02
-- (the loops over tables and columns indent nothing)
-- Detects: a count the Board may not see: below the limit and above zero, or not rounded.
-- Usually means: a new column that did not go through macros/disclosure.sql.
-- A row is: a table, column and the count.
{% set counts = {
    'submission': ['rows', 'quarantined', 'released', 'refused'],
    'kpi_result': ['numerator', 'denominator'],
    'kpi_month': ['numerator', 'denominator'],
    'kpi_exclusion': ['count'],
    'waiting_month': ['waiting'],
    'wait_summary_month': ['n'],
    'restatement': [
        'before_numerator', 'before_denominator', 'after_numerator', 'after_denominator',
    ],
    'dq_result': ['failed', 'total'],
    'dq_score': ['rows', 'quarantined'],
} %}
with shown as (

    {% for table, columns in counts.items() %}
    {% set last_table = loop.last %}
    {% for column in columns %}
    select
        '{{ table }}' as table_name,
        '{{ column }}' as column_name,
        {{ column }} as shown
    from {{ ref('board_' ~ table) }}
    {{ 'union all' if not (last_table and loop.last) }}
    {% endfor %}
    {% endfor %}

)

select distinct shown.*
from shown
cross join {{ source('partnership', 'setting') }} as setting
where
    (shown.shown > 0 and shown.shown < setting.withhold_below)
    or shown.shown % setting.round_to <> 0
