"""Every contact: triage calls, missed appointments, letters by email, first visits, follow-ups."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.calendar_days import Days, Window
from orchestration.synthetic.courses import Courses
from orchestration.synthetic.outcomes import Units
from orchestration.synthetic.people import People, weighted
from orchestration.synthetic.referrals import Requests

ATTENDANCE = ("5", "6", "7", "2", "3", "4")
ATTENDED, LATE, LATE_UNSEEN, BY_FAMILY, NO_SHOW, BY_SERVICE = range(6)
FOLLOW_UP_ATTENDANCE = (0.77, 0.05, 0.01, 0.07, 0.06, 0.04)
MISSED_ATTENDANCE = (0, 0, 0.05, 0.3, 0.45, 0.2)
MECHANISMS = ("01", "02", "04", "11", "05", "09")
FACE_TO_FACE, TELEPHONE, TALK_TYPE, VIDEO, EMAIL, TEXT_MESSAGE = range(6)
FIRST_MECHANISMS = (0.72, 0.1, 0.01, 0.17, 0, 0)
FOLLOW_UP_MECHANISMS = (0.64, 0.12, 0.01, 0.14, 0.06, 0.03)
TRIAGE_CALL = 0.4
EMAIL_WHILE_WAITING = 0.07


@dataclass(frozen=True)
class Contacts:
    """One value per contact, in order of date."""

    request: NDArray[np.int32]
    team: NDArray[np.int8]
    day: Days
    attendance: NDArray[np.int8]
    mechanism: NDArray[np.int8]
    is_initial: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.request)

    def take(self, kept: NDArray[np.int64] | NDArray[np.bool_]) -> Contacts:
        """The contacts at these positions."""
        return Contacts(**{f.name: getattr(self, f.name)[kept] for f in fields(self)})


def make_contacts(
    rng: np.random.Generator,
    requests: Requests,
    units: Units,
    courses: Courses,
    people: People,
    window: Window,
    follow_ups: tuple[NDArray[np.int32], Days],
) -> Contacts:
    """The contacts that took place: none after the end of its unit, a death or the horizon."""
    pieces = [
        _first_visits(rng, units),
        _missed(rng, units),
        _emails(rng, units),
        _later_visits(rng, *follow_ups),
    ]
    unit = np.concatenate([p[0] for p in pieces])
    found = Contacts(
        request=units.request[unit],
        team=units.team[unit],
        day=np.concatenate([p[1] for p in pieces]).astype(np.int32),
        attendance=np.concatenate([p[2] for p in pieces]).astype(np.int8),
        mechanism=np.concatenate([p[3] for p in pieces]).astype(np.int8),
        is_initial=np.arange(len(unit)) < len(unit) - len(follow_ups[0]),
    )
    request_end = np.minimum(courses.horizon, courses.ended)
    unit_end = request_end[units.request]
    unit_end = np.where(units.closed >= 0, np.minimum(units.closed, unit_end), unit_end)
    deceased = people.deceased[units.child]
    unit_end = np.where(deceased >= 0, np.minimum(deceased - 1, unit_end), unit_end)
    found = found.take(found.day <= unit_end[unit])
    calls = _triage_calls(rng, requests, courses, people)
    found = Contacts(
        **{
            f.name: np.concatenate([getattr(found, f.name), getattr(calls, f.name)])
            for f in fields(Contacts)
        }
    )
    # 16-bit keys are sorted by radix, 5 times faster than 32-bit ones at 10 million contacts
    return found.take(np.argsort((found.day - window.first_day).astype(np.uint16), kind="stable"))


Piece = tuple[NDArray[np.integer[Any]], Days, NDArray[np.int64], NDArray[np.int64]]


def _first_visits(rng: np.random.Generator, units: Units) -> Piece:
    unit = np.flatnonzero(units.first_seen >= 0)
    attendance = weighted(rng, (0.94, 0.06), len(unit))
    return unit, units.first_seen[unit], attendance, weighted(rng, FIRST_MECHANISMS, len(unit))


def _missed(rng: np.random.Generator, units: Units) -> Piece:
    unit, attempt = np.nonzero(units.attempts >= 0)
    attendance = weighted(rng, MISSED_ATTENDANCE, len(unit))
    return (
        unit,
        units.attempts[unit, attempt],
        attendance,
        weighted(rng, FIRST_MECHANISMS, len(unit)),
    )


def _emails(rng: np.random.Generator, units: Units) -> Piece:
    """Attended by email while waiting: a contact, but not one that ends a wait."""
    unit = np.flatnonzero((units.first_seen >= 0) & (rng.random(len(units)) < EMAIL_WHILE_WAITING))
    wait = np.maximum(units.first_seen[unit] - units.received[unit], 0)
    day = units.received[unit] + (rng.random(len(unit)) * wait).astype(np.int32)
    none = np.zeros(len(unit), np.int64)
    return unit, day, none + ATTENDED, none + EMAIL


def _later_visits(rng: np.random.Generator, unit: NDArray[np.int32], day: Days) -> Piece:
    attendance = weighted(rng, FOLLOW_UP_ATTENDANCE, len(unit))
    return unit, day, attendance, weighted(rng, FOLLOW_UP_MECHANISMS, len(unit))


def _triage_calls(
    rng: np.random.Generator, requests: Requests, courses: Courses, people: People
) -> Contacts:
    """Calls of the triage team on the request: attended by telephone, and never a first visit."""
    request = np.flatnonzero((courses.triaged >= 0) & (rng.random(len(requests)) < TRIAGE_CALL))
    days = courses.triaged[request] - requests.received[request]
    day = requests.received[request] + (rng.random(len(request)) * (days + 1)).astype(np.int32)
    deceased = people.deceased[requests.child[request]]
    alive = (deceased < 0) | (day < deceased)
    request, day = request[alive], day[alive]
    count = len(request)
    return Contacts(
        request=request.astype(np.int32),
        team=np.zeros(count, np.int8),
        day=day.astype(np.int32),
        attendance=np.full(count, ATTENDED, np.int8),
        mechanism=np.full(count, TELEPHONE, np.int8),
        is_initial=np.ones(count, np.bool_),
    )
