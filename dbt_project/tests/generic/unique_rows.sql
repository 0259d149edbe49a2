{#- Detects two rows with one key. A returned row is a key that stands more than once. -#}
{% test unique_rows(model, columns) %}

    select
        {{ columns | join(', ') }},
        count(*) as copies
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1

{% endtest %}
