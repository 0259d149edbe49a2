"""Workbooks, messages and ZIPs of them come in table by table, and come back from the archive."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.unit.intake.conftest import Counter
from tests.unit.intake.test_bad_input import HEADING, contacts, good

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "liia"
CENSUS = """<Message>
<Header><CollectionDetails><Collection>CIN</Collection><Year>2026</Year>
<ReferenceDate>2026-03-31</ReferenceDate></CollectionDetails>
<Source><SourceLevel>L</SourceLevel><LEA>202</LEA><DateTime>2026-06-01T09:00:00</DateTime></Source>
</Header>
<Children>
<Child><ChildIdentifiers><LAchildID>LA1</LAchildID><UPN>A123456789123</UPN>
<PersonBirthDate>2015-01-01</PersonBirthDate><Sex>F</Sex></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>WBRI</Ethnicity><Disabilities><Disability>LD</Disability>
<Disability>AUT</Disability></Disabilities></ChildCharacteristics>
<CINdetails><CINreferralDate>2025-05-01</CINreferralDate><ReferralSource>1A</ReferralSource>
<PrimaryNeedCode>N2</PrimaryNeedCode><ReferralNFA>false</ReferralNFA></CINdetails></Child>
<Child><ChildIdentifiers><LAchildID>LA2</LAchildID>
<PersonBirthDate>2014-02-31</PersonBirthDate><Sex>M</Sex></ChildIdentifiers>
<ChildCharacteristics><Ethnicity>WBRI</Ethnicity></ChildCharacteristics></Child>
</Children></Message>
"""
TABLES_OF_A_CENSUS = 9


def workbook(**sheets: list[list[Any]]) -> bytes:
    """An XLSX with a sheet for each list of rows."""
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def zipped(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


def by_table(counter: Counter) -> dict[str, str]:
    frame = counter.submissions()
    return dict(zip(frame.table_name, frame.status, strict=True))


def test_each_sheet_of_a_workbook_is_a_table_and_dates_stay_dates(counter: Counter) -> None:
    day = datetime(2026, 9, 2)
    content = workbook(
        Contacts=[HEADING.split(","), ["C1", "R1", "CAM-OT", day, "01", "5"]],
        Index=[
            ["LocalPatientID", "NHSNumber", "NHSNumberStatus", "Forename", "Surname",
             "DateOfBirth", "Sex"],
            ["007", "9990000018", "01", "Ada", "Example", datetime(2015, 2, 3), "2"],
            ["008", "4.0E+09", "01", "Ben", "Example", datetime(2015, 2, 3), "1"],
        ],
    )  # fmt: skip
    counter.drop("RAL/2026-09/all.xlsx", content)
    counter.take_in()
    assert counter.rows("csds__cyp201", "contact_date") == [(day.date(),)]
    assert counter.rows("local__person_index", "local_patient_id, nhs_number") == [
        ("007", "9990000018")
    ]
    assert ("bad_nhs_number", "nhs_number", 1) in counter.issues()


def test_a_fault_in_a_sheet_is_named_by_its_row(counter: Counter) -> None:
    rows: list[list[Any]] = [
        HEADING.split(","),
        [],
        ["C1", "R1", "CAM-OT", "2026-09-01", "01", "5"],
        ["C2", "R2", "CAM-OT", "31/02/2026", "01", "5"],
    ]
    counter.drop("RAL/2026-09/contacts.xlsx", workbook(Contacts=rows))
    counter.take_in()
    (report,) = (counter.desk.settings.reports / "RAL").glob("*.csv")
    assert "contacts.xlsx [Contacts],4,contact_date,bad_date" in report.read_text()


def test_a_census_message_fills_every_table_of_its_year(counter: Counter) -> None:
    counter.drop("E09000007/census.xml", CENSUS)
    counter.take_in()
    statuses = by_table(counter)
    assert len(statuses) == TABLES_OF_A_CENSUS
    assert statuses["child"] == statuses["cin_details"] == "loaded"
    assert counter.rows("cin__child", "la_child_id, period_start") == [("LA1", date(2025, 4, 1))]
    assert counter.rows("cin__child_disability", "la_child_id, disability") == [
        ("LA1", "AUT"),
        ("LA1", "LD"),
    ]
    assert ("bad_date", "date_of_birth", 1) in counter.issues()


def test_a_fault_in_a_message_is_named_by_its_line(counter: Counter) -> None:
    counter.drop("E09000007/census.xml", CENSUS)
    counter.take_in()
    line = CENSUS[: CENSUS.index("<Child><ChildIdentifiers><LAchildID>LA2")].count("\n") + 1
    reports = [p.read_text() for p in (counter.desk.settings.reports / "E09000007").glob("*.csv")]
    assert any(f"census.xml [Child],{line},date_of_birth,bad_date" in r for r in reports)


def test_an_event_table_without_rows_says_nothing_happened(counter: Counter) -> None:
    counter.drop("E09000007/census.xml", CENSUS)
    counter.take_in()
    frame = counter.submissions().set_index("table_name")
    assert frame.loc["section47", "status"] == "loaded"
    assert frame.loc["section47", "rows_loaded"] == 0


def test_another_authoritys_census_is_refused(counter: Counter) -> None:
    counter.drop("E09000007/census.xml", CENSUS.replace("<LEA>202<", "<LEA>201<"))
    counter.take_in()
    frame = counter.submissions()
    assert set(frame.status) == {"rejected"}
    assert all("organisation codes" in reason for reason in frame.reason)


@pytest.mark.parametrize(
    "content",
    [
        CENSUS.replace("<Message>", '<!DOCTYPE m [<!ENTITY a "b">]><Message>', 1),
        CENSUS.replace(
            "<Message>", '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]><Message>', 1
        ),
        '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l "lol">'
        + "".join(f'<!ENTITY l{n} "{f"&l{n - 1 if n else str()};" * 10}">' for n in range(9))
        + "]><Message>&l8;</Message>",
    ],
    ids=["any doctype", "an external entity", "billion laughs"],
)
def test_a_message_with_a_document_type_is_refused(counter: Counter, content: str) -> None:
    counter.drop("E09000007/census.xml", content)
    counter.take_in()
    (row,) = counter.submissions().itertuples()
    assert row.status == "rejected"
    assert counter.issues() == {("xml_doctype", "", 0)}


def test_workbooks_and_messages_in_a_zip_come_in_and_come_back(counter: Counter) -> None:
    book = workbook(Contacts=[HEADING.split(","), ["C1", "R1", "CAM-OT", "2026-09-01", "01", "5"]])
    counter.drop("RAL/2026-09.zip", zipped(book__xlsx=book))
    counter.drop("E09000007/yearly.zip", zipped(census__xml=CENSUS.encode()))
    counter.take_in()
    before = counter.rows("csds__cyp201"), counter.rows("cin__child"), by_table(counter)
    assert before[0]
    assert before[1]
    for table in ("csds__cyp201", "cin__child", "loaded_unit"):
        counter.con.execute(f"DELETE FROM raw.{table}")
    counter.pick_up()
    assert (counter.rows("csds__cyp201"), counter.rows("cin__child"), by_table(counter)) == before


def test_a_corrected_census_replaces_only_the_tables_that_changed(counter: Counter) -> None:
    counter.drop("E09000007/census.xml", CENSUS)
    counter.take_in()
    later = CENSUS.replace("2026-06-01T09", "2026-06-02T09").replace("N2", "N4")
    counter.drop("E09000007/census.xml", later, at=60)
    counter.take_in()
    statuses = counter.submissions().groupby("table_name").status.apply(list)
    assert statuses["cin_details"] == ["loaded", "loaded"]
    assert statuses["child"] == ["loaded", "duplicate"]


def test_the_same_tables_from_csv_and_workbook_are_the_same_rows(counter: Counter) -> None:
    counter.drop("RAL/2026-09/contacts.csv", contacts(good(1), good(2)))
    counter.take_in()
    columns = "care_contact_id, contact_date, attendance_status"
    from_csv = counter.rows("csds__cyp201", columns)
    rows = [HEADING.split(","), *(good(n).split(",") for n in (1, 2))]
    counter.drop("RAL/2026-09/contacts.xlsx", workbook(Contacts=rows), at=60)
    counter.take_in()
    assert counter.rows("csds__cyp201", columns) == from_csv


def samples() -> list[Path]:
    return sorted(SAMPLES.glob("*")) if SAMPLES.is_dir() else []


@pytest.mark.skipif(not samples(), reason="the sample files of other makers are not here")
def test_every_sample_of_other_makers_is_taken_in_row_by_row(counter: Counter) -> None:
    """The census is another authority's, and older than the calendar: both are opened up for it."""
    partnership = counter.desk.partnership
    borough = "E09000007"
    organisations = tuple(
        o.model_copy(update={"aliases": ("201", "202")}) if o.code == borough else o
        for o in partnership.organisations
    )
    since = {"valid_from": date(2014, 10, 1)}
    own = partnership.model_copy(
        update={
            "organisations": organisations,
            "returns": tuple(r.model_copy(update=since) for r in partnership.returns),
        }
    )
    taking = Counter(replace(counter.desk, partnership=own), counter.con)
    for sample in samples():
        taking.drop(f"{borough}/{sample.name}", sample.read_bytes())
    taking.take_in()
    frame = taking.submissions()
    assert set(frame.status) == {"loaded"}, frame.reason.tolist()
    assert (frame.rows_read == frame.rows_loaded + frame.rows_quarantined).all()
    read = frame.set_index("table_name").rows_read
    assert (read["child"], read["header"], read["episodes"]) == (1, 5, 5)
    # two children with several births, on purpose: the first stands, the others are held
    assert ("duplicate_key", "child", 3) in taking.issues()
    assert ("column_extra", "", 1) in taking.issues()


@pytest.mark.skipif(not samples(), reason="the sample files of other makers are not here")
def test_as_they_are_the_samples_are_refused_with_the_right_reason(counter: Counter) -> None:
    for sample in samples():
        counter.drop(f"E09000007/{sample.name}", sample.read_bytes())
    counter.take_in()
    reasons = set(counter.submissions().reason)
    assert any("organisation codes are those of nobody" in r for r in reasons)
    assert any("No return of ssda903.header is agreed" in r for r in reasons)
