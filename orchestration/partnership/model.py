"""The partnership as data: who takes part, what they run, what they send, how they are judged.

Everything is dated, because organisations merge, teams move and thresholds change while old
quarters keep their own rules. `camden.yaml` is the partnership this release ships.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from orchestration.contracts.model import ColumnGroup
from orchestration.located_yaml import Location, mistake


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
            raise mistake(("valid_to",), "valid_to is before valid_from")
        return self

    def is_valid_on(self, day: date) -> bool:
        """Whether `day` falls in the validity."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


AnyDated = TypeVar("AnyDated", bound=Dated)


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
    """A team as the extracts name it, and the service it works in, whose provider employs it."""

    team_id: str
    name: str
    service_code: str
    team_type: str = Field(pattern=r"^[A-Z]?[0-9]{2}$")
    setting: Literal["community", "special_school", "under_fives"] = "community"


class Return(Dated):
    """A return a partner owes each period of its standard, what for, when, and whose activity it covers."""

    partner_code: str
    standard: str
    tables: tuple[str, ...] = Field(min_length=1)
    purpose: str = Field("service_evaluation", pattern=r"^[a-z][a-z0-9_]*$")
    due_days_after_period_end: int = Field(ge=1, le=366)
    covers: tuple[str, ...] = ()
    source: Source


class SharingAgreement(Dated):
    """What a partner lets the warehouse take, for which purpose, on whose signature.

    `*` in `tables` stands for every table of the standard. `opt_out` says whether a family's
    opt-out keeps a child's rows out of what the purpose shows.
    """

    agreement: str
    partner_code: str
    standard: str
    tables: tuple[str, ...] = Field(min_length=1)
    column_groups: tuple[ColumnGroup, ...] = Field(min_length=1)
    purpose: str
    signatory: str
    dpia: str
    opt_out: Literal["applies", "does_not_apply"]
    source: Source

    def covers(self, partner: str, standard: str, table: str, purpose: str, day: date) -> bool:
        """Whether the agreement is in force on `day` for a table and purpose."""
        return (
            (self.partner_code, self.standard, self.purpose) == (partner, standard, purpose)
            and (table in self.tables or "*" in self.tables)
            and self.is_valid_on(day)
        )


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
    sharing: tuple[SharingAgreement, ...] = Field(min_length=1)
    kpi_versions: tuple[KpiVersion, ...]
    thresholds: tuple[Threshold, ...]
    parameters: tuple[Parameter, ...]
    disclosure: Disclosure

    @model_validator(mode="after")
    def _names_exist(self) -> Partnership:
        organisations = {o.code for o in self.organisations}
        services = {s.code for s in self.services}
        for place, organisation in enumerate(self.organisations):
            where = ("organisations", place, "successor_code")
            _must_know(organisation.successor_code, organisations, where)
        for place, service in enumerate(self.services):
            _must_know(service.provider_code, organisations, ("services", place, "provider_code"))
            _must_know(service.successor_code, services, ("services", place, "successor_code"))
        for place, team in enumerate(self.teams):
            _must_know(team.service_code, services, ("teams", place, "service_code"))
        for place, due in enumerate(self.returns):
            _must_know(due.partner_code, organisations, ("returns", place, "partner_code"))
            for each, covered in enumerate(due.covers):
                _must_know(covered, organisations, ("returns", place, "covers", each))
        purposes = {due.purpose for due in self.returns}
        for place, agreement in enumerate(self.sharing):
            where = ("sharing", place, "partner_code")
            _must_know(agreement.partner_code, organisations, where)
            _must_know(agreement.purpose, purposes, ("sharing", place, "purpose"))
        return self

    @model_validator(mode="after")
    def _validities_do_not_overlap(self) -> Partnership:
        _no_overlap("organisations", self.organisations, lambda o: (o.code,))
        _no_overlap("services", self.services, lambda s: (s.code,))
        _no_overlap("teams", self.teams, lambda t: (t.team_id,))
        _no_overlap(
            "returns",
            self.returns,
            lambda r: tuple(f"{r.partner_code} {r.standard}.{table}" for table in r.tables),
        )
        _no_overlap("kpi_versions", self.kpi_versions, lambda v: (f"{v.kpi_id} {v.part}",))
        _no_overlap("thresholds", self.thresholds, lambda t: (f"{t.kpi_id} {t.part}",))
        _no_overlap("parameters", self.parameters, lambda p: (p.name,))
        return self

    @model_validator(mode="after")
    def _every_version_has_a_threshold(self) -> Partnership:
        for place, version in enumerate(self.kpi_versions):
            measured = (version.kpi_id, version.part)
            own = [t for t in self.thresholds if (t.kpi_id, t.part) == measured]
            day: date | None = version.valid_from
            for threshold in sorted(own, key=lambda t: t.valid_from):
                if day is not None and threshold.is_valid_on(day):
                    day = threshold.valid_to and threshold.valid_to + timedelta(days=1)
            if day is not None and version.is_valid_on(day):
                reason = f"version {version.version} has no threshold on {day}"
                raise mistake(("kpi_versions", place), reason)
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

    def expected_return(
        self, partner: str, standard: str, table: str, period: date
    ) -> Return | None:
        """The return that makes this unit expected, or None when it is not."""
        for due in self.returns:
            is_the_one = (due.partner_code, due.standard) == (partner, standard)
            if is_the_one and table in due.tables and due.is_valid_on(period):
                return due
        return None

    def owed_tables(self, partner: str) -> frozenset[tuple[str, str]]:
        """(standard, table) of everything a partner ever owes."""
        return frozenset(
            (due.standard, table)
            for due in self.returns
            if due.partner_code == partner
            for table in due.tables
        )

    def shared_groups(
        self, partner: str, standard: str, table: str, purpose: str, day: date
    ) -> frozenset[ColumnGroup] | None:
        """The column groups agreements grant on `day`; None when none covers the table."""
        found = [a for a in self.sharing if a.covers(partner, standard, table, purpose, day)]
        return frozenset(g for a in found for g in a.column_groups) if found else None

    def parameter(self, name: str, day: date) -> Parameter:
        """The parameter in force on `day`; KeyError when there is none."""
        for candidate in self.parameters:
            if candidate.name == name and candidate.is_valid_on(day):
                return candidate
        raise KeyError(f"no parameter {name} on {day}")


def _must_know(code: str | None, known: Iterable[str], location: Location) -> None:
    if code is not None and code not in known:
        raise mistake(location, f"{code} is unknown")


def _no_overlap(
    field: str, rows: Sequence[AnyDated], names_of: Callable[[AnyDated], tuple[str, ...]]
) -> None:
    """No two rows of one name are valid on one day; a row may stand for several names."""
    by_name: dict[str, list[tuple[date, int, AnyDated]]] = {}
    for place, row in enumerate(rows):
        for name in names_of(row):
            by_name.setdefault(name, []).append((row.valid_from, place, row))
    for name, found in by_name.items():
        for (_, _, earlier), (starts, place, _) in pairwise(sorted(found, key=lambda f: f[:2])):
            if earlier.valid_to is None or earlier.valid_to >= starts:
                raise mistake((field, place), f"{name} has two rows valid on {starts}")
