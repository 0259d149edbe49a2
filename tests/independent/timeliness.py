"""KPI 1, timeliness: of the children referred to a service, who was first seen by the limit day.

    outcome = measure(landing_folder, partnership_file, as_at)

Written from the rules of the agreement alone; the warehouse's own numbers are compared with these.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from .days import Quarter, birthday, month_end, quarter_of, quarters_between
from .extracts import Landing, read_landing
from .referrals import Unit, read_units
from .terms import Terms
from .waiting import Waiting, waiting_lists

PARTNERSHIP_LEVEL = "partnership"
Key = tuple[str, str, str]
"""Quarter label, level and code; the partnership's code is the word itself."""


@dataclass(frozen=True)
class JudgedUnit:
    """A unit with its limit, and what became of it.

    It is judged on its limit day, but never before the version it falls under began.
    """

    unit: Unit
    version: int
    limit_day: date
    judged_on: date
    exclusion: str | None

    @property
    def quarter(self) -> Quarter:
        """The quarter it counts in, whether or not it is excluded."""
        return quarter_of(self.judged_on)

    @property
    def is_met(self) -> bool:
        """Whether it counts and the child was seen by the limit day."""
        return self.exclusion is None and self.unit.was_seen_by(self.limit_day)


@dataclass(frozen=True)
class Result:
    """The measure of one quarter at one level: `code` is a partner's or a service's."""

    quarter: str
    level: str
    code: str
    version: int
    numerator: int
    denominator: int
    mean_wait_days: float | None
    exclusions: dict[str, int]
    status: str
    reason: str | None


@dataclass
class Outcome:
    """All this implementation has to say about a landing folder."""

    data_to: date
    units: list[JudgedUnit] = field(default_factory=list)
    results: dict[Key, Result] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    held_back: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    """Rows by partner, table and reason; a row with two reasons counts under both."""
    refused: list[str] = field(default_factory=list)


def measure(root: Path, partnership: Path, as_at: date) -> Outcome:
    """Everything about the extracts under `root`, as asked on `as_at`."""
    terms = Terms(partnership)
    landing = read_landing(root, terms)
    data_to = month_end(landing.months[-1])
    units = read_units(landing, terms)
    judged = [j for j in (judge(unit, terms) for unit in units) if j.judged_on <= data_to]
    outcome = Outcome(data_to=data_to, units=judged, refused=landing.refused)
    first = min([j.quarter.start for j in judged] + landing.months)
    for quarter in quarters_between(first, data_to):
        members = [j for j in judged if j.quarter == quarter]
        outcome.results |= _quarter_results(quarter, members, landing, terms, as_at)
    outcome.waiting = waiting_lists(units, landing.months)
    for submission in landing.submissions.values():
        for reason, rows in submission.held_back.items():
            outcome.held_back[submission.partner, submission.table, reason] += rows
    return outcome


def judge(unit: Unit, terms: Terms) -> JudgedUnit:
    """The limit of a unit by the version it falls under, and why it may not count."""
    for version in terms.versions:
        limit_day = unit.received + timedelta(days=version.limit_days)
        if limit_day <= version.valid_to:
            break
    judged_on = max(limit_day, version.valid_from)
    reason = exclusion_of(unit, limit_day, terms)
    return JudgedUnit(unit, version.number, limit_day, judged_on, reason)


def exclusion_of(unit: Unit, limit_day: date, terms: Terms) -> str | None:
    """The first reason, in the agreed order, for which a unit does not count."""
    age = terms.parameter("timeliness_age_below_years", unit.received)
    born, died, first_contact = unit.child.born, unit.child.died, unit.first_contact
    withdrawn = terms.parameter("withdrawn_closure_reasons", unit.closed or unit.received)
    if unit.is_rejected:
        return "rejected"
    if unit.duplicate_of is not None:
        return "duplicate"
    if born is not None and unit.received >= birthday(born, age):
        return "over_age"
    if unit.service.is_autism_pathway:
        return "autism_pathway"
    if first_contact is not None and first_contact < unit.received:
        return "negative_wait"
    if died is not None and died < limit_day and not unit.was_seen_by(limit_day):
        return "died"
    if (
        unit.closed is not None
        and unit.closed < limit_day
        and unit.closure_reason in withdrawn
        and not unit.was_seen_by(unit.closed)
    ):
        return "withdrawn"
    return None


def _quarter_results(
    quarter: Quarter, members: list[JudgedUnit], landing: Landing, terms: Terms, as_at: date
) -> dict[Key, Result]:
    """Results of services, then of the parties from their services, then of the partnership."""
    by_service: dict[tuple[str, str], list[JudgedUnit]] = defaultdict(list)
    for service in terms.judged_services(quarter):
        by_service[service.provider, service.code] = []
    for judged in members:
        by_service[judged.unit.service.provider, judged.unit.service.code].append(judged)
    runs_now = {s.code: s.provider for s in terms.judged_services(quarter)}
    parties = terms.contract_parties(quarter)
    results = []
    statuses: dict[str, list[tuple[str, str | None]]] = {party: [] for party in parties}
    for (provider, _), units in sorted(by_service.items()):
        statuses.setdefault(provider, []).append(
            _status(quarter, provider, units, landing, terms, as_at)
        )
    for code in sorted({code for _, code in by_service}):
        units = [j for (_, c), found in by_service.items() if c == code for j in found]
        provider = runs_now.get(code) or next(p for p, c in by_service if c == code)
        status = _status(quarter, provider, units, landing, terms, as_at)
        results.append(_result(quarter, "service", code, units, status, terms))
    for party in parties:
        units = [j for (p, _), found in by_service.items() if p == party for j in found]
        status = _in_every(statuses[party])
        results.append(_result(quarter, "provider", party, units, status, terms))
    overall = _in_every((r.status, r.reason) for r in results if r.level == "provider")
    results.append(_result(quarter, "partnership", PARTNERSHIP_LEVEL, members, overall, terms))
    return {(r.quarter, r.level, r.code): r for r in results}


def _result(
    quarter: Quarter,
    level: str,
    code: str,
    units: list[JudgedUnit],
    status: tuple[str, str | None],
    terms: Terms,
) -> Result:
    counted = [j for j in units if j.exclusion is None]
    waits = [
        (j.unit.first_contact - j.unit.received).days
        for j in counted
        if j.unit.first_contact is not None
    ]
    return Result(
        quarter=quarter.label,
        level=level,
        code=code,
        version=terms.version(quarter).number,
        numerator=sum(j.is_met for j in counted),
        denominator=len(counted),
        mean_wait_days=sum(waits) / len(waits) if waits else None,
        exclusions=dict(Counter(j.exclusion for j in units if j.exclusion is not None)),
        status=status[0],
        reason=status[1],
    )


def _status(
    quarter: Quarter,
    provider: str,
    units: list[JudgedUnit],
    landing: Landing,
    terms: Terms,
    as_at: date,
) -> tuple[str, str | None]:
    """How one provider's units of one service stand in a quarter, and why they are not assessed."""
    wait_for_returns = terms.parameter("final_after_days", quarter.end)
    if quarter.end + timedelta(days=wait_for_returns) > as_at:
        return "not_due", None
    owed = {month: terms.covering_returns(provider, month) for month in quarter.months}
    for month, returns in owed.items():
        if returns and not any(landing.has_arrived(r.partner, r.tables, month) for r in returns):
            return "not_assessed", "late"
    if not any(owed.values()):
        return "not_assessed", "no_return_agreed"
    counted = [j for j in units if j.exclusion is None]
    if not counted:
        return "not_applicable", None
    is_met = 100 * sum(j.is_met for j in counted) / len(counted) >= terms.threshold(quarter)
    return ("met" if is_met else "not_met"), None


def _in_every(parts: Iterable[tuple[str, str | None]]) -> tuple[str, str | None]:
    """Met only if every part that applies is met; one miss decides."""
    found = list(parts)
    for status in ("not_due", "not_met", "not_assessed", "met"):
        for part in found:
            if part[0] == status:
                return part
    return "not_applicable", None
