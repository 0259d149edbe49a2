"""Referrals to mental health: a wave of their own, for children their provider already knows.

Made after and apart from the others, from streams of its own, so that community services are the
same with and without it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import NEVER, Window
from orchestration.synthetic.contacts import Contacts, make_contacts
from orchestration.synthetic.courses import Courses, follow_up_days, run_courses
from orchestration.synthetic.outcomes import Units, decide
from orchestration.synthetic.people import People, weighted
from orchestration.synthetic.profiles import AGE_BANDS
from orchestration.synthetic.referrals import Requests, daily_weights, join, repeats, settle

REQUESTS_PER_YEAR = 1.1
SOURCES = (30, 2, 30, 14, 12, 12)

Streams = Callable[[str], np.random.Generator]


def simulate_mental_health(
    stream: Streams,
    people: People,
    known_from: NDArray[np.int16],
    alliance: Alliance,
    window: Window,
) -> tuple[Requests, Units, Courses, Contacts] | None:
    """What happens to children the provider knows, None if nothing; `alliance` is that part alone."""
    requests = _wave(stream("mental health wave"), people, known_from, alliance, window)
    requests = join(requests, repeats(stream("mental health repeats"), requests))
    requests = settle(requests, people, window)
    if len(requests) == 0:
        return None
    units = decide(stream("mental health outcomes"), requests, people, alliance)
    follow_ups = follow_up_days(stream("mental health follow-ups"), units, alliance)
    last_follow_up = np.full(len(units), -1, np.int32)
    last_follow_up[follow_ups[0]] = follow_ups[1]
    courses = run_courses(
        stream("mental health courses"), requests, units, people, window, last_follow_up
    )
    # the single point of referral is the shared record's: nothing of it stands in this one
    courses = replace(
        courses,
        triaged=np.full(len(requests), NEVER, np.int32),
        has_triage=np.zeros(len(requests), np.bool_),
    )
    contacts = make_contacts(
        stream("mental health contacts"), requests, units, courses, people, window, follow_ups
    )
    return requests, units, courses, contacts


def _wave(
    rng: np.random.Generator,
    people: People,
    known_from: NDArray[np.int16],
    alliance: Alliance,
    window: Window,
) -> Requests:
    known = np.flatnonzero(known_from >= 0)
    years = (window.last_day - window.first_day + 1) / 365.25
    wanted = round(len(known) * years * REQUESTS_PER_YEAR)
    drawn = wanted * 4
    child = known[weighted(rng, people.need[known], drawn)] if drawn else known[:0]
    received = window.first_day + weighted(rng, daily_weights(window), drawn)
    age_days = received - people.born[child]
    band = np.searchsorted(np.array(AGE_BANDS) * 365.25, age_days, side="right")
    shares = np.array([p.shares for p in alliance.profiles]).reshape(-1, len(AGE_BANDS) + 1)
    accepted = (
        (received >= window.starts[known_from[child]])
        & (received < people.nineteenth[child])
        & (rng.random(drawn) < shares.max(axis=0, initial=0)[band])
    )
    kept = np.flatnonzero(accepted)[:wanted]
    count = len(kept)
    none = np.full(count, -1)
    return Requests(
        child=child[kept].astype(np.int32),
        received=received[kept].astype(np.int32),
        source=weighted(rng, SOURCES, count).astype(np.int8),
        service=rng.integers(0, len(alliance.services), count).astype(np.int8),
        second_service=none.astype(np.int8),
        original=none.astype(np.int32),
    )
