{#-
    Whether a row's `standard` and `table_name` are a table that holds one of the things named,
    whichever standard its sender keeps to: `is_table_of('received', ['request', 'contact'])`.
-#}
{% macro is_table_of(row, things) -%}
    {%- set tables = {
        'patient': ['csds.cyp001', 'mhsds.mhs001'],
        'request': ['csds.cyp101', 'mhsds.mhs101'],
        'team_referral': ['csds.cyp102', 'mhsds.mhs102'],
        'contact': ['csds.cyp201', 'mhsds.mhs201'],
    } -%}
    {%- set found = [] -%}
    {%- for thing in things -%}{%- do found.extend(tables[thing]) -%}{%- endfor -%}
    {{ row }}.standard || '.' || {{ row }}.table_name in ('{{ found | join("', '") }}')
{%- endmacro %}
