-- One row per child: its key, and what ages and deaths are computed from.
with records as (

    select * from {{ ref('identity__person_record') }}

),

links as (

    select * from {{ ref('identity__person_link') }}

),

setting as (

    select * from {{ source('partnership', 'setting') }}

),

opt_out_rule as (

    select * from {{ source('partnership', 'parameter') }}
    where name = 'opt_out_excludes'

),

children as (

    select
        links.anchor,
        arg_max(records.date_of_birth, records.row_rank) as date_of_birth,
        arg_max(records.date_of_death, records.row_rank) as died_date,
        arg_max(records.sex, records.row_rank) as sex,
        arg_max(records.ethnic_category, records.row_rank) as ethnic_category,
        -- whichever partner a family told: it holds with all of them
        min(records.opted_out_date) as opted_out_date,
        min(links.match_basis) as match_basis,
        count(*) as records
    from links
    inner join records
        on
            links.issuer_code = records.issuer_code
            and links.local_patient_id = records.local_patient_id
    group by links.anchor

),

final as (

    select
        {{ hmac_sha256('children.anchor') }} as child_key,
        children.anchor,
        children.date_of_birth,
        children.died_date,
        children.sex,
        children.ethnic_category,
        children.opted_out_date,
        coalesce(
            children.opted_out_date <= setting.as_at
            and opt_out_rule.value_text = 'yes',
            false
        ) as is_opted_out,
        children.match_basis,
        children.records
    from children
    cross join setting
    left join opt_out_rule on {{ is_valid_on('opt_out_rule', 'setting.as_at') }}

)

select * from final
