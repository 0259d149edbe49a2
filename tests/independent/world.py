"""Hand-made extracts for tests: say what happened, and every month is written as partners send it.

An extract knows only its own month: a closure shows from the month it happened in, a contact in its
own month alone, a referral until it is over.
"""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from .days import month_end, months_between
from .judging import JudgedUnit
from .timeliness import Outcome, measure

PARTNERSHIP = Path(__file__).with_name("partnership.yaml")
RECEIVED, DAY_42, DAY_43 = "2024-01-08", "2024-02-19", "2024-02-20"
PARTNERS = ("RV3", "RKE", "RAL", "RRP")
PARTNER_OF_TEAM = {"SLT": "RKE", "SLT-SCH": "RAL", "OT": "RAL", "TALK": "RRP"}

HEADINGS = {
    "CYP000Header": "Version OrgID_Provider OrgID_Submitter RP_StartDate RP_EndDate"
    " FileCreation_DateTime",
    "CYP001MPI": "LocalPatientID OrgID_LocalPatientID NHSNumber DateOfBirth DateOfDeath",
    "CYP101Referral": "ServiceRequestID LocalPatientID ReferralRequest_ReceivedDate Discharge_Date",
    "CYP102ServiceTypeReferredTo": "ServiceRequestID TeamID_Local Referral_ClosureDate"
    " Referral_ClosureReason Referral_RejectionDate Referral_RejectionReason",
    "CYP201CareContact": "CareContactID ServiceRequestID TeamID_Local Contact_Date AttendanceStatus"
    " ConsMechanism",
    "CYP202CareActivity": "CareActivityID CareContactID Activity_Type CodedProcedure",
    "MHS000Header": "version org_id_provider org_id_submitter rp_start_date rp_end_date"
    " file_creation_date_time",
    "MHS001MPI": "local_patient_id org_id_local_patient_id nhs_number date_of_birth date_of_death",
    "MHS101Referral": "service_request_id local_patient_id referral_request_received_date"
    " discharge_date",
    "MHS102ServiceTypeReferredTo": "service_request_id team_id_local referral_closure_date"
    " referral_closure_reason referral_rejection_date referral_rejection_reason",
    "MHS201CareContact": "care_contact_id service_request_id team_id_local contact_date"
    " attendance_status consultation_mechanism",
    "MHS202CareActivity": "care_activity_id care_contact_id coded_procedure",
    "PersonIndex": "local_patient_id date_of_birth opted_out_date",
}


@dataclass(frozen=True)
class _Child:
    nhs_number: str = ""
    born: str = ""
    died: str = ""
    opted_out: str = ""


@dataclass(frozen=True)
class _Referral:
    request: str
    child: str
    teams: tuple[str, ...]
    received: str
    closed: str
    reason: str
    rejected: str
    rejection_reason: str
    discharged: str
    partners: tuple[str, ...]
    last_month: str


@dataclass(frozen=True)
class _Contact:
    number: str
    request: str
    team: str
    day: str
    attendance: str
    mechanism: str
    partners: tuple[str, ...]


@dataclass(frozen=True)
class _Activity:
    contact: str
    kind: str
    procedure: str


class World:
    """What happened, and how to send and measure it. Days are ISO text, months `YYYY-MM`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._children: dict[str, _Child] = {}
        self._referrals: list[_Referral] = []
        self._contacts: list[_Contact] = []
        self._activities: list[_Activity] = []

    def child(
        self,
        number: str,
        *,
        born: str = "",
        nhs_number: str = "",
        died: str = "",
        opted_out: str = "",
    ) -> None:
        """A child in the shared record; that it opted out stands in the first trust's person index."""
        self._children[number] = _Child(nhs_number, born, died, opted_out)

    def refer(
        self,
        request: str,
        team: str | tuple[str, ...],
        received: str,
        *,
        child: str = "1",
        closed: str = "",
        reason: str = "",
        rejected: str = "",
        rejection_reason: str = "",
        discharged: str = "",
        partners: tuple[str, ...] = (),
        last_month: str = "9999-12",
    ) -> None:
        """A referral to a team, or to several of different services; said twice, to one more team.

        `partners` send it (by default the team's), none after `last_month`.
        """
        self._children.setdefault(child, _Child())
        teams = (team,) if isinstance(team, str) else team
        senders = partners or (PARTNER_OF_TEAM.get(teams[0], "RV3"),)
        ends = (closed, reason, rejected, rejection_reason, discharged)
        self._referrals.append(
            _Referral(request, child, teams, received, *ends, senders, last_month)
        )

    def contact(
        self,
        request: str,
        team: str,
        day: str,
        *,
        attendance: str = "5",
        mechanism: str = "01",
        number: str = "",
        partners: tuple[str, ...] = (),
    ) -> None:
        """A contact; its number is made from its place in the story unless given."""
        number = number or f"c{len(self._contacts)}"
        senders = partners or (PARTNER_OF_TEAM.get(team, "RV3"),)
        self._contacts.append(_Contact(number, request, team, day, attendance, mechanism, senders))

    def activity(self, contact: str, *, kind: str = "", procedure: str = "") -> None:
        """Something done in a contact; mental health services send no kind."""
        self._activities.append(_Activity(contact, kind, procedure))

    def send(self, first: str, last: str, *, missing: tuple[tuple[str, str], ...] = ()) -> None:
        """Write every partner's extracts of all months but the `missing` (partner, month) ones."""
        for month in months_between(_first_day(first), _first_day(last)):
            for partner in PARTNERS:
                folder = self.root / partner / f"{month:%Y-%m}"
                if (partner, folder.name) not in missing:
                    write_folder(folder, self.tables(partner, month))

    def tables(self, partner: str, month: date) -> dict[str, list[list[str]]]:
        """The rows of one partner's extract of one month, by national table name."""
        community = self._community_tables(partner, month)
        if PARTNER_OF_TEAM["TALK"] != partner:
            return community
        names = {name[3:6]: name for name in HEADINGS if name.startswith("MHS")}
        tables = {names[name[3:6]]: rows for name, rows in community.items() if name[:3] == "CYP"}
        tables["MHS202CareActivity"] = [[*row[:2], row[3]] for row in tables["MHS202CareActivity"]]
        return tables

    def _community_tables(self, partner: str, month: date) -> dict[str, list[list[str]]]:
        start, end = month.isoformat(), month_end(month).isoformat()

        def by_now(day: str) -> str:
            return day if day <= end else ""

        referrals = [
            r
            for r in self._referrals
            if partner in r.partners
            and r.received <= end
            and start[:7] <= r.last_month
            and not any(over and over < start for over in (r.closed, r.rejected, r.discharged))
        ]
        children = {r.child: self._children[r.child] for r in referrals}
        requests = {
            r.request: [r.request, r.child, r.received, by_now(r.discharged)] for r in referrals
        }
        contacts = [c for c in self._contacts if partner in c.partners and start <= c.day <= end]
        opted_out = [
            [number, c.born or "2018-01-01", c.opted_out]
            for number, c in self._children.items()
            if by_now(c.opted_out)
        ]
        created = datetime(month.year, month.month, 1).isoformat()
        # a table without rows is refused: somebody of another team is always there
        return {
            "CYP000Header": [["1.6", partner, partner, start, end, created]],
            "CYP001MPI": [
                [number, "RV3", c.nhs_number, c.born, by_now(c.died)]
                for number, c in children.items()
            ]
            + [["else", "RV3", "", "2018-01-01", ""]],
            "CYP101Referral": [*requests.values(), ["else", "else", start, ""]],
            "CYP102ServiceTypeReferredTo": [["else", "ELSEWHERE", "", "", "", ""]]
            + [
                [
                    r.request,
                    team,
                    by_now(r.closed),
                    r.reason if by_now(r.closed) else "",
                    by_now(r.rejected),
                    r.rejection_reason,
                ]
                for r in referrals
                for team in r.teams
            ],
            "CYP201CareContact": [
                [c.number, c.request, c.team, c.day, c.attendance, c.mechanism] for c in contacts
            ]
            + [["else", "else", "ELSEWHERE", start, "5", "01"]],
            "CYP202CareActivity": [
                [f"a{place}", a.contact, a.kind, a.procedure]
                for place, a in enumerate(self._activities)
                if a.contact in {c.number for c in contacts}
            ],
            **({"PersonIndex": opted_out} if partner == "RV3" and opted_out else {}),
        }

    def outcome(self, as_at: str = "2030-01-01") -> Outcome:
        """What the independent implementation makes of the extracts sent so far."""
        return measure(self.root, PARTNERSHIP, date.fromisoformat(as_at))


def judged(world: World, first: str = "2024-01", last: str = "2024-04") -> dict[str, JudgedUnit]:
    """The judged units by request number, after sending the months."""
    world.send(first, last)
    return {unit.unit.request[1]: unit for unit in world.outcome().units}


def verdict(world: World, request: str = "r1") -> tuple[str | None, bool]:
    """Why one referral is excluded, if it is, and whether its child was seen in time."""
    unit = judged(world)[request]
    return unit.exclusion, unit.is_met


def csv_text(table: str, rows: list[list[str]]) -> str:
    """One table as the national CSV."""
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS[table].split(), *rows])
    return text.getvalue()


def write_folder(folder: Path, tables: dict[str, list[list[str]]]) -> None:
    """A delivery as a folder of files."""
    folder.mkdir(parents=True, exist_ok=True)
    for table, rows in tables.items():
        (folder / f"{table}.csv").write_text(csv_text(table, rows), encoding="utf-8")


def write_zip(path: Path, tables: dict[str, list[list[str]]]) -> None:
    """A delivery as one archive."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for table, rows in tables.items():
            archive.writestr(f"{table}.csv", csv_text(table, rows))


def _first_day(month: str) -> date:
    return date.fromisoformat(f"{month}-01")
