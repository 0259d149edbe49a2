"""A made-up alliance: extracts in the national formats, and the truth they were made from.

Nothing here knows a real child. NHS numbers come from the never-issued 999 range alone. Start at
`generate`; `world` is what happens (children, referrals, contacts), `feeds` what else partners tell
of it, a theme a file; `extracts` and `yearly` write the files, `truth` what must be found in them.
"""
