"""What becomes of each unit (one request to one service): turned down, waiting, seen, closed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import NEVER, Days, day_number, to_weekday
from orchestration.synthetic.people import People, weighted
from orchestration.synthetic.referrals import Requests

CLOSURE_REASONS = ("01", "02", "03", "04", "05", "06", "07")
COMPLETE, NO_TREATMENT, MOVED, WITHDRAWN, NOT_ATTENDED, DIED, TRANSFERRED = range(7)
REJECTION_REASONS = ("01", "02", "03")

FATES = (0.05, 0.04, 0.012, 0.012, 0.886)
"""Shares turned down, withdrawn unseen, closed unseen for not attending, never offered, seen."""
REJECTED, LEAVES_UNSEEN, MISSES, WAITS_ON, SEEN = range(5)
ATTEMPTS = 3
ATTEMPT_FAILS = 0.10
STAYS_OPEN = 0.08
STOPS_FLOWING = 0.015
BEFORE_RECEIPT = 0.004
DISCHARGE_ALONE = 0.03


@dataclass
class Units:
    """One value per unit; days are -1 when it never happens. `attempts` is units x 3."""

    request: NDArray[np.int32]
    service: NDArray[np.int8]
    team: NDArray[np.int8]
    received: Days
    child: NDArray[np.int32]
    first_seen: Days
    attempts: Days
    follow_ups: NDArray[np.int32]
    rejected: Days
    rejection_reason: NDArray[np.int8]
    closed: Days
    closure_reason: NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.request)


def decide(
    rng: np.random.Generator, requests: Requests, people: People, alliance: Alliance
) -> Units:
    """The fate of every unit, as if the run had no end: `contacts` cuts at the last day."""
    units = _open_units(requests, people, alliance)
    count = len(units)
    fate = weighted(rng, FATES, count)
    first_try = units.received + _waits(rng, units, alliance)
    _see(rng, units, alliance, fate == SEEN, to_weekday(first_try.astype(np.int32)))
    _miss(rng, units, fate == MISSES, to_weekday(first_try.astype(np.int32)))

    turned_down = fate == REJECTED
    day = to_weekday((units.received + rng.integers(0, 21, count)).astype(np.int32))
    units.rejected[turned_down] = day[turned_down]
    units.rejection_reason = weighted(rng, (0.1, 0.6, 0.3), count).astype(np.int8)

    leaves = fate == LEAVES_UNSEEN
    day = to_weekday((units.received + rng.integers(2, 90, count)).astype(np.int32))
    units.closed[leaves] = day[leaves]
    units.closure_reason[leaves] = rng.choice(np.array([MOVED, WITHDRAWN]), int(leaves.sum()))

    _settle_repeats(rng, requests, units)
    _die(people, units)
    return units


def _open_units(requests: Requests, people: People, alliance: Alliance) -> Units:
    second = np.flatnonzero(requests.second_service >= 0)
    request = np.concatenate([np.arange(len(requests)), second])
    service = np.concatenate([requests.service, requests.second_service[second]])
    order = np.argsort(request, kind="stable")
    request, service = request[order].astype(np.int32), service[order]
    child = requests.child[request]
    received = requests.received[request]
    is_under_five = received - people.born[child] < 5 * 365.25
    team = np.where(is_under_five, alliance.team_for("under_fives")[service],
                    alliance.team_for("community")[service])  # fmt: skip
    special = people.in_special_school[child] & ~is_under_five
    team = np.where(special, alliance.team_for("special_school")[service], team)
    count = len(request)

    def never() -> Days:
        return np.full(count, NEVER, np.int32)

    return Units(
        request=request,
        service=service,
        team=team.astype(np.int8),
        received=received,
        child=child,
        first_seen=never(),
        attempts=np.full((count, ATTEMPTS), NEVER, np.int32),
        follow_ups=np.zeros(count, np.int32),
        rejected=never(),
        rejection_reason=np.zeros(count, np.int8),
        closed=never(),
        closure_reason=np.zeros(count, np.int8),
    )


def _waits(rng: np.random.Generator, units: Units, alliance: Alliance) -> NDArray[np.int64]:
    """Days to the first appointment offered: lognormal, longer after a service's change."""
    profiles = alliance.profiles
    median = np.array([p.median_wait for p in profiles])[units.service]
    after = np.array([p.median_wait_after or p.median_wait for p in profiles])[units.service]
    changes = [day_number(p.changes_on) if p.changes_on else 2**30 for p in profiles]
    median = np.where(units.received >= np.array(changes)[units.service], after, median)
    spread = np.array([p.spread for p in profiles])[units.service]
    return (median * np.exp(spread * rng.standard_normal(len(units)))).astype(np.int64)


def _see(
    rng: np.random.Generator,
    units: Units,
    alliance: Alliance,
    is_seen: NDArray[np.bool_],
    first_try: Days,
) -> None:
    count = len(units)
    failures = np.minimum(rng.geometric(1 - ATTEMPT_FAILS, count) - 1, ATTEMPTS)
    day = first_try
    for each in range(ATTEMPTS):
        fails = is_seen & (failures > each)
        units.attempts[fails, each] = day[fails]
        moved = to_weekday((day + rng.integers(6, 24, count)).astype(np.int32))
        day = np.where(fails, moved, day)
    in_month = units.received - units.received.astype("datetime64[D]").astype(
        "datetime64[M]"
    ).astype("datetime64[D]").astype(np.int32)
    # keyed late: the contact is earlier than the receipt, within the same month
    keyed_late = is_seen & (in_month > 0) & (rng.random(count) < BEFORE_RECEIPT)
    early = units.received - 1 - rng.integers(0, 10, count) % np.maximum(in_month, 1)
    units.attempts[keyed_late] = NEVER
    units.first_seen = np.where(keyed_late, early, np.where(is_seen, day, NEVER)).astype(np.int32)
    mean = np.array([p.follow_ups for p in alliance.profiles])[units.service]
    # negative binomial: many short episodes, a few long ones
    follow_ups = rng.poisson(rng.gamma(0.9, mean / 0.9, count))
    units.follow_ups = np.where(is_seen, follow_ups, 0).astype(np.int32)


def _miss(
    rng: np.random.Generator, units: Units, misses: NDArray[np.bool_], first_try: Days
) -> None:
    """Two appointments not attended, then closed."""
    second = to_weekday((first_try + rng.integers(10, 24, len(units))).astype(np.int32))
    closed = to_weekday((second + rng.integers(5, 25, len(units))).astype(np.int32))
    units.attempts[misses, 0] = first_try[misses]
    units.attempts[misses, 1] = second[misses]
    units.closed[misses] = closed[misses]
    units.closure_reason[misses] = NOT_ATTENDED


def _settle_repeats(rng: np.random.Generator, requests: Requests, units: Units) -> None:
    """Of a referral received twice one is worked on, and it may be either."""
    repeat = np.flatnonzero(requests.original[units.request] >= 0)
    first_unit = np.searchsorted(units.request, requests.original[units.request[repeat]])
    choice = weighted(rng, (0.4, 0.4, 0.2), len(repeat))
    repeat_is_worked_on = choice == 0
    closed_soon, turned_down = repeat[choice == 1], repeat[choice == 2]
    _close_unseen(rng, units, np.unique(first_unit[repeat_is_worked_on]), TRANSFERRED)
    _close_unseen(rng, units, closed_soon, NO_TREATMENT)
    _close_unseen(rng, units, turned_down, NO_TREATMENT)
    units.rejected[turned_down] = units.closed[turned_down]
    units.rejection_reason[turned_down] = 0
    units.closed[turned_down] = NEVER


def _close_unseen(
    rng: np.random.Generator, units: Units, positions: NDArray[np.int64], reason: int
) -> None:
    day = units.received[positions] + rng.integers(5, 20, len(positions))
    units.first_seen[positions] = NEVER
    units.attempts[positions] = NEVER
    units.follow_ups[positions] = 0
    units.rejected[positions] = NEVER
    units.closed[positions] = to_weekday(day.astype(np.int32))
    units.closure_reason[positions] = reason


def _die(people: People, units: Units) -> None:
    """An open or unseen unit of a child who dies is closed that day, so the death is sent."""
    deceased = people.deceased[units.child]
    seen = (units.first_seen >= 0) & (units.first_seen < deceased)
    ended = np.where(units.closed >= 0, units.closed, np.iinfo(np.int32).max)
    by_death = (deceased >= 0) & (units.rejected < 0) & (~seen | (ended > deceased))
    units.first_seen[by_death & ~seen] = NEVER
    units.follow_ups[by_death & ~seen] = 0
    late = units.attempts >= np.where(deceased >= 0, deceased, np.iinfo(np.int32).max)[:, None]
    units.attempts[late] = NEVER
    units.closed[by_death] = deceased[by_death]
    units.closure_reason[by_death] = DIED
