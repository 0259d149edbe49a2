"""What the partners send: spellings, identities, and nothing before it is known."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import UTC, datetime, timedelta

import nhs_number

from orchestration.contracts.model import shipped_catalogue
from tests.unit.synthetic.conftest import Alliance
from tests.unit.synthetic.landing import Row, headings, last_day_of


def rows(alliance: Alliance, table: str) -> list[tuple[str, str, Row]]:
    """(partner, period, row) of every file of a table."""
    return [
        (partner, period, row)
        for (partner, name, period), found in alliance.files.items()
        if name == table
        for row in found
    ]


def last_day(period: str) -> str:
    start = datetime.strptime(period, "%Y-%m").date()
    return ((start + timedelta(days=32)).replace(day=1) - timedelta(days=1)).isoformat()


def iso(text: str) -> str:
    return "-".join(reversed(text.split("/"))) if "/" in text else text


def test_headings_are_the_contracts_own_in_the_spelling_of_the_sender(clean: Alliance) -> None:
    tables = [f for f in clean.truth["files"] if not f["path"].endswith(".xml")]
    for entry in tables:
        contract = shipped_catalogue().contract_on(
            entry["standard"], entry["table"], last_day_of(entry)
        )
        expected = {
            "RAL": [c.dictionary or c.national for c in contract.columns],
            "E09000007": [
                (*c.aliases, c.national)[max(len(c.aliases) - 1, 0)] for c in contract.columns
            ],
        }.get(entry["partner"], [c.national for c in contract.columns])
        assert headings(clean.out, entry) == expected, entry["path"]


def test_one_sender_writes_a_byte_order_mark_and_british_dates(clean: Alliance) -> None:
    text = (clean.out / "RAL/2024-02/CYP201CareContact.csv").read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert re.search(rb",\d\d/02/2024,", text)


def test_every_nhs_number_sent_is_valid_and_in_the_999_range(clean: Alliance) -> None:
    sent = {
        re.sub(r"[ -]", "", row[column])
        for table, columns in (
            ("cyp001", ("nhs_number", "nhs_number_mother")),
            ("person_index", ("nhs_number", "nhs_number_mother")),
        )
        for _, _, row in rows(clean, table)
        for column in columns
    } - {""}
    assert len(sent) > 300
    assert all(n.startswith("999") and nhs_number.is_valid(n) for n in sent)


def test_a_child_of_several_partners_is_always_sent_with_the_nhs_number(faulty: Alliance) -> None:
    partners = defaultdict(set)
    unnumbered = set()
    for partner, _, row in rows(faulty, "cyp001"):
        if row["local_patient_id"].endswith("-F"):
            continue
        who = (partner, row["local_patient_id"])
        if row["nhs_number_status"] == "01":
            partners[row["nhs_number"].replace(" ", "")].add(who)
        else:
            unnumbered.add(who)
    several = {who for found in partners.values() if len(found) > 1 for who in found}
    assert several
    assert unnumbered
    assert not several & unnumbered


def test_a_partner_keeps_one_local_number_for_a_child(faulty: Alliance) -> None:
    numbers = defaultdict(set)
    for partner, _, row in rows(faulty, "person_index"):
        if row["nhs_number"] and not row["local_patient_id"].endswith("-F"):
            numbers[partner, row["nhs_number"]].add(row["local_patient_id"])
    assert all(len(found) == 1 for found in numbers.values())


def test_the_same_contact_comes_in_two_extracts_alike(clean: Alliance) -> None:
    sent = defaultdict(dict)
    for partner, _, row in rows(clean, "cyp201"):
        sent[row["care_contact_id"]][partner] = {c: iso(v) for c, v in row.items()}
    twice = [list(by.values()) for by in sent.values() if len(by) > 1]
    assert len(twice) == clean.truth["totals"]["contacts"]["in_several_extracts"] > 20
    assert all(first == other for first, *others in twice for other in others)


def test_an_open_referral_flows_every_month_from_its_receipt(clean: Alliance) -> None:
    months = defaultdict(set)
    received = {}
    for partner, period, row in rows(clean, "cyp101"):
        who = (partner, row["service_request_id"])
        months[who].add(period)
        received[who] = iso(row["referral_request_received_date"])[:7]
    for who, seen in months.items():
        assert min(seen) == received[who]
        assert seen == {p for p in clean.truth["months"] if min(seen) <= p <= max(seen)}


def test_nothing_is_known_before_it_happens(faulty: Alliance) -> None:
    later = [
        (table, column, row)
        for table, columns in (
            ("cyp001", ("date_of_birth", "date_of_death")),
            ("cyp101", ("referral_request_received_date", "discharge_date")),
            ("cyp102", ("referral_closure_date", "referral_rejection_date")),
            ("person_index", ("date_of_death", "moved_away_date", "opted_out_date")),
        )
        for _, period, row in rows(faulty, table)
        for column in columns
        if iso(row[column]) > last_day(period) and iso(row[column]) != "2025-02-31"
    ]
    assert later == []


def test_a_closure_reason_comes_with_the_closure_and_not_before(faulty: Alliance) -> None:
    for _, _, row in rows(faulty, "cyp102"):
        assert bool(row["referral_closure_date"]) == bool(row["referral_closure_reason"]) or (
            row["service_request_id"].endswith("-F")
        )


def test_rows_refer_to_rows_of_the_same_extract(clean: Alliance) -> None:
    for (partner, table, period), found in clean.files.items():
        if table == "cyp101":
            known = {r["local_patient_id"] for r in clean.files[partner, "cyp001", period]}
            assert {r["local_patient_id"] for r in found} == known
        if table in ("cyp102", "cyp201"):
            requests = {r["service_request_id"] for r in clean.files[partner, "cyp101", period]}
            assert {r["service_request_id"] for r in found} <= requests


def test_most_files_arrive_by_day_21_and_some_do_not(faulty: Alliance) -> None:
    days = [
        f["days_after_period_end"] for f in faulty.truth["files"] if f["table"] == "person_index"
    ]
    assert all(5 <= d <= 43 for d in days)
    assert 0 < sum(d > 21 for d in days) < len(days) / 5


def test_a_file_bears_the_time_it_was_received_after_it_was_made(faulty: Alliance) -> None:
    for entry in faulty.truth["files"]:
        stamped = datetime.fromtimestamp((faulty.out / entry["path"]).stat().st_mtime, UTC)
        assert stamped.isoformat() == entry["received_at"] > entry["created_at"]


def test_the_header_says_whose_extract_it_is_of_which_month(clean: Alliance) -> None:
    header = clean.files["RKE", "cyp000", "2024-02"][0]
    assert header["org_id_provider"] == "RKE"
    assert (header["rp_start_date"], header["rp_end_date"]) == ("2024-02-01", "2024-02-29")
