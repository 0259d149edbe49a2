"""Bad rows: counted in the truth, never in the place of a real row."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from orchestration.contracts.model import Requirement, shipped_catalogue
from orchestration.synthetic.faults import FAULTS
from tests.unit.synthetic.conftest import Alliance
from tests.unit.synthetic.landing import Row


def is_date(text: str) -> bool:
    try:
        date.fromisoformat(as_iso(text[:10]))
    except ValueError:
        return False
    return True


HEADERS = ("cyp000", "mhs000")


def broken_rules(standard: str, table: str, period: str, found: list[Row]) -> Counter[str]:
    """The rules a file's rows break, read from the file alone."""
    contract = shipped_catalogue().contracts[standard, table]
    broken: Counter[str] = Counter()
    seen = set()
    for row in found:
        mandatory = [c.name for c in contract.columns if c.required is Requirement.MANDATORY]
        dates = [c.name for c in contract.columns if c.type.startswith("date") and row[c.name]]
        key = tuple(row[name] for name in contract.key)
        is_blank = any(not row[name] for name in mandatory)
        is_misdated = any(not is_date(row[name]) for name in dates)
        broken["mandatory_blank"] += is_blank
        broken["bad_date"] += is_misdated
        if not (is_blank or is_misdated):
            broken["duplicate_key"] += key in seen
            seen.add(key)
        broken["bad_nhs_number"] += "E+" in row.get("nhs_number", "")
        if table == "cyp101" and row["discharge_date"]:
            received, discharged = row["referral_request_received_date"], row["discharge_date"]
            if is_date(received):
                broken["discharged_before_received"] += as_iso(discharged) < as_iso(received)
        if table == "cyp201":
            broken["contact_outside_period"] += is_date(row["contact_date"]) and (
                as_iso(row["contact_date"])[:7] != period
            )
            broken["unknown_code"] += row["attendance_status"] == "9"
    return +broken


def as_iso(text: str) -> str:
    return "-".join(reversed(text.split("/"))) if "/" in text else text


def test_without_faults_no_row_breaks_a_rule(clean: Alliance) -> None:
    for entry in clean.truth["files"]:
        partner, table, period = entry["partner"], entry["table"], entry["period"]
        if table not in HEADERS:
            found = clean.files[partner, table, period]
            assert not broken_rules(entry["standard"], table, period, found), entry["path"]


def test_without_faults_the_truth_expects_no_quarantine(clean: Alliance) -> None:
    assert all(not f["quarantined"] and not f["warnings"] for f in clean.truth["files"])


def test_the_truth_counts_every_broken_rule_of_every_file(faulty: Alliance) -> None:
    for entry in faulty.truth["files"]:
        partner, table, period = entry["partner"], entry["table"], entry["period"]
        if table in HEADERS:
            continue
        expected = Counter(entry["quarantined"]) + Counter(entry["warnings"])
        found = faulty.files[partner, table, period]
        broken = broken_rules(entry["standard"], table, period, found)
        assert broken == expected, entry["path"]
        assert len(found) == entry["rows"]


@pytest.mark.parametrize("table", sorted(FAULTS))
def test_every_kind_of_fault_comes_up(faulty: Alliance, table: str) -> None:
    found = {
        rule
        for f in faulty.truth["files"]
        if f["table"] == table
        for rule in (*f["quarantined"], *f["warnings"])
    }
    assert found == {fault.rule for fault in FAULTS[table]}


def test_the_share_of_bad_rows_is_the_one_asked_for(faulty: Alliance) -> None:
    rows = sum(f["rows"] for f in faulty.truth["files"])
    bad = sum(
        sum(f["quarantined"].values()) + sum(f["warnings"].values()) for f in faulty.truth["files"]
    )
    assert 0.025 < bad / rows < 0.035


def test_an_unknown_attendance_never_stands_on_a_first_contact(faulty: Alliance) -> None:
    unknown = [
        row
        for (_, table, _), found in faulty.files.items()
        if table == "cyp201"
        for row in found
        if row["attendance_status"] == "9"
    ]
    assert {row["consultation_type"] for row in unknown} == {"02"}
