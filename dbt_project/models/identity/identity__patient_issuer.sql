-- Whose number a partner's local patient number is: requests carry the number without its issuer.
with patients as (

    select * from {{ ref('int_patient__sent') }}

),

versions as (

    select * from {{ ref('int_submission__versions') }}

),

final as (

    select
        patients.partner_code,
        patients.local_patient_id,
        arg_max(patients.issuer_code, (versions.version_rank, patients.row_number)) as issuer_code
    from patients
    inner join versions on patients.submission_id = versions.submission_id
    group by patients.partner_code, patients.local_patient_id

)

select * from final
