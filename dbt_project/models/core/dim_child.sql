with children as (

    select * from {{ ref('identity__child') }}

),

final as (

    select
        child_key,
        sex,
        ethnic_category,
        died_date is not null as is_deceased,
        is_opted_out,
        match_basis,
        records::integer as records
    from children

)

select * from final
