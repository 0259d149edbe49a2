"""The whole simulation, from people to contacts, handed to DuckDB as tables.

The tables hold what happened, with true child numbers. Extracts and truth are both made from
them, by different ways: neither reads the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from orchestration.synthetic import contacts as contact_codes
from orchestration.synthetic import words
from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import Window
from orchestration.synthetic.contacts import Contacts, make_contacts
from orchestration.synthetic.courses import Courses, follow_up_days, run_courses
from orchestration.synthetic.identities import Identities, make_identities
from orchestration.synthetic.mental_health import simulate_mental_health
from orchestration.synthetic.options import Options, random_stream
from orchestration.synthetic.outcomes import (
    CLOSURE_REASONS,
    MOVED,
    REJECTION_REASONS,
    TRANSFERRED,
    Units,
    decide,
)
from orchestration.synthetic.people import People, make_people, weighted
from orchestration.synthetic.referrals import (
    SOURCES,
    Requests,
    first_wave,
    join,
    onward,
    repeats,
    senders_of,
    settle,
)

PRIORITIES = ("1", "2", "3")
LOCATIONS = ("A01", "B01", "L01", "X01")


@dataclass(frozen=True)
class World:
    """Everything that happened, as arrays."""

    people: People
    requests: Requests
    senders: NDArray[np.uint8]
    units: Units
    courses: Courses
    contacts: Contacts
    identities: Identities
    community: tuple[int, int]
    """Requests and contacts of community services; those of mental health come after them."""


def simulate(options: Options, alliance: Alliance, window: Window) -> World:
    """Run the alliance once. Each part draws from a stream of its own."""
    people = make_people(options, window)
    whole, alliance = alliance, alliance.sending("csds")

    def stream(name: str) -> np.random.Generator:
        return random_stream(options.seed, name)

    requests = first_wave(stream("first wave"), people, alliance, window)
    requests = join(requests, onward(stream("onward"), requests, alliance))
    requests = join(requests, repeats(stream("repeats"), requests))
    requests = settle(requests, people, window)
    senders = senders_of(stream("senders"), requests, alliance)
    units = decide(stream("outcomes"), requests, people, alliance)
    follow_ups = follow_up_days(stream("follow-ups"), units, alliance)
    last_follow_up = np.full(len(units), -1, np.int32)
    # positions are in order within a unit, so the last write is the last follow-up
    last_follow_up[follow_ups[0]] = follow_ups[1]
    courses = run_courses(stream("courses"), requests, units, people, window, last_follow_up)
    contacts = make_contacts(
        stream("contacts"), requests, units, courses, people, window, follow_ups
    )
    identities = make_identities(
        stream("identities"), requests, senders, courses, people, alliance, window
    )
    world = World(
        people,
        requests,
        senders,
        units,
        courses,
        contacts,
        identities,
        (len(requests), len(contacts)),
    )
    return _with_mental_health(stream, world, whole, window)


def _with_mental_health(
    stream: Callable[[str], np.random.Generator], world: World, whole: Alliance, window: Window
) -> World:
    """The world and what happens in mental health, behind it in every array."""
    alliance = whole.sending("mhsds")
    if not alliance.services:
        return world
    known = world.identities.known_from[whole.partners.index(alliance.senders[0])]
    found = simulate_mental_health(stream, world.people, known, alliance, window)
    if found is None:
        return world
    requests, units, courses, contacts = found
    before = len(world.requests)
    services = len(whole.services) - len(alliance.services)
    teams = len(whole.teams) - len(alliance.teams)
    bits = np.left_shift(1, whole.service_sender[services:].astype(np.int64))
    moved_requests = replace(
        requests,
        service=requests.service + np.int8(services),
        original=np.where(requests.original >= 0, requests.original + before, -1).astype(np.int32),
    )
    moved_units = replace(
        units,
        request=units.request + np.int32(before),
        service=units.service + np.int8(services),
        team=units.team + np.int8(teams),
    )
    moved_contacts = replace(
        contacts, request=contacts.request + np.int32(before), team=contacts.team + np.int8(teams)
    )
    return replace(
        world,
        requests=_behind(world.requests, moved_requests),
        senders=np.concatenate([world.senders, bits[requests.service].astype(np.uint8)]),
        units=_behind(world.units, moved_units),
        courses=_behind(world.courses, courses),
        contacts=_behind(world.contacts, moved_contacts),
    )


def _behind(first: Any, second: Any) -> Any:
    """Two objects of arrays as one."""
    return type(first)(**{
        f.name: np.concatenate([getattr(first, f.name), getattr(second, f.name)])
        for f in fields(first)
    })  # fmt: skip


def load(
    con: duckdb.DuckDBPyConnection,
    world: World,
    alliance: Alliance,
    window: Window,
    seed: int,
) -> None:
    """Write the tables `month`, `child`, `known`, `request`, `line`, `unit` and `contact`."""
    months = len(window.months)
    _table(
        con,
        "month",
        {"k": np.arange(months), "first_day": window.starts, "last_day": window.ends},
        days=("first_day", "last_day"),
    )
    _load_children(con, world, seed)
    known = world.identities.known_from
    partner, child = np.nonzero(known >= 0)
    _table(con, "known", {
        "bit": (1 << partner).astype(np.uint8),
        "child": child.astype(np.int32),
        "first_month": known[partner, child],
        "last_month": np.full(len(child), months - 1, np.int16),
    })  # fmt: skip
    _load_requests(con, world, alliance, seed)
    _load_contacts(con, world, alliance, window, seed)


def _load_children(con: duckdb.DuckDBPyConnection, world: World, seed: int) -> None:
    people, identities = world.people, world.identities
    rng = random_stream(seed, "child details")
    count = len(people)
    forenames = np.where(people.is_male, people.forename, people.forename + words.FORENAMES)
    given = words.FORENAMES_M[: words.FORENAMES] + words.FORENAMES_F
    moved = np.full(count, -1, np.int32)
    left = world.units.closed * (world.units.closure_reason == MOVED)
    np.maximum.at(moved, world.units.child, np.where(left > 0, left, -1).astype(np.int32))
    _table(con, "child", {
        "child": np.arange(count, dtype=np.int32),
        "born": people.born,
        "deceased": people.deceased,
        "moved": moved,
        "opted_out": people.opted_out,
        "is_male": people.is_male,
        "nhs_number": people.nhs_number,
        "mother_number": people.mother_number,
        "family": people.family,
        "traced_from": identities.traced_from,
        "is_unverified": identities.is_unverified,
        "forename": _codes(forenames, given),
        "surname": _codes(people.surname, words.SURNAMES),
        "ethnic": _codes(people.ethnic, words.ETHNIC),
        "language": _codes(people.language, words.LANGUAGES),
        "postcode": _codes(people.postcode, words.POSTCODES),
        "practice": people.practice,
        "school": people.school,
        "registered": people.born + rng.integers(3, 14, count).astype(np.int32),
        "is_looked_after": people.is_looked_after,
        "is_safeguarded": people.is_safeguarded,
        "is_disabled": people.is_disabled,
        "is_sensitive": people.is_sensitive,
    }, days=("born", "deceased", "moved", "opted_out", "registered"))  # fmt: skip


def _load_requests(
    con: duckdb.DuckDBPyConnection, world: World, alliance: Alliance, seed: int
) -> None:
    requests, courses, units = world.requests, world.courses, world.units
    count = len(requests)
    details = _drawn(_request_details, seed, "request details", world.community[0], count)
    reasons = tuple(p.reason for p in alliance.profiles)
    number = np.arange(count, dtype=np.int32)
    flow: dict[str, NDArray[Any]] = {"senders": world.senders, "first_month": courses.first_month,
            "last_month": courses.last_month}  # fmt: skip
    _table(con, "request", {
        "request": number,
        "child": requests.child,
        "received": requests.received,
        "minute": details["minute"],
        "source": _codes(requests.source, SOURCES),
        "priority": _codes(details["priority"], PRIORITIES),
        "reason": _codes(requests.service, reasons),
        "discharged": courses.discharged,
        **flow,
    }, days=("received", "discharged"))  # fmt: skip

    triaged = np.flatnonzero(courses.has_triage)
    of = np.concatenate([units.request, triaged.astype(np.int32)])
    none = np.full(len(triaged), -1, np.int32)
    lines: dict[str, NDArray[Any]] = {
        "request": of,
        "team": np.concatenate([units.team, np.zeros(len(triaged), np.int8)]),
        "closed": np.concatenate([units.closed, courses.triaged[triaged]]),
        "rejected": np.concatenate([units.rejected, none]),
        "closure_reason": np.concatenate(
            [units.closure_reason, np.full(len(triaged), TRANSFERRED, np.int8)]
        ),
        "rejection_reason": np.concatenate([units.rejection_reason, none.astype(np.int8) + 1]),
        **{name: values[of] for name, values in flow.items()},
    }
    order = np.argsort(of, kind="stable")
    teams = tuple(t.team_id for t in alliance.teams)
    types = tuple(t.team_type for t in alliance.teams)
    ordered = {name: values[order] for name, values in lines.items()}
    _table(con, "line", {
        **ordered,
        "team_number": ordered["team"],
        "team": _codes(ordered["team"], teams),
        "team_type": _codes(ordered["team"], types),
        "closure_reason": _codes(ordered["closure_reason"], CLOSURE_REASONS),
        "rejection_reason": _codes(ordered["rejection_reason"], REJECTION_REASONS),
    }, days=("closed", "rejected"))  # fmt: skip
    _table(con, "unit", {
        "unit": np.arange(len(units), dtype=np.int32),
        "request": units.request,
        "child": units.child,
        "service": _codes(units.service, tuple(s.code for s in alliance.services)),
        "received": units.received,
        "closed": units.closed,
        "rejected": units.rejected,
        "closure_reason": _codes(units.closure_reason, CLOSURE_REASONS),
    }, days=("received", "closed", "rejected"))  # fmt: skip


def _load_contacts(
    con: duckdb.DuckDBPyConnection,
    world: World,
    alliance: Alliance,
    window: Window,
    seed: int,
) -> None:
    contacts = world.contacts
    count = len(contacts)
    details = _drawn(_contact_details, seed, "contact details", world.community[1], count)
    usual = np.array([0, *(LOCATIONS.index(p.location) for p in alliance.profiles)], np.int8)
    codes = [s.code for s in alliance.services]
    service = np.array([0, *(codes.index(t.service_code) + 1 for t in alliance.teams[1:])], np.int8)
    place = usual[service[contacts.team]]
    elsewhere = details.pop("elsewhere")
    place = np.where(elsewhere >= 0, elsewhere, place)
    month = window.month_of(contacts.day)
    _table(con, "contact", {
        "contact": np.arange(count, dtype=np.int32),
        "request": contacts.request,
        "senders": world.senders[contacts.request],
        "first_month": month,
        "last_month": month,
        "team": _codes(contacts.team, tuple(t.team_id for t in alliance.teams)),
        "day": contacts.day,
        "attendance": _codes(contacts.attendance, contact_codes.ATTENDANCE),
        "mechanism": _codes(contacts.mechanism, contact_codes.MECHANISMS),
        "is_initial": contacts.is_initial,
        "place": _codes(place, LOCATIONS),
        **details,
    }, days=("day",))  # fmt: skip


Details = dict[str, NDArray[Any]]


def _drawn(
    draw: Callable[[np.random.Generator, int], Details],
    seed: int,
    name: str,
    first: int,
    count: int,
) -> Details:
    """Details of `count` rows: of the community part, and of the rest from a stream of its own."""
    parts = [draw(random_stream(seed, name), first)]
    if count > first:
        parts.append(draw(random_stream(seed, f"mental health {name}"), count - first))
    return {key: np.concatenate([p[key] for p in parts]) for key in parts[0]}


def _request_details(rng: np.random.Generator, count: int) -> Details:
    return {
        "minute": rng.integers(8 * 60, 18 * 60, count).astype(np.int16),
        "priority": weighted(rng, (0.92, 0.07, 0.01), count),
    }


def _contact_details(rng: np.random.Generator, count: int) -> Details:
    # the order of the draws is part of what a seed means
    is_elsewhere = rng.random(count, np.float32) < 0.2
    return {
        "elsewhere": np.where(is_elsewhere, rng.integers(0, 3, count), -1).astype(np.int8),
        "minute": (rng.integers(96, 210, count, dtype=np.int16) * 5).astype(np.int16),
        "duration": (rng.integers(3, 13, count, dtype=np.int16) * 5).astype(np.int16),
        "is_group": rng.random(count, np.float32) < 0.05,
        "is_by_proxy": rng.random(count, np.float32) < 0.12,
        "notice": rng.integers(0, 4, count, dtype=np.int8),
    }


def _codes(positions: NDArray[Any], values: tuple[str, ...]) -> Any:
    """Text by position: DuckDB keeps a categorical as an enum of one or two bytes."""
    distinct = tuple(dict.fromkeys(values))
    if len(distinct) < len(values):
        positions = np.array([distinct.index(v) for v in values])[positions]
    return pd.Categorical.from_codes(positions, pd.Index(distinct))


def _table(
    con: duckdb.DuckDBPyConnection,
    name: str,
    columns: dict[str, Any],
    days: tuple[str, ...] = (),
) -> None:
    """Create a table from arrays; day numbers become dates, -1 becomes null."""
    frame = pd.DataFrame(columns, copy=False)
    as_dates = ", ".join(
        f"CASE WHEN {d} >= 0 THEN DATE '1970-01-01' + {d}::INTEGER END AS {d}" for d in days
    )
    replaced = f"REPLACE ({as_dates})" if days else ""
    con.register("_frame", frame)
    con.execute(f"CREATE TABLE {name} AS SELECT * {replaced} FROM _frame")
    con.unregister("_frame")
