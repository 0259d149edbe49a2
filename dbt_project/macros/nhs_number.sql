{#-
    A valid NHS number: ten digits, the modulus 11 check, a range in use, and not a dummy (all
    digits alike, or the same read backwards). 999 is the range for test data, which the demo uses.
    Weights 10 to 1 over all ten digits must sum to a multiple of 11; a check digit of 10 can
    then never occur, and 11 is written as 0.
-#}
{% macro is_valid_nhs_number(number) -%}
    (
        regexp_full_match({{ number }}, '[0-9]{10}')
        and (
            {%- for position in range(1, 11) %}
            {{ '+ ' if not loop.first }}{{ 11 - position }} * (ascii({{ number }}[{{ position }}]) - 48)
            {%- endfor %}
        ) % 11 = 0
        and (
            left({{ number }}, 3) between '010' and '311'
            or left({{ number }}, 3) between '320' and '499'
            or left({{ number }}, 3) between '600' and '799'
            or left({{ number }}, 3) = '999'
        )
        and {{ number }} <> reverse({{ number }})
    )
{%- endmacro %}
