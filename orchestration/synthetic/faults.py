"""Bad rows on purpose: added to the real ones, never in their place, so the truth stays exact.

Each bad row is a copy of a real one under an invented number with one thing broken, so that it
breaks one rule and no other.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import duckdb

from orchestration.contracts.model import ColumnType, Contract, Requirement
from orchestration.synthetic.deliveries import Style
from orchestration.synthetic.sheets import Sheet

BAD_DATE = "'31/02/2025'"
SPREADSHEET_NUMBER = "'9.99E+09'"
UNKNOWN_CODE = "unknown_code"
DUPLICATE = "duplicate_key"
PARTS = 1_000_000


@dataclass(frozen=True)
class Fault:
    """`rule` is what intake should say; `values` are SQL texts by column, dates as SQL days."""

    rule: str
    values: dict[str, str]
    days: dict[str, str]


def _broken(rule: str, **values: str) -> Fault:
    return Fault(rule, values, {})


def _misdated(rule: str, **days: str) -> Fault:
    return Fault(rule, {}, days)


FAULTS: dict[str, tuple[Fault, ...]] = {
    "cyp001": (
        _broken("mandatory_blank", org_id_local_patient_id="NULL"),
        _broken("bad_date", date_of_birth=BAD_DATE),
        _broken("bad_nhs_number", nhs_number=SPREADSHEET_NUMBER),
        _broken(DUPLICATE),
    ),
    "cyp002": (
        _broken("mandatory_blank", org_id_gp="NULL"),
        _broken("bad_date", gp_registration_start_date=BAD_DATE),
        _broken(DUPLICATE),
    ),
    "cyp101": (
        _broken("mandatory_blank", local_patient_id="NULL"),
        _broken("bad_date", referral_request_received_date=BAD_DATE),
        _misdated("discharged_before_received", discharge_date="received - 3"),
        _broken(DUPLICATE),
    ),
    "cyp102": (
        _broken("mandatory_blank", team_id_local="NULL"),
        _broken("bad_date", referral_closure_date=BAD_DATE),
        _broken(DUPLICATE),
    ),
    "cyp201": (
        _broken("mandatory_blank", contact_date="NULL"),
        _broken("bad_date", contact_date=BAD_DATE),
        _misdated("contact_outside_period", contact_date="{end} + 10"),
        # not quarantined: loaded with a warning, and never a first visit
        _broken(UNKNOWN_CODE, attendance_status="'9'", consultation_type="'02'"),
        _broken(DUPLICATE),
    ),
    "person_index": (
        _broken("mandatory_blank", date_of_birth="NULL"),
        _broken("bad_date", date_of_birth=BAD_DATE),
        _broken("bad_nhs_number", nhs_number=SPREADSHEET_NUMBER),
        _broken(DUPLICATE),
    ),
}


def faults_of(contract: Contract) -> tuple[Fault, ...]:
    """The kinds of bad rows of a table: its own, else one of each kind its columns allow."""
    if contract.table in FAULTS:
        return FAULTS[contract.table]
    own = [c for c in contract.mandatory if c.name not in contract.key] or contract.mandatory
    blank = _broken("mandatory_blank", **{own[-1].name: "NULL"})
    days = [c for c in contract.columns if c.type in (ColumnType.DATE, ColumnType.DATETIME)]
    misdated = tuple(_broken("bad_date", **{c.name: BAD_DATE}) for c in days[:1])
    return (blank, *misdated, _broken(DUPLICATE))


def make_faults(
    con: duckdb.DuckDBPyConnection,
    name: str,
    sheet: Sheet,
    style: Style,
    partner: str,
    rate: float,
    seed: int,
) -> dict[int, dict[str, int]]:
    """Create table `name` of all the sheet's bad rows as text; {month: {rule: rows}}.

    Rows are picked by hash, so that neither threads nor row order decide.
    """
    kinds = faults_of(sheet.contract)
    columns = {
        column.name: _column(sheet, style, partner, column.name)
        for column in sheet.contract.columns
    }
    salt = zlib.crc32(f"{seed} {partner} {sheet.table}".encode())
    picked = f"hash({salt}, {', '.join(sheet.row_id)}, m.k)"
    selected = ", ".join(f"{expression} AS {column}" for column, expression in columns.items())
    con.execute(f"""
        CREATE TABLE {name} AS
        SELECT k AS fault_month, bad_kind AS fault_kind, {selected.format(end="end_day", k="k")}
        FROM (
            SELECT t.*, m.k, m.last_day AS end_day,
                ({picked} // {PARTS} % {len(kinds)})::INTEGER AS bad_kind
            FROM {sheet.source} AS t
            JOIN month AS m ON m.k BETWEEN t.first_month AND t.last_month
            WHERE senders & {sheet.bit} <> 0 AND {picked} % {PARTS} < {round(rate * PARTS)}
        )
        ORDER BY fault_month, bad_kind, {", ".join(sheet.row_id)}
    """)
    counts: dict[int, dict[str, int]] = {}
    for month, kind, rows in con.execute(
        f"SELECT fault_month, fault_kind, count(*) FROM {name} GROUP BY ALL ORDER BY ALL"
    ).fetchall():
        counts.setdefault(month, {})[kinds[kind].rule] = rows
    return counts


def _column(sheet: Sheet, style: Style, partner: str, name: str) -> str:
    """SQL of one column of a bad row: the real value, except where its kind breaks it."""
    column = sheet.contract.column(name)
    real = sheet.text(style, column)
    cases = []
    for kind, fault in enumerate(faults_of(sheet.contract)):
        if name in fault.values:
            cases.append(f"WHEN {kind} THEN {fault.values[name]}")
        elif name in fault.days:
            cases.append(f"WHEN {kind} THEN {style.as_text(column, fault.days[name])}")
        elif name == _invented(sheet) and fault.rule != DUPLICATE:
            cases.append(f"WHEN {kind} THEN {real} || '-{partner}-F'")
    return f"CASE bad_kind {' '.join(cases)} ELSE {real} END" if cases else real


def _invented(sheet: Sheet) -> str | None:
    """The number a bad row makes up: its own key, so that it replaces no real row.

    Where it has none of its own, or all its bad rows are held back, the real one stands.
    """
    if sheet.table not in FAULTS or sheet.table == "cyp002":
        return None
    key = sheet.contract.key
    own = [k for k in key if sheet.contract.column(k).required is Requirement.MANDATORY]
    return "care_contact_id" if sheet.table == "cyp201" else own[0]
