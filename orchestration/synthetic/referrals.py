"""Referrals as they arrive: who, when, to which service, and the repeats of the same referral.

A request is one referral received; a unit is one service asked for by it. What becomes of a unit
is decided in `outcomes`.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import Days, Window
from orchestration.synthetic.people import People, weighted
from orchestration.synthetic.profiles import AGE_BANDS, NEED_BY_AGE, REQUESTS_PER_YEAR, SEASON

SOURCES = ("01", "02", "03", "04", "05", "06", "07")
ONWARD = 6
SOURCE_YOUNG = (30, 30, 6, 18, 4, 12)
SOURCE_SCHOOL_AGE = (28, 1, 38, 14, 6, 13)
TWO_SERVICES = 0.05
ALSO_SENT_BY_LEAD = 0.15
ONWARD_SHARE = 0.10
REPEATED = 0.04
REPEATED_TWICE = 0.15
REPEATED_IN_LEADS_EXTRACT = 0.3


@dataclass(frozen=True)
class Requests:
    """One value per request. `original` is the position of the request it repeats, or -1."""

    child: NDArray[np.int32]
    received: Days
    source: NDArray[np.int8]
    service: NDArray[np.int8]
    second_service: NDArray[np.int8]
    original: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.child)

    def take(self, kept: NDArray[np.bool_] | NDArray[np.int64]) -> Requests:
        """The requests at these positions."""
        return Requests(**{f.name: getattr(self, f.name)[kept] for f in fields(self)})


def join(*parts: Requests) -> Requests:
    """The parts, one after the other."""
    return Requests(
        **{f.name: np.concatenate([getattr(p, f.name) for p in parts]) for f in fields(Requests)}
    )


def first_wave(
    rng: np.random.Generator, people: People, alliance: Alliance, window: Window
) -> Requests:
    """Referrals from outside, with seasons, over the whole run."""
    years = (window.last_day - window.first_day + 1) / 365.25
    wanted = max(1, round(len(people) * years * REQUESTS_PER_YEAR))
    drawn = int(wanted * 3.2) + 50
    received = window.first_day + weighted(rng, daily_weights(window), drawn)
    child = weighted(rng, people.need, drawn)
    age_days = received - people.born[child]
    band = np.searchsorted(np.array(AGE_BANDS) * 365.25, age_days, side="right")
    is_child = (age_days >= 14) & (received < people.nineteenth[child])
    kept = np.flatnonzero(is_child & (rng.random(drawn) < np.array(NEED_BY_AGE)[band]))[:wanted]
    child, received, band = child[kept], received[kept], band[kept]
    child, received, band = _with_nineteen_year_olds(rng, people, window, child, received, band)
    service = _services(rng, alliance, band)
    second = _services(rng, alliance, band)
    asks_two = (rng.random(len(child)) < TWO_SERVICES) & (second != service)
    source = np.where(
        band <= 1,
        weighted(rng, SOURCE_YOUNG, len(child)),
        weighted(rng, SOURCE_SCHOOL_AGE, len(child)),
    )
    return Requests(
        child=child.astype(np.int32),
        received=received.astype(np.int32),
        source=source.astype(np.int8),
        service=service.astype(np.int8),
        second_service=np.where(asks_two, second, -1).astype(np.int8),
        original=np.full(len(child), -1, np.int32),
    )


def onward(rng: np.random.Generator, requests: Requests, alliance: Alliance) -> Requests:
    """Referrals on to another discipline weeks or months later; each starts its own clock."""
    chosen = np.flatnonzero(rng.random(len(requests)) < ONWARD_SHARE)
    service = _services(rng, alliance, np.full(len(chosen), 2))
    differs = alliance.discipline[service] != alliance.discipline[requests.service[chosen]]
    chosen, service = chosen[differs], service[differs]
    none = np.full(len(chosen), -1)
    return Requests(
        child=requests.child[chosen],
        received=(requests.received[chosen] + rng.integers(20, 150, len(chosen))).astype(np.int32),
        source=np.full(len(chosen), ONWARD, np.int8),
        service=service.astype(np.int8),
        second_service=none.astype(np.int8),
        original=none.astype(np.int32),
    )


def repeats(rng: np.random.Generator, requests: Requests) -> Requests:
    """The same referral received again 1 to 5 days later, a few of them a third time."""
    once = np.flatnonzero(rng.random(len(requests)) < REPEATED)
    again = once[rng.random(len(once)) < REPEATED_TWICE]
    gap_once = rng.integers(1, 6, len(once))
    gap_again = gap_once[np.isin(once, again)] + rng.integers(1, 6, len(again))
    original = np.concatenate([once, again])
    gap = np.concatenate([gap_once, gap_again])
    return Requests(
        child=requests.child[original],
        received=(requests.received[original] + gap).astype(np.int32),
        source=requests.source[original],
        service=requests.service[original],
        second_service=np.full(len(original), -1, np.int8),
        original=original.astype(np.int32),
    )


def settle(requests: Requests, people: People, window: Window) -> Requests:
    """The requests that really happen within the run, in order of receipt.

    Left out: those after the run or the child's death, and chance referrals of one child to one
    service on one day, because no rule of the measure says which of two such is the earlier.
    """
    deceased = people.deceased[requests.child]
    kept = (requests.received <= window.last_day) & (
        (deceased < 0) | (requests.received < deceased)
    )
    child_and_day = (requests.child.astype(np.int64) << 24) | (
        requests.received.astype(np.int64) << 8
    )
    first_key = child_and_day | requests.service
    asks_two = requests.second_service >= 0
    second_key = np.where(asks_two, child_and_day | requests.second_service, -1)
    _, first = np.unique(first_key, return_index=True)
    is_first = np.zeros(len(requests), np.bool_)
    is_first[first] = True
    second_keys, times = np.unique(second_key, return_counts=True)
    clashes = np.isin(second_key, first_key) | np.isin(second_key, second_keys[times > 1])
    kept &= is_first & ~(asks_two & clashes)
    repeated = np.maximum(requests.original, 0)
    kept &= (requests.original < 0) | kept[repeated]

    order = np.flatnonzero(kept)
    order = order[np.argsort(requests.received[order], kind="stable")]
    position = np.full(len(requests), -1, np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    found = requests.take(order)
    original = np.where(found.original >= 0, position[np.maximum(found.original, 0)], -1)
    return replace(found, original=original.astype(np.int32))


def senders_of(
    rng: np.random.Generator, requests: Requests, alliance: Alliance
) -> NDArray[np.uint8]:
    """One bit per sender: the providers asked, and for some the lead, from the shared record."""
    bit = np.left_shift(1, alliance.service_sender.astype(np.int64))
    mask = bit[requests.service]
    mask = np.where(requests.second_service >= 0, mask | bit[requests.second_service], mask)
    lead = 1 << alliance.lead
    mask = np.where(rng.random(len(requests)) < ALSO_SENT_BY_LEAD, mask | lead, mask)
    only_lead = (requests.original >= 0) & (rng.random(len(requests)) < REPEATED_IN_LEADS_EXTRACT)
    return np.where(only_lead, lead, mask).astype(np.uint8)


def daily_weights(window: Window) -> NDArray[np.float64]:
    """How likely a referral is on each day of the run."""
    days = np.arange(window.first_day, window.last_day + 1)
    month = days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
    at_weekend = (days + 3) % 7 >= 5
    trend = 1 + 0.03 * (days - window.first_day) / 365.25
    season: NDArray[np.float64] = np.array(SEASON)[month]
    return season * np.where(at_weekend, 0.04, 1.0) * trend


def _services(
    rng: np.random.Generator, alliance: Alliance, band: NDArray[np.int64]
) -> NDArray[np.int64]:
    shares = np.array([p.shares for p in alliance.profiles])
    edges = np.cumsum(shares / shares.sum(axis=0), axis=0)
    service = np.zeros(len(band), np.int64)
    drawn = rng.random(len(band))
    for each in range(len(AGE_BANDS) + 1):
        here = band == each
        service[here] = np.searchsorted(edges[:, each], drawn[here], side="right")
    return np.minimum(service, len(alliance.services) - 1)


def _with_nineteen_year_olds(
    rng: np.random.Generator,
    people: People,
    window: Window,
    child: NDArray[np.int64],
    received: NDArray[np.int64],
    band: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Turn a few into referrals around a 19th birthday, the day itself and its eve included."""
    turning = np.flatnonzero(
        (people.nineteenth > window.first_day + 1) & (people.nineteenth < window.last_day - 60)
    )
    count = min(len(turning), round(0.004 * len(child)))
    if count == 0:
        return child, received, band
    chosen = rng.choice(turning, count, replace=False)
    offset = rng.choice(np.array([-1, 0, 1, 7, 40]), count)
    child[:count] = chosen
    received[:count] = people.nineteenth[chosen] + offset
    band[:count] = len(AGE_BANDS)
    return child, received, band
