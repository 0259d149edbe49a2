"""Quarters: what units add up to for a service, a provider and the whole, and how it stands."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from .days import Quarter
from .extracts import Landing
from .judging import JudgedUnit
from .referrals import has_arrived
from .terms import Terms

PARTNERSHIP_LEVEL = "partnership"
NEEDED = ("cyp001", "cyp101", "cyp102", "cyp201")
"""Tables without which a month is late for this measure."""
Key = tuple[str, str, str]
"""Quarter label, level and code; the partnership's code is the word itself."""
Status = tuple[str, str | None]
"""The status, and the reason of one that is not assessed."""


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
    gap: str | None
    """What keeps it from being known in full, whether or not that decides the status."""


class QuarterResults:
    """The results of one quarter: services first, parties from their services, then the whole."""

    def __init__(self, quarter: Quarter, landing: Landing, terms: Terms, as_at: date) -> None:
        self._quarter = quarter
        self._landing = landing
        self._terms = terms
        wait_for_returns = terms.parameter("final_after_days", quarter.end)
        self._is_due = quarter.end + timedelta(days=wait_for_returns) <= as_at

    def of(self, members: list[JudgedUnit]) -> dict[Key, Result]:
        """The results of the quarter's units."""
        services = self._terms.judged_services(self._quarter)
        by_service: dict[tuple[str, str], list[JudgedUnit]] = defaultdict(list)
        for service in services:
            by_service[service.provider, service.code] = []
        for judged in members:
            service = judged.unit.service
            by_service[service.provider, service.code].append(judged)
        runs_last = {code: provider for provider, code in by_service}
        runs_last |= {service.code: service.provider for service in services}
        parties = self._terms.contract_parties(self._quarter)
        statuses: dict[str, list[Status]] = {party: [] for party in parties}
        for (provider, _), units in by_service.items():
            statuses.setdefault(provider, []).append(self._status(provider, units))
        for party in parties:
            statuses[party] = statuses[party] or [self._status(party, [])]

        results = []
        for code, provider in runs_last.items():
            units = [j for (_, c), found in by_service.items() if c == code for j in found]
            status = self._status(provider, units)
            results.append(self._result("service", code, units, status, self._gap(provider)))
        for party in parties:
            units = [j for (p, _), found in by_service.items() if p == party for j in found]
            status = in_every(statuses[party])
            results.append(self._result("provider", party, units, status, self._gap(party)))
        overall = in_every(status for party in parties for status in statuses[party])
        gap = min((g for g in map(self._gap, parties) if g is not None), default=None)
        results.append(self._result("partnership", PARTNERSHIP_LEVEL, members, overall, gap))
        return {(r.quarter, r.level, r.code): r for r in results}

    def _result(
        self, level: str, code: str, units: list[JudgedUnit], status: Status, gap: str | None
    ) -> Result:
        counted = [j for j in units if j.exclusion is None]
        waits = [
            (j.unit.first_contact - j.unit.received).days
            for j in counted
            if j.unit.first_contact is not None
        ]
        return Result(
            quarter=self._quarter.label,
            level=level,
            code=code,
            version=self._terms.version(self._quarter).number,
            numerator=sum(j.is_met for j in counted),
            denominator=len(counted),
            mean_wait_days=sum(waits) / len(waits) if waits else None,
            exclusions=dict(Counter(j.exclusion for j in units if j.exclusion is not None)),
            status=status[0],
            reason=status[1],
            gap=gap,
        )

    def _status(self, provider: str, units: list[JudgedUnit]) -> Status:
        """How one provider's units of one service stand, and why they are not assessed."""
        if not self._is_due:
            return "not_due", None
        if gap := self._gap(provider):
            return "not_assessed", gap
        counted = [j for j in units if j.exclusion is None]
        if not counted:
            return "not_applicable", None
        value = 100 * sum(j.is_met for j in counted) / len(counted)
        return ("met" if value >= self._terms.threshold(self._quarter) else "not_met"), None

    def _gap(self, provider: str) -> str | None:
        months = [m for m in self._quarter.months if self._terms.covering_returns(provider, m)]
        if not months:
            return "no_return_agreed"
        for month in months:
            if not has_arrived(self._landing, self._terms, provider, month, NEEDED):
                return "late"
        return None


def in_every(parts: Iterable[Status]) -> Status:
    """Met only if every part that applies is met; one miss decides."""
    found = list(parts)
    for status in ("not_due", "not_met", "not_assessed", "met"):
        for part in found:
            if part[0] == status:
                return part
    return "not_applicable", None
