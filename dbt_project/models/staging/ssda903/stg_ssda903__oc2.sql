with source as (

    select * from {{ source('raw', 'ssda903__oc2') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        child as local_patient_id,
        date_of_birth,
        sdq_score,
        sdq_reason,
        {{ yes_no('convicted') }} as is_convicted,
        {{ yes_no('health_check') }} as has_health_check,
        {{ yes_no('immunisations') }} as is_immunised,
        {{ yes_no('teeth_check') }} as has_teeth_check,
        {{ yes_no('health_assessment') }} as has_health_assessment,
        {{ yes_no('substance_misuse') }} as has_substance_misuse,
        {{ yes_no('intervention_received') }} as has_received_intervention,
        {{ yes_no('intervention_offered') }} as was_offered_intervention
    from source

)

select * from renamed
