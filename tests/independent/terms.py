"""The partnership's terms, read from its YAML as plain data: who runs what, judged by which rules.

A second reading on purpose: it shares no code with the warehouse, so that a mistake in one shows.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

from .days import FOREVER, Quarter, month_end

YEARLY = ("cin", "ssda903", "sen2")
"""Standards of the council's yearly returns, which this measure does not need."""


@dataclass(frozen=True)
class Dated:
    """Something true from one day to another, both included."""

    valid_from: date
    valid_to: date

    def holds_on(self, day: date) -> bool:
        """Whether it is true on `day`."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class Organisation(Dated):
    """A partner; two with one record system send the same referral under the same number."""

    code: str
    aliases: tuple[str, ...]
    is_contract_party: bool
    record_system: str


@dataclass(frozen=True)
class Service(Dated):
    """A service while one provider runs it."""

    code: str
    discipline: str
    provider: str
    is_triage: bool
    is_autism_pathway: bool


@dataclass(frozen=True)
class Team(Dated):
    """A team and the service it works in."""

    team_id: str
    service: str


@dataclass(frozen=True)
class OwedReturn(Dated):
    """A monthly return and the providers whose activity it covers."""

    partner: str
    standard: str
    tables: tuple[str, ...]
    purpose: str
    covers: tuple[str, ...]


@dataclass(frozen=True)
class Agreement(Dated):
    """What a partner lets the warehouse take, and whether a family's opt-out keeps a child out."""

    partner: str
    standard: str
    tables: tuple[str, ...]
    purpose: str
    applies_opt_outs: bool


@dataclass(frozen=True)
class Version(Dated):
    """A version of the first-contact measure."""

    number: int
    limit_days: int


@dataclass(frozen=True)
class Threshold(Dated):
    """The percentage of children to be seen in time."""

    percent: float


@dataclass(frozen=True)
class Parameter(Dated):
    """A rule no source fixes."""

    name: str
    value: Any


AnyDated = TypeVar("AnyDated", bound=Dated)


def first_on(rows: Iterable[AnyDated], day: date) -> AnyDated | None:
    """The first of `rows` that holds on `day`."""
    return next((row for row in rows if row.holds_on(day)), None)


class Terms:
    """Everything of the partnership's file that the timeliness measure needs."""

    def __init__(self, path: Path) -> None:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.organisations = [
            Organisation(
                *_dates(o),
                code=o["code"],
                aliases=tuple(o.get("aliases", ())),
                is_contract_party=o["is_contract_party"],
                record_system=o.get("record_system") or o["code"],
            )
            for o in content["organisations"]
        ]
        self.services = [
            Service(
                *_dates(s),
                code=s["code"],
                discipline=s["discipline"],
                provider=s["provider_code"],
                is_triage=s.get("is_triage", False),
                is_autism_pathway=s.get("is_autism_pathway", False),
            )
            for s in content["services"]
        ]
        self.teams = [
            Team(*_dates(t), team_id=t["team_id"], service=t["service_code"])
            for t in content["teams"]
        ]
        self.returns = [
            OwedReturn(
                *_dates(r),
                partner=r["partner_code"],
                standard=r["standard"],
                tables=tuple(r["tables"]),
                purpose=r.get("purpose", "service_evaluation"),
                covers=tuple(r.get("covers", ())),
            )
            for r in content["returns"]
        ]
        self.agreements = [
            Agreement(
                *_dates(a),
                partner=a["partner_code"],
                standard=a["standard"],
                tables=tuple(a["tables"]),
                purpose=a["purpose"],
                applies_opt_outs=a["opt_out"] == "applies",
            )
            for a in content.get("sharing", ())
        ]
        self.versions = sorted(
            (
                Version(*_dates(v), number=v["version"], limit_days=v["limit_days"])
                for v in content["kpi_versions"]
                if (v["kpi_id"], v["part"]) == ("timeliness", "first_contact")
            ),
            key=lambda v: v.valid_from,
        )
        self.thresholds = [
            Threshold(*_dates(t), percent=t["percent"])
            for t in content["thresholds"]
            if (t["kpi_id"], t["part"]) == ("timeliness", "first_contact")
        ]
        self.parameters = [
            Parameter(*_dates(p), name=p["name"], value=p["value"]) for p in content["parameters"]
        ]

    @property
    def first_month(self) -> date:
        """A day of the first month anybody owed a monthly return for."""
        return min(r.valid_from for r in self.returns if r.standard not in YEARLY)

    def organisation(self, code: str) -> Organisation | None:
        """The organisation of that code, or known by it as an alias."""
        found = [o for o in self.organisations if o.code == code or code in o.aliases]
        return found[-1] if found else None

    def record_system(self, partner: str) -> str:
        """The record whose numbers a partner's extracts carry."""
        organisation = self.organisation(partner)
        return organisation.record_system if organisation else partner

    def service_on(self, code: str, day: date) -> Service | None:
        """A service as it was run on `day`."""
        return first_on((s for s in self.services if s.code == code), day)

    def service_of_team(self, team_id: str | None, day: date) -> str | None:
        """The code of the service a team works in on `day`."""
        team = first_on((t for t in self.teams if t.team_id == team_id), day)
        return team.service if team else None

    def parameter(self, name: str, day: date) -> Any:
        """The value of a parameter on `day`."""
        found = first_on((p for p in self.parameters if p.name == name), day)
        if found is None:
            raise KeyError(f"no parameter {name} on {day}")
        return found.value

    def threshold(self, quarter: Quarter) -> float:
        """The percentage to reach in a quarter."""
        found = first_on(self.thresholds, quarter.start)
        if found is None:
            raise KeyError(f"no threshold in {quarter.label}")
        return found.percent

    def version(self, quarter: Quarter) -> Version:
        """The version of the measure in force in a quarter."""
        found = first_on(self.versions, quarter.start)
        if found is None:
            raise KeyError(f"no version in {quarter.label}")
        return found

    def covering_returns(self, provider: str, month: date) -> list[OwedReturn]:
        """The activity returns of a month that cover what a provider's teams do."""
        return [
            r
            for r in self.returns
            if r.standard in ("csds", "mhsds") and provider in r.covers and r.holds_on(month)
        ]

    def owes(self, partner: str, table: str, month: date) -> bool:
        """Whether a partner is to send a table for a month; what nobody owes is refused."""
        return any(
            r.partner == partner and table in r.tables and r.holds_on(month) for r in self.returns
        )

    def applies_opt_outs(self, partner: str, table: str, month: date) -> bool:
        """Whether the agreement a table came under keeps opted-out children out; so does none."""
        owed = [r for r in self.returns if r.partner == partner and table in r.tables]
        found = [
            a.applies_opt_outs
            for r in owed
            for a in self.agreements
            if r.holds_on(month) and a.holds_on(month_end(month))
            if (a.partner, a.standard, a.purpose) == (partner, r.standard, r.purpose)
            if table in a.tables or "*" in a.tables
        ]
        return any(found) or not found

    def contract_parties(self, quarter: Quarter) -> list[str]:
        """The trusts judged in a quarter."""
        return [o.code for o in self.organisations if o.is_contract_party and _overlaps(o, quarter)]

    def judged_services(self, quarter: Quarter) -> list[Service]:
        """The services, triage left out, that ran in a quarter; the last of each code's rows."""
        rows = [s for s in self.services if not s.is_triage and _overlaps(s, quarter)]
        return list({s.code: s for s in sorted(rows, key=lambda s: s.valid_from)}.values())


def _overlaps(row: Dated, quarter: Quarter) -> bool:
    return row.valid_from <= quarter.end and row.valid_to >= quarter.start


def _dates(row: dict[str, Any]) -> tuple[date, date]:
    return row["valid_from"], row.get("valid_to") or FOREVER
