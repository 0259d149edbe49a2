{#-
    Status of one set of counts. Compared as whole numbers, so 89.96 % never rounds up to 90 %.
    What is missing is not a pass, and 0 of 0 is neither met nor missed.
-#}
{% macro kpi_status(is_final, gap_reason, numerator, denominator, threshold) -%}
    case
        when not {{ is_final }} then 'not_due'
        when {{ gap_reason }} is not null then 'not_assessed'
        when {{ denominator }} = 0 then 'not_applicable'
        when 100 * {{ numerator }} >= {{ threshold }} * {{ denominator }} then 'met'
        else 'not_met'
    end
{%- endmacro %}

{#- Status of a whole from the statuses of its parts: one miss decides, then what is not known. -#}
{% macro kpi_status_of_all(status) -%}
    case
        when bool_or({{ status }} = 'not_due') then 'not_due'
        when bool_or({{ status }} = 'not_met') then 'not_met'
        when bool_or({{ status }} = 'not_assessed') then 'not_assessed'
        when bool_and({{ status }} = 'not_applicable') then 'not_applicable'
        else 'met'
    end
{%- endmacro %}
