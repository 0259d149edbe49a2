"""Yearly returns stand in a list of their own, named by the year they cover."""

from __future__ import annotations

from datetime import date

import pytest

from dashboards.components.returns.lists import yearly_card
from dashboards.findings.names import Names
from dashboards.findings.text import year_name
from dashboards.published.rows import ReturnState
from dashboards.words import STANDARDS, is_yearly


@pytest.mark.parametrize(
    ("start", "name"), [(date(2025, 1, 1), "2025"), (date(2025, 4, 1), "2025-26")]
)
def test_a_year_is_named_by_its_first_day(start: date, name: str) -> None:
    assert year_name(start) == name


def test_the_councils_national_returns_are_yearly_and_no_other() -> None:
    assert {code for code in STANDARDS if is_yearly(code)} == {"cin", "ssda903", "sen2"}


def test_a_yearly_return_is_listed_with_what_is_in() -> None:
    state = ReturnState(
        "E09000007", "cin", date(2025, 4, 1), date(2026, 7, 31), None, 0, "missing", 9, 0
    )
    table = yearly_card([state], Names([])).table
    assert table is not None
    (row,) = table.rows
    assert row[1] == "2025-26"
    assert row[3:] == ("31 Jul 2026", "Not received", "0 of 9")
