"""Expectations on a submission's profile."""
