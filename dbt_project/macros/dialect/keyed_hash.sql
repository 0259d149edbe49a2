{#-
    Keyed hashes. The keys are DuckDB variables that orchestration.identity.dbt_plugin sets on every
    cursor; SQL only names them.
-#}

{#- HMAC-SHA-256 of a text, its first 32 hex digits. -#}
{% macro hmac_sha256(message) -%}
    left(
        sha256(
            getvariable('hmac_outer')
            || unhex(sha256(getvariable('hmac_inner') || ({{ message }})::blob))
        ),
        32
    )
{%- endmacro %}

{#- Key of a record from the parts of its natural key; none of the parts holds the separator. -#}
{% macro record_key(parts) -%}
    md5(getvariable('record_secret') || '|' || {{ parts | join(" || '|' || ") }})
{%- endmacro %}
