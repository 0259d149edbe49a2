"""A file's way in: receive, archive, recognise, read, validate, load, report."""
