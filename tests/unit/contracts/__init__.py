"""Tests of the contracts: their mistakes, and the ones shipped."""
