{{ config(materialized='view') }}

-- The units of every measure of the project, one below the other.
with final as (

    {% for measure in var('measures') %}
        select * from {{ ref('measure_' ~ measure) }}
        {{ 'union all by name' if not loop.last }}
    {% endfor %}

)

select * from final
