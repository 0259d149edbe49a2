"""A made-up alliance: extracts in the national formats, and the truth they were made from.

Nothing here knows a real child. NHS numbers come from the never-issued 999 range alone.
"""
