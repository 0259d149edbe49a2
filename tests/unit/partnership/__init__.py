"""Tests of the partnership file and what it answers."""
