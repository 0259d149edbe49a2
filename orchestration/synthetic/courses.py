"""How each referral runs to its end: follow-ups, closure, discharge, the months it is sent in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import NEVER, Days, Window, to_weekday
from orchestration.synthetic.outcomes import (
    COMPLETE,
    DISCHARGE_ALONE,
    STAYS_OPEN,
    STOPS_FLOWING,
    TRANSFERRED,
    Units,
)
from orchestration.synthetic.people import People, weighted
from orchestration.synthetic.referrals import Requests

REASONS_AFTER_SEEN = (0.74, 0.14, 0.02, 0.02, 0.03, 0.0, 0.05)
TRIAGED = 0.6
FOREVER = np.iinfo(np.int32).max


@dataclass(frozen=True)
class Courses:
    """One value per request. `horizon` is the last day anything of it is known.

    `triaged` is the day triage closed its own line, -1 without one. `first_month` and `last_month`
    are the months its rows are sent in, as positions in the run.
    """

    horizon: Days
    triaged: Days
    has_triage: NDArray[np.bool_]
    discharged: Days
    ended: Days
    first_month: NDArray[np.int16]
    last_month: NDArray[np.int16]


def follow_up_days(
    rng: np.random.Generator, units: Units, alliance: Alliance
) -> tuple[NDArray[np.int32], Days]:
    """(unit, day) of every planned follow-up, grouped by unit and in order within it."""
    unit = np.repeat(np.arange(len(units), dtype=np.int32), units.follow_ups)
    mean = np.array([p.gap_days for p in alliance.profiles], np.float32)[units.service[unit]]
    gaps = rng.standard_gamma(2.0, len(unit), dtype=np.float32) * (mean / 2) + 1
    total = np.cumsum(gaps.astype(np.int64))
    starts = np.cumsum(units.follow_ups) - units.follow_ups
    before = np.concatenate([[0], total])[starts]
    day = units.first_seen[unit] + (total - before[unit])
    return unit, to_weekday(day.astype(np.int32))


def run_courses(
    rng: np.random.Generator,
    requests: Requests,
    units: Units,
    people: People,
    window: Window,
    last_follow_up: Days,
) -> Courses:
    """Close what is finished and forget what lies after the horizon; changes `units`."""
    _close_seen(rng, units, last_follow_up)
    count = len(requests)
    first_month = window.month_of(requests.received)
    horizon = _horizons(rng, requests, people, window, first_month)
    for days in (units.closed, units.rejected, units.first_seen):
        days[days > horizon[units.request]] = NEVER

    ended, discharged = _ends(requests, units)
    discharged = np.where(ended <= horizon, discharged, NEVER).astype(np.int32)
    alone = _discharged_alone(rng, requests, units, discharged)
    units.closed[alone] = NEVER

    triaged = to_weekday((requests.received + rng.integers(0, 6, count)).astype(np.int32))
    triaged = np.minimum(triaged, ended)
    has_triage = rng.random(count) < TRIAGED
    known = has_triage & (triaged <= horizon)
    last_known = np.minimum(ended, horizon)
    return Courses(
        horizon=horizon,
        triaged=np.where(known, triaged, NEVER).astype(np.int32),
        has_triage=has_triage,
        discharged=discharged,
        ended=ended,
        first_month=first_month,
        last_month=window.month_of(last_known.astype(np.int32)),
    )


def _close_seen(rng: np.random.Generator, units: Units, last_follow_up: Days) -> None:
    count = len(units)
    finishes = (
        (units.first_seen >= 0)
        & (units.closed < 0)
        & (units.rejected < 0)
        & (rng.random(count) >= STAYS_OPEN)
    )
    last = np.maximum(units.first_seen, last_follow_up)
    day = to_weekday(
        (np.maximum(last, units.received) + rng.integers(0, 40, count)).astype(np.int32)
    )
    reason = weighted(rng, REASONS_AFTER_SEEN, count)
    units.closed = np.where(finishes, day, units.closed).astype(np.int32)
    units.closure_reason = np.where(finishes, reason, units.closure_reason).astype(np.int8)


def _horizons(
    rng: np.random.Generator,
    requests: Requests,
    people: People,
    window: Window,
    first_month: NDArray[np.int16],
) -> Days:
    """The last day, or the end of the month after which a referral silently stops coming."""
    count = len(requests)
    stop_month = np.minimum(first_month + rng.integers(0, 9, count), len(window.months) - 1)
    # a child who dies keeps flowing, because the death is sent with the referral
    stops = (rng.random(count) < STOPS_FLOWING) & (people.deceased[requests.child] < 0)
    return np.where(stops, window.ends[stop_month], window.last_day).astype(np.int32)


def _ends(requests: Requests, units: Units) -> tuple[Days, Days]:
    """(day the whole request ended, else FOREVER; day of discharge, -1 if none was made)."""
    unit_end = np.where(units.closed >= 0, units.closed, units.rejected)
    unit_end = np.where(unit_end >= 0, unit_end, FOREVER)
    starts = np.searchsorted(units.request, np.arange(len(requests)))
    ended = np.maximum.reduceat(unit_end, starts).astype(np.int32)
    any_closed = np.maximum.reduceat(units.closed, starts) >= 0
    return ended, np.where(any_closed, ended, NEVER).astype(np.int32)


def _discharged_alone(
    rng: np.random.Generator, requests: Requests, units: Units, discharged: Days
) -> NDArray[np.bool_]:
    """Units whose record ends with the discharge and no closure: a common gap in entry."""
    alone = (requests.second_service < 0) & (discharged >= 0)
    found: NDArray[np.bool_] = (
        alone[units.request]
        & (units.closed >= 0)
        & (units.first_seen >= 0)
        & ((units.closure_reason == COMPLETE) | (units.closure_reason == TRANSFERRED))
        & (rng.random(len(units)) < DISCHARGE_ALONE)
    )
    return found
