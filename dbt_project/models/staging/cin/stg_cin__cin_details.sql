with source as (

    select * from {{ source('raw', 'cin__cin_details') }}

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
        cin_referral_date,
        referral_source,
        primary_need_code,
        cin_closure_date,
        reason_for_closure,
        date_of_initial_cpc,
        {{ yes_no('referral_nfa') }} as is_no_further_action
    from source

)

select * from renamed
