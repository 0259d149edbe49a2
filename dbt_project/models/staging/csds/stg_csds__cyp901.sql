with source as (

    select * from {{ source('raw', 'csds__cyp901') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        care_professional_id_local as care_professional_id,
        registration_body,
        registration_entry_id,
        staff_group,
        occupation_code,
        job_role_code
    from source

)

select * from renamed
