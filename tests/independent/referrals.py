"""From rows to the measure's units: one request to one service, in however many extracts."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from .children import Child, Children
from .days import month_end, next_month
from .extracts import Landing, Row, Submission
from .terms import Service, Terms

RequestId = tuple[str, str]
"""The record system, and the number a request has in it."""


@dataclass(eq=False)
class Unit:
    """One request to one service, as the latest extract that holds it says."""

    request: RequestId
    service: Service
    child: Child
    standard: str
    is_opted_out: bool
    """Whether the child may not be shown, by the agreement the referral was sent under."""
    received: date
    is_rejected: bool
    closed: date | None
    closure_reason: str | None
    discharged: date | None
    stopped: date | None
    """The last day of the last month it flowed, when it ended by no longer flowing."""
    contacts: list[date] = field(default_factory=list)
    """Days of qualifying contacts; of every member of its chain once that is known."""
    duplicate_of: Unit | None = None

    @property
    def first_contact(self) -> date | None:
        """The first day the child was seen for it."""
        return min(self.contacts, default=None)

    def has_ended_by(self, day: date) -> bool:
        """Whether it was over on `day`; one that stopped flowing was open in its last month."""
        ends = [end for end in (self.closed, self.discharged) if end is not None]
        return any(end <= day for end in ends) or (self.stopped is not None and self.stopped < day)

    def was_seen_by(self, day: date) -> bool:
        """Whether the child was seen on or before `day`."""
        return self.first_contact is not None and self.first_contact <= day


def read_units(landing: Landing, terms: Terms, as_at: date) -> list[Unit]:
    """Every unit, triage left out, with the repeats of one child and discipline marked."""
    children = Children(landing)
    referrals = _latest(landing, terms, "cyp101", ("service_request_id",))
    contacts = _contacts(landing, terms)
    rows_of: dict[tuple[RequestId, str], list[Row]] = defaultdict(list)
    last_month: dict[tuple[RequestId, str], date] = {}
    team_rows = _latest(landing, terms, "cyp102", ("service_request_id", "team_id_local"))
    for (system, number, team), (sent, row) in team_rows.items():
        if (system, number) in referrals:
            received = referrals[system, number][1]["referral_request_received_date"]
            service_code = terms.service_of_team(team, received)
            if service_code is not None:
                unit_id = ((system, number), service_code)
                rows_of[unit_id].append(row)
                last_month[unit_id] = max(sent.month, last_month.get(unit_id, sent.month))
    units = []
    for (request, service_code), rows in rows_of.items():
        submission, referral = referrals[request]
        received = referral["referral_request_received_date"]
        service = terms.service_on(service_code, received)
        if service is None or service.is_triage:
            continue
        accepted = [row for row in rows if not _is_rejected(row)]
        closed, reason = _closure(accepted)
        child = children.of(submission.partner, referral["local_patient_id"])
        unit = Unit(
            request=request,
            service=service,
            child=child,
            standard=submission.standard,
            is_opted_out=child.opted_out is not None
            and child.opted_out <= as_at
            and terms.applies_opt_outs(submission.partner, submission.table, submission.month)
            and terms.parameter("opt_out_excludes", as_at) == "yes",
            received=received,
            is_rejected=not accepted,
            closed=closed,
            closure_reason=reason,
            discharged=referral["discharge_date"],
            stopped=_stopped(landing, terms, service, last_month[request, service_code]),
            contacts=[day for day, code in contacts[request] if code == service_code],
        )
        units.append(unit)
    mark_duplicates(units, terms)
    return units


def mark_duplicates(units: list[Unit], terms: Terms) -> None:
    """Join chains of accepted referrals that may be shown; the earliest is kept and owns all their contacts."""
    chains: dict[tuple[tuple[str, str], str], list[Unit]] = defaultdict(list)
    for unit in units:
        if not unit.is_rejected and not unit.is_opted_out:
            chains[unit.child.key, unit.service.discipline].append(unit)
    for members in chains.values():
        members.sort(key=lambda u: (u.received, u.request))
        kept = previous = members[0]
        for unit in members[1:]:
            gap = timedelta(days=terms.parameter("duplicate_gap_days", unit.received))
            if unit.received - previous.received <= gap:
                unit.duplicate_of = kept
                kept.contacts.extend(unit.contacts)
            else:
                kept = unit
            previous = unit


def _latest(
    landing: Landing, terms: Terms, table: str, key: tuple[str, ...]
) -> dict[tuple[str, ...], tuple[Submission, Row]]:
    """The row of the latest month for every key of one record system."""
    latest: dict[tuple[str, ...], tuple[Submission, Row]] = {}
    for submission in landing.of(table):
        system = terms.record_system(submission.partner)
        for row in submission.rows:
            latest[system, *(row[name] for name in key)] = (submission, row)
    return latest


def _contacts(landing: Landing, terms: Terms) -> dict[tuple[str, ...], list[tuple[date, str]]]:
    """By request: the day, and the service of the team, of every contact that counts as seen."""
    by_request: dict[tuple[str, ...], list[tuple[date, str]]] = defaultdict(list)
    done = _activities(landing, terms)
    key = ("service_request_id", "care_contact_id")
    for (system, number, contact), (_, row) in _latest(landing, terms, "cyp201", key).items():
        day = row["contact_date"]
        service_code = terms.service_of_team(row["team_id_local"], day)
        if service_code is not None and _counts_as_seen(row, day, done[system, contact], terms):
            by_request[system, number].append((day, service_code))
    return by_request


def _activities(landing: Landing, terms: Terms) -> dict[tuple[str, ...], list[Row]]:
    """What was done in each contact, by record system and contact number, as last sent."""
    by_contact: dict[tuple[str, ...], list[Row]] = defaultdict(list)
    latest = _latest(landing, terms, "cyp202", ("care_contact_id", "care_activity_id"))
    for (system, contact, _), (_, row) in latest.items():
        by_contact[system, contact].append(row)
    return by_contact


def _counts_as_seen(row: Row, day: date, activities: list[Row], terms: Terms) -> bool:
    mechanism = row["consultation_mechanism"]
    if mechanism == "03":  # telemedicine: what earlier versions call a video call
        mechanism = "11"
    if mechanism == "02" and not _counts_by_telephone(day, activities, terms):
        return False
    return row["attendance_status"] in terms.parameter(
        "attended_statuses", day
    ) and mechanism in terms.parameter("qualifying_mechanisms", day)


def _counts_by_telephone(day: date, activities: list[Row], terms: Terms) -> bool:
    """Whether something done was an assessment or an intervention; the terms say if nothing tells.

    Mental health services send procedures and no kind of activity: one with a procedure will do.
    """
    kinds = {a["activity_type"] for a in activities if a.get("activity_type")}
    if any("activity_type" not in a and a["coded_procedure"] for a in activities):
        return True
    if kinds:
        return not kinds.isdisjoint(terms.parameter("telephone_activity_types", day))
    return bool(terms.parameter("telephone_without_activity", day) == "counts")


def _is_rejected(row: Row) -> bool:
    return bool(row["referral_rejection_date"] or row["referral_rejection_reason"])


def _closure(rows: list[Row]) -> tuple[date | None, str | None]:
    """A unit closes when the last of its teams does, for that team's reason."""
    closures = [(r["referral_closure_date"], r["referral_closure_reason"]) for r in rows]
    if not closures or any(day is None for day, _ in closures):
        return None, None
    return max(closures, key=lambda closure: (closure[0], closure[1] or ""))


def _stopped(landing: Landing, terms: Terms, service: Service, last_month: date) -> date | None:
    """The last day of the last month it flowed, once a later return that should hold it is here."""
    month = next_month(last_month)
    while month <= landing.months[-1]:
        runs_now = terms.service_on(service.code, month) or service
        if has_arrived(landing, terms, runs_now.provider, month, ("cyp101", "cyp102")):
            return month_end(last_month)
        month = next_month(month)
    return None


def has_arrived(
    landing: Landing, terms: Terms, provider: str, month: date, tables: tuple[str, ...]
) -> bool:
    """Whether one return that covers a provider's teams is here with all of `tables`."""
    returns = terms.covering_returns(provider, month)
    return any(landing.has_arrived(r, tables, month) for r in returns)
