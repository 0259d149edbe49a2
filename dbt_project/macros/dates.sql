{#- Whether a row of a dated table holds on a day; an open validity has no last day. -#}
{% macro is_valid_on(row, day) -%}
    {{ day }} between {{ row }}.valid_from and coalesce({{ row }}.valid_to, date '9999-12-31')
{%- endmacro %}

{#- First day of the financial quarter a day falls in; they are the calendar's quarters. -#}
{% macro quarter_start(day) -%}
    date_trunc('quarter', {{ day }})::date
{%- endmacro %}

{#- Last day of the quarter that starts on a day. -#}
{% macro quarter_end(start) -%}
    ({{ start }} + interval 3 month - interval 1 day)::date
{%- endmacro %}

{#- Last day of the month that starts on a day. -#}
{% macro month_end(start) -%}
    ({{ start }} + interval 1 month - interval 1 day)::date
{%- endmacro %}

{#- `2026-27 Q2`: the financial year starts in April. -#}
{% macro quarter_label(start) -%}
    strftime(({{ start }} - interval 3 month)::date, '%Y') || '-'
    || strftime(({{ start }} + interval 9 month)::date, '%y') || ' Q'
    || quarter(({{ start }} - interval 3 month)::date)
{%- endmacro %}

{#-
    Completed years on a day. A birthday on 29 February falls on 28 February in other years, which
    is how DuckDB clamps an added interval.
-#}
{% macro age_years(date_of_birth, day) -%}
    (
        date_diff('year', {{ date_of_birth }}, {{ day }})
        - case
            when
                {{ date_of_birth }}
                + to_years(date_diff('year', {{ date_of_birth }}, {{ day }})::integer) > {{ day }}
                then 1
            else 0
        end
    )
{%- endmacro %}
