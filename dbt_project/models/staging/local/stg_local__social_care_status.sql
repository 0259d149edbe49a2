with source as (

    select * from {{ source('raw', 'local__social_care_status') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        local_patient_id,
        as_at_date,
        case_status,
        {{ yes_no('child_in_need') }} as is_child_in_need,
        child_in_need_since,
        {{ yes_no('has_cin_plan') }} as has_cin_plan,
        {{ yes_no('on_protection_plan') }} as is_on_protection_plan,
        on_protection_plan_since,
        {{ yes_no('is_looked_after') }} as is_looked_after,
        looked_after_since,
        legal_status,
        {{ yes_no('lives_with_family') }} as lives_with_family,
        {{ yes_no('has_ehcp') }} as has_ehcp,
        ehcp_since,
        school_setting
    from source

)

select * from renamed
