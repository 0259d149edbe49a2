with source as (

    select * from {{ source('raw', 'local__declared_total') }}

),

renamed as (

    select
        submission_id,
        partner_code,
        period_start,
        row_number,
        is_released,
        standard,
        table_name,
        rows as declared_rows
    from source

)

select * from renamed
