"""Everything the calendar asks for: sent, keyed, dated, and about the same children."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date, datetime

from orchestration.contracts.model import ColumnType, shipped_catalogue
from orchestration.contracts.periods import periods_between
from orchestration.partnership.load import load_partnership
from tests.unit.synthetic.conftest import Alliance
from tests.unit.synthetic.landing import Row, last_day_of

# what is planned or agreed for a day to come
LATER = {
    "goal_target_date", "panel_date", "advice_due_on", "health_assessment_due_date",
    "action_due_date", "honorary_start_date", "honorary_end_date", "initial_cpc_target",
    "contact_date", "details_sent_date",
}  # fmt: skip
HEADERS = {"cyp000", "mhs000"}


def day(text: str) -> date | None:
    shown = "-".join(reversed(text[:10].split("/"))) if "/" in text else text[:10]
    try:
        return date.fromisoformat(shown)
    except ValueError:
        return None


def of(alliance: Alliance, table: str, partner: str | None = None) -> dict[str, list[Row]]:
    """Rows of a table by period."""
    found = defaultdict(list)
    for (sender, name, period), rows in alliance.files.items():
        if name == table and partner in (None, sender):
            found[period] += rows
    return found


def test_every_feed_of_the_calendar_is_sent_for_every_period_it_is_owed(faulty: Alliance) -> None:
    first, after = date(2024, 8, 1), date(2025, 12, 1)
    owed = {
        (r.partner_code, r.standard, table, f"{period.start:%Y-%m}")
        for r in load_partnership().returns
        for period in periods_between(
            shipped_catalogue().standards[r.standard].period, first, after
        )
        for table in r.tables
    }
    sent = Counter(
        (f["partner"], f["standard"], f["table"], f["period"]) for f in faulty.truth["files"]
    )
    assert set(sent) == owed
    assert set(sent.values()) == {1}


def test_rows_are_as_many_as_the_truth_says(faulty: Alliance) -> None:
    for f in faulty.truth["files"]:
        rows = faulty.files[f["partner"], f["table"], f["period"]]
        assert len(rows) == f["rows"], f["path"]


def test_keys_are_unique_without_faults(clean: Alliance) -> None:
    for f in clean.truth["files"]:
        key = shipped_catalogue().contracts[f["standard"], f["table"]].key
        rows = clean.files[f["partner"], f["table"], f["period"]]
        keys = Counter(tuple(r[k] for k in key) for r in rows)
        assert not key or max(keys.values(), default=1) == 1, f["path"]


def test_nothing_is_dated_after_its_period(clean: Alliance, faulty: Alliance) -> None:
    for alliance in (clean, faulty):
        for f in alliance.truth["files"]:
            contract = shipped_catalogue().contracts[f["standard"], f["table"]]
            names = [
                c.name
                for c in contract.columns
                if c.type in (ColumnType.DATE, ColumnType.DATETIME)
                and c.name not in LATER
                and f["table"] not in HEADERS
            ]
            end = last_day_of(f)
            late = [
                (f["path"], name, row[name])
                for row in alliance.files[f["partner"], f["table"], f["period"]]
                for name in names
                if (found := day(row[name])) and found > end
            ]
            assert late == []


def test_every_coded_value_is_in_its_list(clean: Alliance) -> None:
    catalogue = shipped_catalogue()
    for f in clean.truth["files"]:
        contract = catalogue.contract_on(f["standard"], f["table"], last_day_of(f))
        assert contract is not None
        for column in contract.columns:
            if codes := catalogue.codes(contract, column):
                known = {c.code for c in codes.codes} | {""}
                rows = clean.files[f["partner"], f["table"], f["period"]]
                assert {r[column.name] for r in rows} <= known, (f["path"], column.name)


def test_every_child_of_a_partner_is_in_its_person_index(faulty: Alliance) -> None:
    columns = ("local_patient_id", "child", "person_id", "la_child_id")
    known = defaultdict(set)
    for (partner, table, _), rows in faulty.files.items():
        if table == "person_index":
            known[partner] |= {r["local_patient_id"] for r in rows}
    for (partner, table, period), rows in faulty.files.items():
        name = next((c for c in columns if rows and c in rows[0]), None)
        if name and table not in ("person_index", "cyp001"):
            unknown = {r[name] for r in rows} - known[partner] - {""}
            assert unknown == set(), (partner, table, period)


def test_every_nhs_number_of_every_feed_is_never_issued(faulty: Alliance) -> None:
    numbers = {
        re.sub(r"[ -]", "", value)
        for rows in faulty.files.values()
        for row in rows
        for name, value in row.items()
        if name.startswith("nhs_number") and "status" not in name and value
    } - {"9.99E+09"}
    assert len(numbers) > 300
    assert all(re.fullmatch(r"999\d{7}", n) for n in numbers)


def test_the_children_looked_after_are_the_same_everywhere(faulty: Alliance) -> None:
    returned = {r["child"] for rows in of(faulty, "header").values() for r in rows}
    monthly = {
        r["local_patient_id"]
        for rows in of(faulty, "social_care_status").values()
        for r in rows
        if r["is_looked_after"] == "Y"
    }
    assert returned
    assert returned <= monthly
    numbers = {
        r["local_patient_id"]: r["nhs_number"].replace(" ", "")
        for rows in of(faulty, "person_index", "E09000007").values()
        for r in rows
    }
    looked_after = {numbers[c] for c in returned}
    in_health = {
        r["nhs_number"].replace(" ", ""): r["child_looked_after_indicator"]
        for rows in of(faulty, "cyp001").values()
        for r in rows
        if not r["local_patient_id"].endswith("-F")
    }
    assert {in_health[n] for n in looked_after if n in in_health} == {"Y"}


def test_a_pupil_number_is_one_childs_in_all_returns_of_the_council(faulty: Alliance) -> None:
    found = defaultdict(set)
    for table, child in (("person_index", "local_patient_id"), ("header", "child"),
                         ("person", "person_id"), ("child", "la_child_id")):  # fmt: skip
        for rows in of(faulty, table, "E09000007").values():
            for row in rows:
                if row["upn"].startswith("Z"):
                    found[row["upn"]].add(row[child])
    assert found
    assert all(len({c for c in children if c and not c.endswith("-F")}) == 1
               for children in found.values())  # fmt: skip


def test_declared_totals_are_right_but_for_one(clean: Alliance, faulty: Alliance) -> None:
    for alliance, mistakes in ((clean, 0), (faulty, 1)):
        sent = {
            (f["partner"], f["standard"], f["table"], f["period"]): f["rows"]
            for f in alliance.truth["files"]
        }
        wrong = [
            (partner, row["standard"], row["table_name"], period)
            for (partner, table, period), rows in alliance.files.items()
            if table == "declared_total"
            for row in rows
            if int(row["rows"]) != sent[partner, row["standard"], row["table_name"], period]
        ]
        told = [(m["partner"], m["standard"], m["table"], m["period"])
                for m in alliance.truth["misdeclared"]]  # fmt: skip
        assert wrong == told
        assert len(wrong) == mistakes


def test_partners_send_in_different_forms(clean: Alliance) -> None:
    suffixes = defaultdict(set)
    for f in clean.truth["files"]:
        suffixes[f["partner"]].add(f["path"].rpartition(".")[2])
    assert suffixes["RKE"] == {"csv", "zip", "xlsx"}
    assert suffixes["RNK"] == {"zip"}
    assert suffixes["RV3"] == suffixes["RAL"] == {"csv"}


def test_the_council_sends_one_message_and_one_workbook(faulty: Alliance) -> None:
    paths = {f["path"] for f in faulty.truth["files"] if f["standard"] in ("cin", "sen2")}
    assert paths == {"E09000007/cin_2025/CIN_2025.xml", "E09000007/sen2_2025/SEN2_2025.xlsx"}


def test_onward_referrals_are_to_services_that_received_one_that_day(faulty: Alliance) -> None:
    received = {
        r["referral_request_received_date"]
        for rows in of(faulty, "cyp101", "RV3").values()
        for r in rows
        if r["source_of_referral"] == "07"
    }
    sent_on = [
        r
        for rows in of(faulty, "cyp105", "RV3").values()
        for r in rows
        if r["org_id_receiving"] == "RV3"
    ]
    assert sent_on
    assert {r["onward_referral_date"] for r in sent_on} - {"31/02/2025"} <= received


def test_a_telephone_contact_of_a_treating_team_holds_an_assessment_or_intervention(
    clean: Alliance,
) -> None:
    kinds = defaultdict(set)
    for rows in of(clean, "cyp202").values():
        for row in rows:
            kinds[row["care_contact_id"]].add(row["activity_type"])
    for rows in of(clean, "cyp201").values():
        for row in rows:
            if row["attendance_status"] in "56":
                assert kinds[row["care_contact_id"]], row
                if row["consultation_mechanism"] == "02" and row["team_id_local"] != "CAM-SPOR":
                    assert kinds[row["care_contact_id"]] & {"02", "03"}


def test_earlier_months_of_mental_health_are_in_the_earlier_version(clean: Alliance) -> None:
    header = clean.files["RNK", "mhs000", "2024-02"][0]
    assert header["version"] == "5.0"
    mechanisms = {
        r["consultation_mechanism"] for rows in of(clean, "mhs201").values() for r in rows
    }
    assert "11" not in mechanisms


def test_an_empty_table_has_its_heading_alone(clean: Alliance) -> None:
    empty = [f for f in clean.truth["files"] if f["rows"] == 0 and f["path"].endswith(".csv")]
    assert empty
    for f in empty:
        lines = (clean.out / f["path"]).read_text(encoding="utf-8-sig").splitlines()
        assert len(list(csv.reader(lines))) == 1
        may_be_empty = shipped_catalogue().contracts[f["standard"], f["table"]].may_be_empty
        assert f["is_refused"] is not may_be_empty


def test_received_in_time_or_told_late(faulty: Alliance) -> None:
    due = {
        (r.partner_code, r.standard): r.due_days_after_period_end
        for r in load_partnership().returns
        if r.standard in ("cin", "ssda903", "sen2")
    }
    for f in faulty.truth["files"]:
        if (f["partner"], f["standard"]) in due:
            assert 0 < f["days_after_period_end"] <= due[f["partner"], f["standard"]]
            assert datetime.fromisoformat(f["received_at"]).weekday() < 5
