with source as (

    select * from {{ source('raw', 'ssda903__header') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        child as local_patient_id,
        sex,
        date_of_birth,
        ethnicity,
        upn,
        {{ yes_no('is_mother') }} as is_mother,
        child_date_of_birth
    from source

)

select * from renamed
