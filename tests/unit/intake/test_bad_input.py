"""The bad-input table: each kind gets its error, and nothing else of the file is lost."""

from __future__ import annotations

import io
import zipfile

import pytest

from tests.unit.intake.conftest import Counter

HEADING = "CareContactID,ServiceRequestID,TeamID_Local,Contact_Date,ConsMechanism,AttendanceStatus"
GOOD = "C{n},R{n},CAM-OT,2026-09-0{n},01,5"


def contacts(*lines: str, end: str = "\n", heading: str = HEADING) -> str:
    return end.join([heading, *lines, ""])


def good(n: int) -> str:
    return GOOD.format(n=n)


def loaded_ids(counter: Counter) -> list[object]:
    return [row[0] for row in counter.rows("csds__cyp201", "care_contact_id")]


def only(counter: Counter) -> object:
    (row,) = counter.submissions().itertuples()
    return row


HELD_BACK = {
    "31 February": ("C2,R2,CAM-OT,31/02/2026,01,5", "bad_date", "contact_date"),
    "day and month swapped": ("C2,R2,CAM-OT,09/25/2026,01,5", "bad_date", "contact_date"),
    "a year nobody meant": ("C2,R2,CAM-OT,0026-09-02,01,5", "bad_date", "contact_date"),
    "a time that is not midnight behind a day": (
        "C2,R2,CAM-OT,2026-09-02 10:30,01,5",
        "bad_date",
        "contact_date",
    ),
    "a future contact": ("C2,R2,CAM-OT,2026-12-02,01,5", "contact_outside_period", "contact_date"),
    "a contact of an earlier month": (
        "C2,R2,CAM-OT,2026-08-31,01,5",
        "contact_outside_period",
        "contact_date",
    ),
    "a blank mandatory value": (
        "C2, ,CAM-OT,2026-09-02,01,5",
        "mandatory_blank",
        "service_request_id",
    ),
    "a formula cell": ("C2,R2,=cmd|' /C calc'!A0,2026-09-02,01,5", "formula_cell", "team_id_local"),
    "a NUL byte": ("C2,R2,CAM\0OT,2026-09-02,01,5", "nul_byte", "team_id_local"),
    "too few values": ("C2,R2,CAM-OT", "too_few_values", ""),
    "too many values": ("C2,R2,CAM-OT,2026-09-02,01,5,7,8", "too_many_values", ""),
    "a quote never closed": ('C2,"R2,CAM-OT,2026-09-02,01,5', "broken_quote", ""),
    "a quote inside a quoted value": ('C2,"R"2,CAM-OT,2026-09-02,01,5', "broken_quote", ""),
    "a line of two megabytes": (
        f"C2,{'x' * 2_000_000},CAM-OT,2026-09-02,01,5",
        "line_too_long",
        "",
    ),
    "a repeated key": (
        "C1,R1,CAM-OT,2026-09-02,01,5",
        "duplicate_key",
        "service_request_id,care_contact_id",
    ),
}


@pytest.mark.parametrize("kind", HELD_BACK)
def test_a_bad_row_is_held_back_with_its_reason_and_the_rest_is_loaded(
    counter: Counter, kind: str
) -> None:
    line, rule, column = HELD_BACK[kind]
    counter.drop("RAL/2026-09/contacts.csv", contacts(good(1), line, good(3), good(4)))
    counter.take_in()
    row = only(counter)
    assert (row.status, row.rows_read, row.rows_loaded, row.rows_quarantined) == ("loaded", 4, 3, 1)
    assert loaded_ids(counter) == ["C1", "C3", "C4"]
    assert (rule, column, 1) in counter.issues()
    report = next(counter.desk.settings.reports.glob("RAL/*.csv")).read_text()
    assert f"contacts.csv,3,{column},{rule}" in report.replace('"', "")
    assert (counter.desk.settings.quarantine / f"{row.ledger_id}.csv.age").exists()


def test_an_nhs_number_a_spreadsheet_changed_is_held_back(counter: Counter) -> None:
    text = (
        "LocalPatientID,NHSNumber,DateOfBirth\n"
        "A1,999 000 0018,2016-01-01\nA2,4.0E+09,2016-01-01\nA3,,2016-01-01\nA4,999000002,2016-01-01\n"
    )
    counter.drop("RNK/2026-09/index.csv", text)
    counter.take_in()
    assert counter.rows("local__person_index", "local_patient_id, nhs_number") == [
        ("A1", "9990000018"),
        ("A3", None),
    ]
    assert ("bad_nhs_number", "nhs_number", 2) in counter.issues()


def test_a_wrong_check_digit_warns_and_is_kept(counter: Counter) -> None:
    text = (
        "LocalPatientID,NHSNumber,DateOfBirth\nA1,9990000018,2016-01-01\nA2,9990000019,2016-01-01\n"
    )
    counter.drop("RNK/2026-09/index.csv", text)
    counter.take_in()
    assert len(counter.rows("local__person_index")) == 2
    assert ("nhs_number_check_digit", "nhs_number", 1) in counter.issues()


def test_an_unknown_national_code_warns_and_is_kept(counter: Counter) -> None:
    counter.drop("RAL/2026-09/c.csv", contacts(good(1), "C2,R2,CAM-OT,2026-09-02,77,5"))
    counter.take_in()
    assert ("C2", "77") in counter.rows("csds__cyp201", "care_contact_id, consultation_mechanism")
    assert ("unknown_code", "consultation_mechanism", 1) in counter.issues()


@pytest.mark.parametrize(
    ("encoding", "heading_mark"),
    [("utf-8", ""), ("utf-8-sig", ""), ("utf-16", ""), ("cp1252", ""), ("utf-16-be", "\ufeff")],
)
def test_names_with_accents_survive_every_encoding(
    counter: Counter, encoding: str, heading_mark: str
) -> None:
    text = f"{heading_mark}LocalPatientID,DateOfBirth,Surname\nA1,2016-01-01,Müller-Çelik\n"
    counter.drop("RNK/2026-09/index.csv", text.encode(encoding))
    counter.take_in()
    assert counter.rows("local__person_index", "surname") == [("Müller-Çelik",)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(counter: Counter, end: str) -> None:
    counter.drop("RAL/2026-09/c.csv", contacts(good(1), good(2), end=end))
    counter.take_in()
    assert loaded_ids(counter) == ["C1", "C2"]


def test_mixed_line_ends_and_blank_lines_lose_nothing(counter: Counter) -> None:
    counter.drop("RAL/2026-09/c.csv", f"{HEADING}\r\n{good(1)}\n\n{good(2)}\r\n\r\n{good(3)}")
    counter.take_in()
    assert loaded_ids(counter) == ["C1", "C2", "C3"]


def test_a_value_over_two_lines_is_one_value(counter: Counter) -> None:
    counter.drop("RAL/2026-09/c.csv", contacts(good(1), 'C2,R2,"CAM\nOT",2026-09-02,01,5', "C3,R3"))
    counter.take_in()
    assert ("C2", "CAM\nOT") in counter.rows("csds__cyp201", "care_contact_id, team_id_local")
    report = next(counter.desk.settings.reports.glob("RAL/*.csv")).read_text()
    assert "c.csv,5,,too_few_values" in report


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_told_by_the_heading(counter: Counter, delimiter: str) -> None:
    counter.drop("RAL/2026-09/c.csv", contacts(good(1), good(2)).replace(",", delimiter))
    counter.take_in()
    assert loaded_ids(counter) == ["C1", "C2"]


def test_dictionary_and_alias_names_are_the_same_columns(counter: Counter) -> None:
    heading = (
        "CARE CONTACT IDENTIFIER,SERVICE REQUEST IDENTIFIER,CARE PROFESSIONAL TEAM LOCAL IDENTIFIER,"
        "CARE CONTACT DATE,ConsultationMechanism,ATTENDED OR DID NOT ATTEND CODE"
    )
    counter.drop("RAL/2026-09/c.csv", contacts(good(1), heading=heading))
    counter.take_in()
    assert counter.rows("csds__cyp201", "care_contact_id, attendance_status") == [("C1", "5")]


def test_two_hundred_columns_are_named_as_extra_and_the_rest_is_loaded(counter: Counter) -> None:
    heading = HEADING + "".join(f",Extra{n}" for n in range(200))
    counter.drop("RAL/2026-09/c.csv", contacts(good(1) + ",x" * 200, heading=heading))
    counter.take_in()
    assert loaded_ids(counter) == ["C1"]
    assert ("column_extra", "", 200) in counter.issues()


REFUSED = {
    "a missing mandatory column": (
        "CareContactID,ServiceRequestID,AttendanceStatus\nC1,R1,5\n",
        "Contact_Date",
    ),
    "columns of no table": ("colour,shape\nred,round\n", "no table we know"),
    "no heading": ("hello\n", "no column names"),
    "nothing at all": ("", "no column names"),
    "only a heading": (HEADING + "\n", "no rows"),
    "no valid row": (contacts("C1,R1,CAM-OT,31/02/2026,01,5"), "No row of the file is valid"),
    "a column named twice": (
        contacts(good(1) + ",5", heading=HEADING + ",AttendanceStatus"),
        "named twice",
    ),
    "random bytes": (bytes(range(256)) * 40, ""),
    "utf-16 cut in the middle of a letter": (contacts(good(1)).encode("utf-16")[:-3], ""),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_cannot_stand_is_refused_and_what_was_there_stays(
    counter: Counter, kind: str
) -> None:
    content, reason = REFUSED[kind]
    counter.drop("RAL/2026-09/first.csv", contacts(good(1), good(2)))
    counter.take_in()
    counter.drop("RAL/2026-09/second.csv", content)
    counter.take_in()
    assert loaded_ids(counter) == ["C1", "C2"]
    refused = counter.submissions().query("file_name.str.contains('second')").iloc[0]
    assert refused.status == "rejected"
    assert reason in refused.reason
    assert (counter.desk.settings.archive / f"{refused.archive_sha256}.age").exists()
    assert not list(counter.desk.settings.landing.rglob("*.csv"))


def header(provider: str = "RAL", start: str = "2026-09-01", end: str = "2026-09-30") -> str:
    return (
        "Version,OrgID_Provider,OrgID_Submitter,RP_StartDate,RP_EndDate,FileCreation_DateTime\n"
        f"1.6,{provider},{provider},{start},{end},2026-10-08T09:00:00\n"
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (header(provider="RKE"), "those of RKE, not RAL's"),
        (header(provider="XYZ"), "nobody in the partnership"),
        (header(end="2026-09-29"), "not one calendar month"),
        (header(start="2026-10-01", end="2026-10-31"), "not past"),
        (header(end="30/02/2026"), "cannot be read"),
        (header() + header().splitlines()[1], "exactly one row"),
    ],
)
def test_a_wrong_header_table_refuses_the_files_beside_it(
    counter: Counter, text: str, reason: str
) -> None:
    counter.drop("RAL/2026-09/header.csv", text)
    counter.drop("RAL/2026-09/contacts.csv", contacts(good(1)))
    counter.take_in()
    frame = counter.submissions()
    assert set(frame.status) == {"rejected"}
    assert frame.reason.str.contains(reason).any()
    assert loaded_ids(counter) == []


def test_a_file_without_header_table_or_month_in_its_name_is_refused(counter: Counter) -> None:
    counter.drop("RAL/contacts.csv", contacts(good(1)))
    counter.take_in()
    assert "YYYY-MM" in only(counter).reason


def test_a_table_not_agreed_with_the_partner_is_refused(counter: Counter) -> None:
    counter.drop("RNK/2026-09/contacts.csv", contacts(good(1)))
    counter.take_in()
    assert "No return of csds.cyp201 is agreed with RNK" in only(counter).reason


def zipped(members: dict[str, bytes], **options: int) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def test_a_zip_is_taken_in_member_by_member(counter: Counter) -> None:
    content = zipped({"h.csv": header().encode(), "c.csv": contacts(good(1)).encode()})
    counter.drop("RAL/september.zip", content)
    counter.take_in()
    assert loaded_ids(counter) == ["C1"]
    assert list(counter.submissions().status) == ["loaded", "loaded"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zipped({"bomb.csv": b"0" * 50_000_000}), "times its size"),
        (zipped({"../../escape.csv": contacts(good(1)).encode()}), "outside itself"),
        (zipped({"/etc/escape.csv": contacts(good(1)).encode()}), "outside itself"),
        (zipped({"inner.zip": zipped({"c.csv": b"x"})}), "another ZIP"),
        (zipped({}), "empty"),
        (b"PK\x03\x04 not a zip", "cannot be read"),
        (zipped({f"{n}.csv": b"x" for n in range(501)}), "500 is the limit"),
    ],
)
def test_a_dangerous_or_broken_zip_is_refused(
    counter: Counter, content: bytes, reason: str
) -> None:
    counter.drop("RAL/2026-09.zip", content)
    counter.take_in()
    row = only(counter)
    assert row.status == "rejected"
    assert reason in row.reason
    assert not list(counter.desk.settings.home.rglob("escape.csv"))


def test_no_value_of_a_bad_row_reaches_the_report_or_the_ledger(counter: Counter) -> None:
    text = (
        "LocalPatientID,NHSNumber,DateOfBirth,Surname\n"
        "LOCAL77,4.0E+09,31/02/2016,Quixotesdottir\nA2,9990000018,2016-01-01,Okay\n"
    )
    counter.drop("RNK/2026-09/index.csv", text)
    counter.take_in()
    seen = "".join(p.read_text() for p in counter.desk.settings.reports.rglob("*") if p.is_file())
    seen += counter.submissions().to_csv() + counter.desk.ledger.frame("submission_issue").to_csv()
    for value in ("LOCAL77", "4.0E+09", "31/02/2016", "Quixotesdottir"):
        assert value not in seen
