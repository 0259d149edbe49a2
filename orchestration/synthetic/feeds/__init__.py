"""What partners send besides referrals and contacts, a theme a file.

Look here for a feed by what it holds: care plans in `plans`, friends and family in `voices`, the
looked-after children return in `looked_after`. Each file makes the tables of what happened, says
which sheets of which partner show them, and counts the facts a correct warehouse must find.
`stage` is what all of them stand on; `themes` lists the monthly ones, and `social_care` is what the
council's three yearly returns (`census`, `looked_after`, `education`) are made of.
"""
