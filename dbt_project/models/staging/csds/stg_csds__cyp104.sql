with source as (

    select * from {{ source('raw', 'csds__cyp104') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        service_request_id,
        booking_reference,
        patient_pathway_id,
        patient_pathway_id_org_id,
        waiting_time_measurement_type,
        rtt_start_date,
        rtt_start_time,
        rtt_end_date,
        rtt_end_time,
        rtt_status
    from source

)

select * from renamed
