"""What partners send besides referrals and contacts, a theme a file.

Look here for a feed by what it holds: plans in `plans`, friends and family in `voices`, the
council's returns in `borough`, `census` and `education`. Each file makes the tables of what
happened, says which sheets of which partner show them, and counts the facts a correct warehouse
must find. `stage` is what all of them stand on.
"""
