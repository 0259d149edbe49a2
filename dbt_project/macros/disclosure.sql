{#-
    Disclosure for the Board, all of it: counts from 1 to 7 are withheld, others rounded to 5; a
    percentage is withheld when its numerator or its complement is withheld, and otherwise computed
    from the rounded counts; statistics need at least 8 observations. Zero is shown. The limits come
    from the partnership's file.

    Applied once, last, to a closed list of tables. No exact total is published beside rounded
    parts, at any level, so subtraction gives an interval and not a number.

    `setting` is a relation with withhold_below and round_to, cross joined by the caller.
-#}

{% macro is_small(count) -%}
    ({{ count }} > 0 and {{ count }} < setting.withhold_below)
{%- endmacro %}

{#- A count as the Board sees it: null when withheld or not known. -#}
{% macro disclosed_count(count) -%}
    case
        when not {{ is_small(count) }}
            then (round({{ count }}::double / setting.round_to) * setting.round_to)::bigint
    end
{%- endmacro %}

{#- Whether a share is withheld: one of its two parts is small. -#}
{% macro is_small_share(numerator, denominator) -%}
    coalesce(
        {{ is_small(numerator) }} or {{ is_small('(' ~ denominator ~ ' - ' ~ numerator ~ ')') }},
        false
    )
{%- endmacro %}

{#- The numerator goes with the share: beside its denominator it would give the complement. -#}
{% macro disclosed_numerator(numerator, denominator) -%}
    case
        when not {{ is_small_share(numerator, denominator) }}
            then {{ disclosed_count(numerator) }}
    end
{%- endmacro %}

{#- Percent of the rounded counts. -#}
{% macro disclosed_percent(numerator, denominator) -%}
    case
        when not {{ is_small_share(numerator, denominator) }}
            then
                100.0 * {{ disclosed_count(numerator) }}
                / nullif({{ disclosed_count(denominator) }}, 0)
    end
{%- endmacro %}

{#- A mean or quantile of n observations; its further decimals would give n away. -#}
{% macro disclosed_statistic(statistic, n) -%}
    case when {{ n }} >= setting.withhold_below then round({{ statistic }}, 1) end
{%- endmacro %}

{#-
    A share of n rows that stands beside no count: in steps of `round_to` percent, and only where one
    step is as many rows as a count must be to be shown. Of no rows it is about no child.
-#}
{% macro disclosed_share(percent, n) -%}
    case
        when coalesce({{ n }}, 0) = 0 then {{ percent }}
        when {{ n }} * setting.round_to >= 100 * setting.withhold_below
            then round({{ percent }} / setting.round_to) * setting.round_to
    end
{%- endmacro %}
