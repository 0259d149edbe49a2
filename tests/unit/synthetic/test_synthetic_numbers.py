"""Numbers and days the simulation counts with."""

from __future__ import annotations

from datetime import date

import nhs_number
import numpy as np
import pytest

from orchestration.synthetic.calendar_days import (
    Window,
    as_date,
    birthday,
    day_number,
    to_weekday,
)
from orchestration.synthetic.nhs_numbers import draw_numbers


def test_every_drawn_nhs_number_is_valid_and_was_never_issued() -> None:
    drawn = [str(n) for n in draw_numbers(5_000, np.random.default_rng(1))]
    assert all(n.startswith("999") and nhs_number.is_valid(n) for n in drawn)


def test_no_drawn_nhs_number_comes_twice_or_reads_the_same_backwards() -> None:
    drawn = [str(n) for n in draw_numbers(100_000, np.random.default_rng(1))]
    assert len(set(drawn)) == len(drawn)
    assert not any(n == n[::-1] for n in drawn)


def test_more_nhs_numbers_than_the_range_holds_are_refused() -> None:
    with pytest.raises(ValueError, match="the 999 range holds"):
        draw_numbers(1_000_000, np.random.default_rng(1))


@pytest.mark.parametrize(
    ("born", "turns_nineteen"),
    [
        (date(2004, 2, 29), date(2023, 2, 28)),
        (date(2005, 2, 28), date(2024, 2, 28)),
        (date(2005, 12, 31), date(2024, 12, 31)),
        (date(2006, 3, 1), date(2025, 3, 1)),
    ],
)
def test_a_birthday_of_29_february_falls_on_the_28th(born: date, turns_nineteen: date) -> None:
    days = np.array([day_number(born)], np.int32)
    assert as_date(int(birthday(days, 19)[0])) == turns_nineteen


def test_weekends_move_to_monday_and_weekdays_stay() -> None:
    monday = day_number(date(2026, 9, 7))
    week = np.arange(monday, monday + 7, dtype=np.int32)
    assert (to_weekday(week) - monday).tolist() == [0, 1, 2, 3, 4, 7, 7]


def test_a_window_knows_the_month_of_its_first_and_last_day() -> None:
    window = Window.between(date(2023, 12, 15), date(2024, 2, 1))
    days = np.array([window.first_day - 1, window.first_day, window.last_day], np.int32)
    assert window.month_of(days).tolist() == [-1, 0, 2]
    assert as_date(window.last_day) == date(2024, 2, 29)
