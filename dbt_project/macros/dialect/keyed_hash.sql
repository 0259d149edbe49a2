{#-
    Keyed hashes. The keys are DuckDB variables that orchestration.identity.dbt_plugin sets on every
    cursor; SQL only names them. They are stored as UUID, 128 bits: as text, three of them in ten
    million rows cost four times as long to write, and twice as long to join.
-#}

{#- HMAC-SHA-256 of a text, its first 128 bits. -#}
{% macro hmac_sha256(message) -%}
    left(
        sha256(
            getvariable('hmac_outer')
            || unhex(sha256(getvariable('hmac_inner') || ({{ message }})::blob))
        ),
        32
    )::uuid
{%- endmacro %}

{#- Key of a record from the parts of its natural key; none of the parts holds the separator. -#}
{% macro record_key(parts) -%}
    md5(getvariable('record_secret') || '|' || {{ parts | join(" || '|' || ") }})::uuid
{%- endmacro %}
