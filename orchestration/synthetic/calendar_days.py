"""Days as numbers since 1970-01-01, which arrays can hold, and the months a run covers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int32]
NEVER = -1
"""The day number of something that has not happened; no simulated day is before 1970."""

EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - EPOCH).days


def as_date(number: int) -> date:
    """The date `number` days after 1970-01-01."""
    return EPOCH + timedelta(days=number)


def to_weekday(days: Days) -> Days:
    """Move Saturdays and Sundays to the Monday after: clinics do not open at weekends."""
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    return (days + np.where(weekday >= 5, 7 - weekday, 0)).astype(np.int32)


def birthday(born: Days, age: int) -> Days:
    """The day each child turns `age`; a child of 29 February does so on the 28th."""
    dates = born.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    target = months + 12 * age
    day_in_month = (dates - months.astype("datetime64[D]")).astype(np.int32)
    last_in_month = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(
        np.int32
    ) - 1
    shifted = target.astype("datetime64[D]").astype(np.int32)
    turned: Days = shifted + np.minimum(day_in_month, last_in_month)
    return turned


@dataclass(frozen=True)
class Window:
    """The months a run covers, as first days and as day numbers."""

    months: tuple[date, ...]
    starts: Days
    ends: Days

    @classmethod
    def between(cls, first: date, last: date) -> Window:
        """Every month from that of `first` to that of `last`."""
        count = (last.year - first.year) * 12 + last.month - first.month + 1
        edges = np.arange(count + 1) + np.datetime64(f"{first:%Y-%m}", "M")
        days = edges.astype("datetime64[D]").astype(np.int32)
        months = tuple(as_date(int(d)) for d in days[:-1])
        return cls(months, days[:-1], days[1:] - np.int32(1))

    @property
    def first_day(self) -> int:
        """First day of the first month."""
        return int(self.starts[0])

    @property
    def last_day(self) -> int:
        """Last day of the last month: nothing after it is known."""
        return int(self.ends[-1])

    def month_of(self, days: Days) -> NDArray[np.int16]:
        """Position of each day's month, 0 for the first; -1 before it."""
        return (np.searchsorted(self.starts, days, side="right") - 1).astype(np.int16)
