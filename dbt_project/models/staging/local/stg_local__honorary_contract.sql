with source as (

    select * from {{ source('raw', 'local__honorary_contract') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        staff_ref,
        honorary_start_date,
        honorary_end_date,
        partner_trust,
        staff_role,
        staff_team_id as team_id,
        details_sent_date,
        contract_issued_date,
        signed_returned_date,
        hr_validated_date,
        head_of_service_approved_date,
        registration_authority_authorised_date,
        training_booked_date,
        login_adjusted_date,
        leave_from_date,
        leave_to_date,
        leaving_date,
        login_removed_date
    from source

)

select * from renamed
