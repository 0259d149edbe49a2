with true_values as (

    select * from {{ ref('mart_kpi_definition') }}

),

final as (

    select
        kpi_id,
        part,
        version,
        title,
        what,
        why,
        numerator_text,
        denominator_text,
        exclusions_text,
        better,
        operator,
        threshold,
        threshold_source,
        limit_days,
        valid_from,
        valid_to,
        owner,
        checker,
        review_date,
        change_log
    from true_values

)

select * from final
