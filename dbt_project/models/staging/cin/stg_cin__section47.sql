with source as (

    select * from {{ source('raw', 'cin__section47') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        la_child_id as local_patient_id,
        cin_details_number,
        section47_number,
        s47_actual_start_date,
        initial_cpc_target,
        date_of_initial_cpc,
        {{ yes_no('icpc_not_required') }} as is_conference_not_required
    from source

)

select * from renamed
