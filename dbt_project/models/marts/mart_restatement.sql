-- What earlier builds said about quarters that had ended, and later ones corrected. This build's
-- own are added when it is published, because only then is it known what it replaces.
with restatements as (

    select * from {{ source('ledger', 'restatement') }}

),

final as (

    select
        build_id,
        previous_build_id,
        kpi_id,
        part,
        quarter,
        level,
        code,
        before_numerator,
        before_denominator,
        before_value,
        before_status,
        after_numerator,
        after_denominator,
        after_value,
        after_status,
        cause
    from restatements

)

select * from final
