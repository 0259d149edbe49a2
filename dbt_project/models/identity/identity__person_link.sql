-- Which records are one child: record to anchor. The one model that decides it; whatever replaces
-- it keeps these columns and an anchor that does not depend on the order of arrival.
-- Number and date of birth must agree: one number with two dates of birth stays two children.
with records as (

    select * from {{ ref('identity__person_record') }}

),

final as (

    select
        issuer_code,
        local_patient_id,
        case
            when nhs_number is not null
                then 'nhs|' || nhs_number || '|' || date_of_birth
            else 'local|' || issuer_code || '|' || local_patient_id
        end as anchor,
        case when nhs_number is not null then 'nhs_number' else 'local' end as match_basis
    from records

)

select * from final
