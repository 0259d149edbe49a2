"""One unit before the measure: its limit day, the quarter it counts in, why it may not count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .days import Quarter, birthday, quarter_of
from .referrals import Unit
from .terms import Terms


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
    reasons = "withdrawn_closure_reasons" + ("_mhsds" if unit.standard == "mhsds" else "")
    withdrawn = terms.parameter(reasons, unit.closed or unit.received)
    if unit.is_opted_out:
        return "opted_out"
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
