-- One row per record of a child: the issuer of a local number, and the number. What is not known
-- in the latest version of a record is taken from the last version that knew it.
with patients as (

    select * from {{ ref('int_patient__sent') }}

),

person_index as (

    select * from {{ ref('stg_local__person_index') }}

),

versions as (

    select * from {{ ref('int_submission__versions') }}

),

requests as (

    select * from {{ ref('identity__request') }}

),

issuers as (

    select * from {{ ref('identity__patient_issuer') }}

),

sent as (

    select
        submission_id,
        row_number,
        issuer_code,
        local_patient_id,
        nhs_number,
        date_of_birth,
        date_of_death,
        sex,
        ethnic_category,
        null::date as opted_out_date
    from patients

    union all

    select
        submission_id,
        row_number,
        partner_code as issuer_code,
        local_patient_id,
        nhs_number,
        date_of_birth,
        date_of_death,
        sex,
        null as ethnic_category,
        opted_out_date
    from person_index

),

-- a request whose patient is in no index still belongs to a child
unlisted as (

    select distinct
        requests.partner_code as issuer_code,
        requests.local_patient_id
    from requests
    anti join issuers
        on
            requests.partner_code = issuers.partner_code
            and requests.local_patient_id = issuers.local_patient_id

),

-- checked once per number: a child is sent again every month
sent_number as (

    select distinct nhs_number
    from sent
    where nhs_number is not null

),

valid_number as (

    select nhs_number
    from sent_number
    where {{ is_valid_nhs_number('nhs_number') }}

),

ranked as (

    select
        sent.issuer_code,
        sent.local_patient_id,
        valid_number.nhs_number,
        sent.date_of_birth,
        sent.date_of_death,
        sent.sex,
        sent.ethnic_category,
        sent.opted_out_date,
        -- rows of one file keep their order, so that a record sent twice in it has one answer
        versions.version_rank * 4294967296 + sent.row_number as row_rank
    from sent
    inner join versions on sent.submission_id = versions.submission_id
    left join valid_number on sent.nhs_number = valid_number.nhs_number

),

latest as (

    select
        issuer_code,
        local_patient_id,
        arg_max(
            { 'nhs_number': nhs_number, 'date_of_birth': date_of_birth }, row_rank
        ) filter (where nhs_number is not null and date_of_birth is not null) as traced,
        arg_max(date_of_birth, row_rank) as date_of_birth,
        arg_max(date_of_death, row_rank) as date_of_death,
        arg_max(sex, row_rank) as sex,
        arg_max(ethnic_category, row_rank) as ethnic_category,
        arg_max(opted_out_date, row_rank) as opted_out_date,
        max(row_rank) as row_rank
    from ranked
    group by issuer_code, local_patient_id

),

final as (

    select
        issuer_code,
        local_patient_id,
        traced.nhs_number as nhs_number,
        coalesce(traced.date_of_birth, date_of_birth) as date_of_birth,
        date_of_death,
        sex,
        ethnic_category,
        opted_out_date,
        row_rank
    from latest

    union by name

    select
        issuer_code,
        local_patient_id,
        0 as row_rank
    from unlisted
    anti join latest using (issuer_code, local_patient_id)

)

select * from final
