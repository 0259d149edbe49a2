"""How each partner knows each child: since when, under which number, with which NHS number."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import Window
from orchestration.synthetic.courses import Courses
from orchestration.synthetic.people import People
from orchestration.synthetic.referrals import Requests

ALSO_KNOWN = {"nhs_trust": 0.09, "local_authority": 0.36}
"""Share of all children known to a partner that sends no CSDS."""
NO_NUMBER = 0.05
TRACED_LATER = 0.03
UNVERIFIED = 0.03
UNKNOWN = np.int16(-1)
NEVER_TRACED = np.int16(32_000)


@dataclass(frozen=True)
class Identities:
    """`known_from` is partners x children: first month known, -1 if never.

    `traced_from` is the month from which the NHS number is sent. A child is linked between
    partners by NHS number and date of birth alone, so those without a number, or with one that
    is traced later or unverified, are children of a single partner: the truth stays exact.
    """

    known_from: NDArray[np.int16]
    traced_from: NDArray[np.int16]
    is_unverified: NDArray[np.bool_]


def make_identities(
    rng: np.random.Generator,
    requests: Requests,
    senders: NDArray[np.uint8],
    courses: Courses,
    people: People,
    alliance: Alliance,
    window: Window,
) -> Identities:
    """Who is known where, from the referrals each sender really sends."""
    count, months = len(people), len(window.months)
    known = np.full((len(alliance.partners), count), NEVER_TRACED, np.int16)
    for bit, code in enumerate(alliance.senders):
        sent = (senders >> bit) & 1 == 1
        row = known[alliance.partners.index(code)]
        np.minimum.at(row, requests.child[sent], courses.first_month[sent])
    is_single = (known < NEVER_TRACED).sum(axis=0) == 1
    drawn = rng.random(count)
    has_no_number = is_single & (drawn < NO_NUMBER)
    is_traced_later = is_single & ~has_no_number & (drawn < NO_NUMBER + TRACED_LATER)
    is_unverified = is_single & (drawn > 1 - UNVERIFIED)
    stays_single = has_no_number | is_traced_later | is_unverified

    birth_month = window.month_of(people.born)
    death_month = np.where(people.deceased >= 0, window.month_of(people.deceased), months)
    for row_number, code in enumerate(alliance.partners):
        if code in alliance.senders:
            continue
        share = ALSO_KNOWN.get(alliance.kinds[row_number], 0.0)
        since = np.maximum(rng.integers(-months, months, count), birth_month + 1)
        since = np.maximum(since, 0)
        is_known = rng.random(count) < share
        if alliance.kinds[row_number] == "local_authority":
            # the council knows every child it looks after or protects
            is_known |= people.is_looked_after | people.is_safeguarded
            since = np.where(people.is_looked_after, np.maximum(birth_month + 1, 0), since)
        is_known &= ~stays_single & (since < months)
        is_known &= since <= death_month
        known[row_number] = np.where(is_known, since, NEVER_TRACED)

    first_known = known.min(axis=0)
    later = first_known + rng.integers(1, 4, count)
    traced = np.where(has_no_number, NEVER_TRACED, np.where(is_traced_later, later, 0))
    return Identities(
        known_from=np.where(known == NEVER_TRACED, UNKNOWN, known).astype(np.int16),
        traced_from=traced.astype(np.int16),
        is_unverified=is_unverified,
    )
