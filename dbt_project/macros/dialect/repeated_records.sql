{#-
    Find the few records that come more than once, so that only they are sorted or aggregated: of ten
    million contacts all but some thousands stand in one extract alone. They are found by a 64-bit hash
    of their key; a collision sends a record the longer way, and changes nothing.

        repeated as ({{ repeated_records('sent', key) }})
        select * from sent {{ not_repeated('sent', 'repeated', key) }}
        union all
        select * from sent {{ only_repeated('sent', 'repeated', key) }} qualify ...
-#}
{% macro repeated_records(rows, key) -%}
    select hash({{ key | join(', ') }}) as record_hash
    from {{ rows }}
    group by record_hash
    having count(*) > 1
{%- endmacro %}

{% macro not_repeated(rows, repeated, key) -%}
    anti join {{ repeated }}
        on hash({{ rows }}.{{ key | join(', ' ~ rows ~ '.') }}) = {{ repeated }}.record_hash
{%- endmacro %}

{% macro only_repeated(rows, repeated, key) -%}
    semi join {{ repeated }}
        on hash({{ rows }}.{{ key | join(', ' ~ rows ~ '.') }}) = {{ repeated }}.record_hash
{%- endmacro %}
