"""What stands in each column of each extract, as SQL over the simulation's tables.

A month's rows are those whose span of months holds it. `{end}` is the last day of the month and
`{k}` its position: nothing that happens later may show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

import duckdb

from orchestration.contracts.model import Column, Contract, shipped_catalogue
from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.deliveries import Style, style_of

COMMISSIONER = "QMJ"
IS_CONSTANT = re.compile(r"NULL|'[^']*'")
LOCAL_NUMBERS = 10_000_019  # prime, so that multiplying by anything smaller gives distinct numbers


@dataclass(frozen=True)
class Cell:
    """A value, and the condition under which it shows; both SQL, the condition empty if always."""

    value: str
    when: str = ""


@dataclass(frozen=True)
class Sheet:
    """One table of one standard: where its rows come from and what each column says.

    `bit` marks this partner in the `senders` of the source's rows. The columns in `ready` stand in
    the source as the text to write, under `text_` and their name.
    """

    standard: str
    table: str
    source: str
    bit: int
    row_id: tuple[str, ...]
    columns: dict[str, Cell | str]
    ready: frozenset[str] = frozenset()

    @property
    def contract(self) -> Contract:
        """The contract of the newest version, whose columns every version here has."""
        return shipped_catalogue().contracts[self.standard, self.table]

    def contract_on(self, day: date) -> Contract:
        """The contract the file of a period that ends on `day` keeps to."""
        return shipped_catalogue().contract_on(self.standard, self.table, day) or self.contract

    def cell(self, name: str) -> Cell:
        """What a column says; nothing where the simulation has nothing to say."""
        found = self.columns.get(name, "NULL")
        return found if isinstance(found, Cell) else Cell(found)

    def text(self, style: Style, column: Column) -> str:
        """SQL of the text to write in a column."""
        cell = self.cell(column.name)
        is_ready = column.name in self.ready
        value = f"text_{column.name}" if is_ready else style.as_text(column, cell.value)
        return f"CASE WHEN {cell.when} THEN {value} END" if cell.when else value


def known_by(day: str) -> Cell:
    """The day, once the month that holds it has ended."""
    return Cell(day, f"{day} <= {{end}}")


NHS_NUMBER = Cell("nhs_number", "traced_from <= {k}")
NHS_STATUS = (
    "CASE WHEN traced_from = 32000 THEN '04' WHEN traced_from > {k} THEN '03' "
    "WHEN is_unverified THEN '02' ELSE '01' END"
)
MOTHER = "nullif(mother_number, 0)"
AT_SCHOOL = "born + INTERVAL 4 YEAR <= {end}"
YES = "CASE WHEN {} THEN 'Y' ELSE 'N' END"
REQUEST_ID = "'R' || (100000000 + request)"
TIME = (
    "lpad((minute // 60)::VARCHAR, 2, '0') || ':' || lpad((minute % 60)::VARCHAR, 2, '0') || ':00'"
)


def local_id(alliance: Alliance, partner: str, child: str = "child") -> str:
    """SQL: the partner's own number for a child; zeros lead where the partner uses no prefix."""
    position = alliance.partners.index(partner)
    factor, offset = 7_654_321 + 1_111_112 * position, 271_828 * (position + 1)
    number = f"(({child}::BIGINT * {factor} + {offset}) % {LOCAL_NUMBERS})"
    return f"'{style_of(partner).local_prefix}' || lpad({number}::VARCHAR, 8, '0')"


def pupil_number(child: str = "child") -> str:
    """SQL of a child's unique pupil number, the same in every return of the council."""
    return f"'Z' || (202000000000 + {child}::BIGINT)"


def csds_sheets(alliance: Alliance, partner: str) -> list[Sheet]:
    """Children, registrations, referrals and contacts of CSDS, as this partner fills them."""
    own_id = local_id(alliance, partner)
    as_partner = 1 << alliance.partners.index(partner)
    as_sender = 1 << alliance.senders.index(partner)
    return [
        Sheet("csds", "cyp001", "patient", as_partner, ("child",),
              patient_columns(own_id, partner)),
        Sheet("csds", "cyp002", "patient", as_partner, ("child",), {
            "local_patient_id": own_id,
            "org_id_gp": "'Z9' || (1000 + practice)",
            "gp_registration_start_date": "registered",
        }),
        Sheet("csds", "cyp101", "request", as_sender, ("request",), {
            "service_request_id": REQUEST_ID,
            "local_patient_id": own_id,
            "org_id_commissioner": f"'{COMMISSIONER}'",
            "referral_request_received_date": "received",
            "referral_request_received_time": TIME,
            "source_of_referral": "source",
            "priority_type": "priority",
            "primary_referral_reason": "reason",
            "discharge_date": known_by("discharged"),
            "discharge_letter_issued_date": known_by("discharged"),
        }),
        Sheet("csds", "cyp102", "line", as_sender, ("request", "team_number"), {
            "service_request_id": REQUEST_ID,
            "team_id_local": "team",
            "team_type": "team_type",
            "referral_closure_date": known_by("closed"),
            "referral_rejection_date": known_by("rejected"),
            "referral_closure_reason": Cell("closure_reason", "closed <= {end}"),
            "referral_rejection_reason": Cell("rejection_reason", "rejected <= {end}"),
        }),
        Sheet("csds", "cyp201", "contact", as_sender, ("contact",), contact_columns(),),
    ]  # fmt: skip


def person_index_sheet(alliance: Alliance, partner: str) -> Sheet:
    """Every child the partner knows by the end of the month."""
    is_authority = alliance.kinds[alliance.partners.index(partner)] == "local_authority"
    male, female = ("1", "2") if is_authority else ("M", "F")
    pupil = Cell(pupil_number(), AT_SCHOOL)
    as_partner = 1 << alliance.partners.index(partner)
    return Sheet("local", "person_index", "person", as_partner, ("child",), {
        "local_patient_id": local_id(alliance, partner),
        "nhs_number": NHS_NUMBER,
        "nhs_number_status": NHS_STATUS,
        "forename": "forename",
        "surname": "surname",
        "date_of_birth": "born",
        "sex": f"CASE WHEN is_male THEN '{male}' ELSE '{female}' END",
        "postcode": "postcode",
        "upn": pupil if is_authority else "NULL",
        "family_id": f"'{style_of(partner).local_prefix}F' || (100000 + family)",
        "nhs_number_mother": MOTHER,
        "date_of_death": known_by("deceased"),
        "moved_away_date": known_by("moved"),
        "opted_out_date": known_by("opted_out"),
        "sensitive_flag": YES.format("is_sensitive"),
    })  # fmt: skip


def patient_columns(own_id: str, partner: str) -> dict[str, Cell | str]:
    """What an activity standard says of a child."""
    return {
        "local_patient_id": own_id,
        "org_id_local_patient_id": f"'{partner}'",
        "org_id_education_establishment": Cell("'EE9' || (10000 + school)", AT_SCHOOL),
        "nhs_number": NHS_NUMBER,
        "nhs_number_status": NHS_STATUS,
        "date_of_birth": "born",
        "postcode": "postcode",
        "gender": "CASE WHEN is_male THEN '1' ELSE '2' END",
        "ethnic_category": "ethnic",
        "language_preferred": "language",
        "child_looked_after_indicator": YES.format("is_looked_after"),
        "safeguarding_indicator": YES.format("is_safeguarded"),
        "disability_supervision_and_care_indicator": YES.format("is_disabled"),
        "education_assessment": "CASE WHEN is_disabled THEN '01' ELSE '05' END",
        "date_of_death": known_by("deceased"),
        "nhs_number_mother": MOTHER,
    }  # fmt: skip


def contact_columns() -> dict[str, Cell | str]:
    """What an activity standard says of a contact."""
    is_seen = "attendance IN ('5', '6')"
    cancelled = "attendance IN ('2', '4')"
    return {
        "care_contact_id": "'C' || (1000000000 + contact)",
        "service_request_id": REQUEST_ID,
        "team_id_local": "team",
        "contact_date": "day",
        "contact_time": TIME,
        "org_id_commissioner": f"'{COMMISSIONER}'",
        "admin_category": "'01'",
        "care_contact_duration": f"CASE WHEN {is_seen} THEN duration END",
        "consultation_type": "CASE WHEN is_initial THEN '01' ELSE '02' END",
        "care_contact_subject": "CASE WHEN is_by_proxy THEN '02' ELSE '01' END",
        "consultation_mechanism": "mechanism",
        "activity_location_type": "place",
        "treatment_org_site_id": "NULL",
        "group_therapy_indicator": YES.format("is_group"),
        "attendance_status": "attendance",
        "contact_cancellation_date": f"CASE WHEN {cancelled} THEN day - notice END",
        "contact_cancellation_reason":
            "CASE attendance WHEN '4' THEN '01' WHEN '2' THEN '02' END",
    }  # fmt: skip


def prepare(con: duckdb.DuckDBPyConnection, sheet: Sheet, style: Style, name: str) -> Sheet:
    """Write out once, into table `name`, the text of what stays the same from month to month.

    A referral is sent 8 months running and a child of the person index 20: made afresh every
    month, a referral's file took 1.4 times as long and a person index 1.8 times.
    """
    ready = [
        column
        for column in sheet.contract.columns
        if not IS_CONSTANT.fullmatch(value := sheet.cell(column.name).value) and "{" not in value
    ]
    texts = ", ".join(
        f"{style.as_text(column, sheet.cell(column.name).value)} AS text_{column.name}"
        for column in ready
    )
    con.execute(f"""
        CREATE TABLE {name} AS
        SELECT *, {texts} FROM {sheet.source} WHERE senders & {sheet.bit} <> 0
    """)
    return replace(sheet, source=name, ready=frozenset(column.name for column in ready))


def make_sources(con: duckdb.DuckDBPyConnection, alliance: Alliance) -> None:
    """Tables `patient` (children with activity, by sender) and `person` (children known).

    A child's spans of months with an open referral are merged, so that a month has it once.
    """
    bits = ", ".join(
        f"({1 << n}, {1 << alliance.partners.index(code)})"
        for n, code in enumerate(alliance.senders)
    )
    con.execute(f"""
        CREATE TABLE patient AS
        WITH sent AS (
            SELECT DISTINCT partner_bit, child, first_month, last_month
            FROM request, (VALUES {bits}) AS sender (sender_bit, partner_bit)
            WHERE senders & sender_bit <> 0
        ),
        marked AS (
            SELECT *, coalesce(max(last_month) OVER (
                PARTITION BY partner_bit, child ORDER BY first_month, last_month
                ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), -1) < first_month AS is_new
            FROM sent
        ),
        spans AS (
            SELECT *, sum(is_new::INTEGER) OVER (
                PARTITION BY partner_bit, child ORDER BY first_month, last_month
                ROWS UNBOUNDED PRECEDING) AS span
            FROM marked
        ),
        merged AS (
            SELECT partner_bit, child,
                min(first_month) AS first_month, max(last_month) AS last_month
            FROM spans GROUP BY partner_bit, child, span
        )
        SELECT partner_bit::UTINYINT AS senders, m.first_month, m.last_month, c.*
        FROM merged AS m JOIN child AS c USING (child)
        ORDER BY senders, child, m.first_month
    """)
    con.execute("""
        CREATE TABLE person AS
        SELECT k.bit AS senders, k.first_month, k.last_month, c.*
        FROM known AS k JOIN child AS c USING (child)
        ORDER BY senders, child
    """)
