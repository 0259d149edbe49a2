with source as (

    select * from {{ source('raw', 'ssda903__episodes') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        child as local_patient_id,
        episode_start_date,
        reason_for_new_episode,
        legal_status,
        category_of_need,
        placement_type,
        placement_provider,
        episode_end_date,
        reason_episode_ceased,
        reason_for_placement_change,
        home_postcode,
        placement_postcode,
        placement_urn
    from source

)

select * from renamed
