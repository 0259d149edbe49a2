"""Reporting periods: what one submission covers, and how files and people name it."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from orchestration.contracts.model import PeriodKind

MONTH_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_]?(0[1-9]|1[0-2])(?!\d)")
YEAR_IN_NAME = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
SPAN_IN_NAME = re.compile(r"(?=(?<!\d)(20\d{2})[-_/](?:20)?(\d{2})(?!\d))")


@dataclass(frozen=True)
class Period:
    """A reporting period, and when the sender made the submission if a header says so."""

    start: date
    end: date
    created_at: datetime | None = None


def month(day: date) -> Period:
    """The whole month `day` is in."""
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))


def year(kind: PeriodKind, number: int) -> Period:
    """The period a yearly return made for `number` covers."""
    if kind is PeriodKind.YEAR_TO_MARCH:
        return Period(date(number - 1, 4, 1), date(number, 3, 31))
    return Period(date(number - 1, 1, 1), date(number - 1, 12, 31))


def period_in_name(kind: PeriodKind, *names: str) -> Period | None:
    """The period the first of `names` to hold one holds last.

    A month as YYYY-MM, YYYY_MM or YYYYMM; a year as YYYY, or as YYYY-YY where it spans two.
    """
    for name in names:
        if kind is PeriodKind.MONTH:
            if months := MONTH_IN_NAME.findall(name):
                return month(date(int(months[-1][0]), int(months[-1][1]), 1))
            continue
        spans = [int(a) for a, b in SPAN_IN_NAME.findall(name) if (int(a) + 1) % 100 == int(b)]
        if spans:
            return year(kind, spans[-1] + 1)
        if years := YEAR_IN_NAME.findall(name):
            return year(kind, int(years[-1]))
    return None


def period_of(kind: PeriodKind, day: date) -> Period:
    """The period of a kind that holds `day`."""
    if kind is PeriodKind.MONTH:
        return month(day)
    return year(kind, day.year + (kind is PeriodKind.CALENDAR_YEAR or day.month > 3))


def periods_between(kind: PeriodKind, first: date, before: date) -> list[Period]:
    """Each period of a kind from the one that holds `first`, whose end is before a day."""
    found: list[Period] = []
    period = period_of(kind, first)
    while period.end < before:
        found.append(period)
        period = period_of(kind, period.end + timedelta(days=1))
    return found


def named(period: Period) -> str:
    """A period for people: `2026-09` for a month, else its first and last month."""
    if (period.end - period.start).days < 31:
        return f"{period.start:%Y-%m}"
    return f"{period.start:%Y-%m} to {period.end:%Y-%m}"
