-- One row per child: its key, and what ages and deaths are computed from.
with records as (

    select * from {{ ref('identity__person_record') }}

),

links as (

    select * from {{ ref('identity__person_link') }}

),

children as (

    select
        links.anchor,
        arg_max(records.date_of_birth, records.row_rank) as date_of_birth,
        arg_max(records.date_of_death, records.row_rank) as died_date,
        arg_max(records.sex, records.row_rank) as sex,
        arg_max(records.ethnic_category, records.row_rank) as ethnic_category,
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
        {{ hmac_sha256('anchor') }} as child_key,
        anchor,
        date_of_birth,
        died_date,
        sex,
        ethnic_category,
        match_basis,
        records
    from children

)

select * from final
