"""Days, months and quarters: the little calendar arithmetic the rules need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

FOREVER = date.max


@dataclass(frozen=True, order=True)
class Quarter:
    """A quarter of the financial year, which starts in April: `2026-27 Q2` is July to September."""

    start: date

    @property
    def end(self) -> date:
        """The last day."""
        return next_month(next_month(next_month(self.start))) - timedelta(days=1)

    @property
    def label(self) -> str:
        """The name readers see."""
        first_year = self.start.year if self.start.month >= 4 else self.start.year - 1
        number = (self.start.month - 4) % 12 // 3 + 1
        return f"{first_year}-{(first_year + 1) % 100:02d} Q{number}"

    @property
    def months(self) -> list[date]:
        """The first days of its three months."""
        return list(months_between(self.start, self.end))


def quarter_of(day: date) -> Quarter:
    """The quarter `day` falls in."""
    return Quarter(date(day.year, day.month - (day.month - 1) % 3, 1))


def quarters_between(first: date, last: date) -> Iterator[Quarter]:
    """Every quarter from the one of `first` to the one of `last`."""
    quarter = quarter_of(first)
    while quarter.start <= last:
        yield quarter
        quarter = quarter_of(quarter.end + timedelta(days=1))


def next_month(day: date) -> date:
    """The first day of the month after `day`."""
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


def month_end(day: date) -> date:
    """The last day of the month of `day`."""
    return next_month(day) - timedelta(days=1)


def months_between(first: date, last: date) -> Iterator[date]:
    """The first days of every month from that of `first` to that of `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = next_month(month)


def birthday(born: date, age: int) -> date:
    """The day a child turns `age`: one born on 29 February does so on the 28th in other years."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 2, 28)
