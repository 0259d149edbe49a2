-- Accepted referrals of one child who did not opt out to one discipline, whoever the provider,
-- received a few days apart are one: the earliest receipt is kept, and contacts of any member count
-- for it.
with referrals as (

    select * from {{ ref('identity__referral') }}

),

gap as (

    select * from {{ source('partnership', 'parameter') }}
    where name = 'duplicate_gap_days'

),

accepted as (

    select
        referral_key,
        child_key,
        discipline,
        received_date,
        -- of one day, the lower number came first
        row_number() over in_order as place,
        received_date - lag(received_date) over in_order as gap_days
    from referrals
    where
        not is_rejected
        and not is_opted_out
    window
        in_order as (
            partition by child_key, discipline
            order by received_date, service_request_id, referral_key
        )

),

numbered as (

    select
        accepted.*,
        count(*) filter (where accepted.gap_days is null or accepted.gap_days > gap.value_number)
            over (
                partition by accepted.child_key, accepted.discipline
                order by accepted.place
                rows unbounded preceding
            ) as chain_number
    from accepted
    left join gap on {{ is_valid_on('gap', 'accepted.received_date') }}

),

final as (

    select
        referral_key,
        first_value(referral_key) over (
            partition by child_key, discipline, chain_number order by place
        ) as kept_referral_key
    from numbered

)

select * from final
