"""The waiting list at each month end: accepted referrals, still open, not seen yet."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from .days import month_end, months_between
from .extracts import Landing
from .referrals import Unit, has_arrived
from .terms import Terms

NEEDED = ("cyp101", "cyp102", "cyp201")
Unknown = set[tuple[date, str]]
"""Months and services of which nothing is known."""
BANDS = ((0, 42), (43, 84), (85, 126), (127, 182), (183, 364), (365, None))


@dataclass(frozen=True)
class Waiting:
    """Children waiting for one service at the end of `month`, for `from_days` days or more."""

    month: date
    service: str
    from_days: int
    waiting: int


def waiting_lists(units: list[Unit], months: list[date], unknown: Unknown) -> list[Waiting]:
    """The lists of all `months`; a service and band in which nobody waits has no row."""
    counts: Counter[tuple[date, str, int]] = Counter()
    for month in months:
        day = month_end(month)
        for unit in units:
            if is_waiting(unit, day) and (month, unit.service.code) not in unknown:
                counts[month, unit.service.code, band_of((day - unit.received).days)] += 1
    return [Waiting(*key, waiting=number) for key, number in sorted(counts.items())]


def unknown_months(landing: Landing, terms: Terms, as_at: date) -> Unknown:
    """Months over on `as_at` whose list is not known: a return is owed and has not arrived."""
    return {
        (month, service.code)
        for month in months_between(terms.first_month, as_at)
        for service in terms.services
        if month_end(month) < as_at
        and not service.is_triage
        and service.holds_on(month_end(month))
        and terms.covering_returns(service.provider, month)
        and not has_arrived(landing, terms, service.provider, month, NEEDED)
    }


def is_waiting(unit: Unit, day: date) -> bool:
    """Whether the child is on the list at the end of `day`."""
    if (
        unit.is_opted_out
        or unit.is_rejected
        or unit.duplicate_of is not None
        or unit.received > day
    ):
        return False
    return not unit.has_ended_by(day) and not unit.was_seen_by(day)


def band_of(days: int) -> int:
    """The first day of the band a wait falls in."""
    return max(start for start, _ in BANDS if start <= days)
