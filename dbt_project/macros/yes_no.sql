{#-
    A flag as a boolean. Standards write it Y and N, 1 and 0, or true and false; anything else, the
    X for `not known` among it, is not known.
-#}
{% macro yes_no(flag) -%}
    case
        when lower({{ flag }}) in ('y', '1', 'true') then true
        when lower({{ flag }}) in ('n', '0', 'false') then false
    end
{%- endmacro %}
