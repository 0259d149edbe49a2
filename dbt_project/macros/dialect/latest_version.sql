{#-
    The latest version of each record, of rows that carry `version_rank` and `row_number`.

    Few records come in more than one extract, so they are found by a 64-bit hash first and only
    they are sorted. A collision sorts a row too many and changes nothing.
-#}
{% macro repeated_records(rows, key) -%}
    select hash({{ key | join(', ') }}) as record_hash
    from {{ rows }}
    group by record_hash
    having count(*) > 1
{%- endmacro %}

{% macro latest_version(rows, repeated, key) -%}
    select * from {{ rows }}
    anti join {{ repeated }} on hash({{ key | join(', ') }}) = {{ repeated }}.record_hash

    union all

    select * from {{ rows }}
    semi join {{ repeated }} on hash({{ key | join(', ') }}) = {{ repeated }}.record_hash
    qualify
        row_number() over (
            partition by {{ key | join(', ') }} order by version_rank desc, row_number desc
        ) = 1
{%- endmacro %}
