with source as (

    select * from {{ source('raw', 'mhsds__mhs607') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        care_activity_id,
        snomed_id,
        score
    from source

)

select * from renamed
