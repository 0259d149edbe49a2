with source as (

    select * from {{ source('raw', 'cin__child') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        la_child_id as local_patient_id,
        upn,
        former_upn,
        upn_unknown,
        date_of_birth,
        expected_date_of_birth,
        sex,
        date_of_death,
        ethnicity
    from source

)

select * from renamed
