"""The partnership as data: who takes part, what they run, what they send, how they are judged.

Everything is dated, because organisations merge, teams move and thresholds change while old
quarters keep their own rules. `camden.yaml` is the partnership this release ships.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator


class Strict(BaseModel):
    """An unknown or misspelt field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Dated(Strict):
    """Something true from `valid_from` to `valid_to`, both included; open-ended without it."""

    valid_from: date
    valid_to: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Dated:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise ValueError("valid_to is before valid_from")
        return self

    def is_valid_on(self, day: date) -> bool:
        """Whether `day` falls in the validity."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Source(StrEnum):
    """Where a figure that decides something comes from; readers are shown it."""

    CONTRACT = "contract"
    AGREEMENT = "agreement"
    ASSUMED = "assumed"


class Organisation(Dated):
    """A partner. `record_system` names the record whose ids its extracts carry.

    Two partners with one record system send the same referral under the same number.
    """

    code: str = Field(pattern=r"^[A-Z0-9]{3,9}$")
    name: str
    short_name: str
    kind: Literal["nhs_trust", "local_authority", "commissioner"]
    is_contract_party: bool
    record_system: str | None = None
    aliases: tuple[str, ...] = ()
    successor_code: str | None = None
    source: Source


class Service(Dated):
    """A service and the one discipline it counts as, run by a provider for a time."""

    code: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    name: str
    discipline: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    provider_code: str
    is_triage: bool = False
    is_autism_pathway: bool = False
    successor_code: str | None = None
    source: Source


class Team(Dated):
    """A team as the extracts name it, and the service it works in. Its employer is the service's."""

    team_id: str
    name: str
    service_code: str
    team_type: str = Field(pattern=r"^[A-Z]?[0-9]{2}$")
    setting: Literal["community", "special_school", "under_fives"] = "community"


class Return(Dated):
    """A return a partner owes every month, when it is due and whose activity it covers."""

    partner_code: str
    standard: str
    tables: tuple[str, ...] = Field(min_length=1)
    due_days_after_period_end: int = Field(ge=1, le=92)
    covers: tuple[str, ...] = ()
    source: Source


class KpiVersion(Dated):
    """One version of one part of a KPI; a quarter is judged by the version in force in it."""

    kpi_id: Literal["timeliness", "experience", "care_plan", "transition", "goals"]
    part: Literal["overall", "first_contact", "autism_assessment", "fft", "confidence"]
    version: int = Field(ge=1)
    limit_days: int | None = Field(default=None, ge=1)
    source: Source


class Threshold(Dated):
    """What share of units must be met, in percent."""

    kpi_id: Literal["timeliness", "experience", "care_plan", "transition", "goals"]
    part: Literal["overall", "first_contact", "autism_assessment", "fft", "confidence"]
    operator: Literal[">="] = ">="
    percent: float = Field(gt=0, le=100)
    source: Source


class Parameter(Dated):
    """A rule no source fixes: its value, and what it decides."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    value: int | str | tuple[str, ...]
    decides: str
    source: Source


class Disclosure(Strict):
    """Small numbers for the Board: counts from 1 to below `withhold_below` are not shown."""

    withhold_below: int = Field(ge=2)
    round_to: int = Field(ge=1)
    source: Source


class Partnership(Strict):
    """The whole file. Names and dates are checked against one another at load."""

    name: str
    short_name: str
    timezone: str
    contact: str
    organisations: tuple[Organisation, ...] = Field(min_length=1)
    services: tuple[Service, ...] = Field(min_length=1)
    teams: tuple[Team, ...] = Field(min_length=1)
    returns: tuple[Return, ...] = Field(min_length=1)
    kpi_versions: tuple[KpiVersion, ...]
    thresholds: tuple[Threshold, ...]
    parameters: tuple[Parameter, ...]
    disclosure: Disclosure

    @model_validator(mode="after")
    def _names_exist(self) -> Partnership:
        organisations = {o.code for o in self.organisations}
        services = {s.code for s in self.services}
        for organisation in self.organisations:
            _must_know(organisation.successor_code, organisations, organisation.code, "successor_code")
        for service in self.services:
            _must_know(service.provider_code, organisations, service.code, "provider_code")
            _must_know(service.successor_code, services, service.code, "successor_code")
        for team in self.teams:
            _must_know(team.service_code, services, team.team_id, "service_code")
        for due in self.returns:
            where = f"{due.partner_code} {due.standard}"
            _must_know(due.partner_code, organisations, where, "partner_code")
            for covered in due.covers:
                _must_know(covered, organisations, where, "covers")
        return self

    @model_validator(mode="after")
    def _validities_do_not_overlap(self) -> Partnership:
        _no_overlap("organisation", ((o.code, o) for o in self.organisations))
        _no_overlap("service", ((s.code, s) for s in self.services))
        _no_overlap("team", ((t.team_id, t) for t in self.teams))
        _no_overlap(
            "return",
            ((f"{r.partner_code} {r.standard}.{t}", r) for r in self.returns for t in r.tables),
        )
        _no_overlap("kpi version", ((f"{v.kpi_id} {v.part}", v) for v in self.kpi_versions))
        _no_overlap("threshold", ((f"{t.kpi_id} {t.part}", t) for t in self.thresholds))
        _no_overlap("parameter", ((p.name, p) for p in self.parameters))
        return self

    @model_validator(mode="after")
    def _every_version_has_a_threshold(self) -> Partnership:
        for version in self.kpi_versions:
            held = [
                t
                for t in self.thresholds
                if (t.kpi_id, t.part) == (version.kpi_id, version.part)
                and t.is_valid_on(version.valid_from)
            ]
            if not held:
                raise ValueError(
                    f"{version.kpi_id} {version.part} version {version.version} "
                    f"has no threshold on {version.valid_from}"
                )
        return self

    def organisation(self, code: str) -> Organisation | None:
        """The latest row of the organisation called `code` or known by it as an alias."""
        found = [o for o in self.organisations if o.code == code or code in o.aliases]
        return max(found, key=lambda o: o.valid_from) if found else None

    @property
    def partner_codes(self) -> tuple[str, ...]:
        """Organisations that owe a return, in file order."""
        senders = {r.partner_code for r in self.returns}
        return tuple(dict.fromkeys(o.code for o in self.organisations if o.code in senders))

    def expected_return(self, partner: str, standard: str, table: str, period: date) -> Return | None:
        """The return that makes this unit expected, or None when it is not."""
        for due in self.returns:
            if (due.partner_code, due.standard) == (partner, standard) and table in due.tables:
                if due.is_valid_on(period):
                    return due
        return None

    def parameter(self, name: str, day: date) -> Parameter:
        """The parameter in force on `day`; KeyError when there is none."""
        for candidate in self.parameters:
            if candidate.name == name and candidate.is_valid_on(day):
                return candidate
        raise KeyError(f"no parameter {name} on {day}")


def _must_know(code: str | None, known: Iterable[str], where: str, field: str) -> None:
    if code is not None and code not in known:
        raise ValueError(f"{where}: {field} names the unknown {code}")


def _no_overlap(kind: str, dated: Iterable[tuple[str, Dated]]) -> None:
    by_name: dict[str, list[Dated]] = {}
    for name, row in dated:
        by_name.setdefault(name, []).append(row)
    for name, rows in by_name.items():
        for earlier, later in pairwise(sorted(rows, key=lambda r: r.valid_from)):
            if earlier.valid_to is None or earlier.valid_to >= later.valid_from:
                raise ValueError(f"{kind} {name}: validities overlap from {later.valid_from}")
