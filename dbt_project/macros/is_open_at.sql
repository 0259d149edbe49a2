{#-
    Whether a referral was open at the end of a day. One that stopped flowing was open in the last
    month it flowed and is closed from then on; any other end closes it on its day.
-#}
{% macro is_open_at(referral, day) -%}
    (
        {{ referral }}.received_date <= {{ day }}
        and (
            {{ referral }}.end_date is null
            or {{ referral }}.end_date > {{ day }}
            or ({{ referral }}.end_reason = 'stopped_flowing' and {{ referral }}.end_date = {{ day }})
        )
    )
{%- endmacro %}
