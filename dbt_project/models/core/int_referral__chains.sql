-- Accepted referrals of one child to one discipline, whoever the provider, received a few days
-- apart are one: the earliest receipt is kept, and contacts of any member count for it.
with referrals as (

    select * from {{ ref('fct_referral') }}

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
        received_date - lag(received_date) over (
            partition by child_key, discipline order by received_date, referral_key
        ) as gap_days
    from referrals
    where not is_rejected

),

numbered as (

    select
        accepted.*,
        count(*) filter (where accepted.gap_days is null or accepted.gap_days > gap.value_number)
            over (
                partition by accepted.child_key, accepted.discipline
                order by accepted.received_date, accepted.referral_key
                rows unbounded preceding
            ) as chain_number
    from accepted
    left join gap on {{ is_valid_on('gap', 'accepted.received_date') }}

),

final as (

    select
        referral_key,
        first_value(referral_key) over (
            partition by child_key, discipline, chain_number order by received_date, referral_key
        ) as kept_referral_key
    from numbered

)

select * from final
