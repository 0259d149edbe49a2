"""Reading what partners send: spellings, dates, versions, and the rows that are held back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from .children import is_nhs_number
from .extracts import CONTRACTS, Landing, read_contract, read_landing, validate
from .terms import Terms
from .world import PARTNERSHIP, World, csv_text, write_folder, write_zip

APRIL = date(2024, 4, 1)
HEADER = ["1.6", "RV3", "RV3", "2024-04-01", "2024-04-30", "2024-05-10T09:00:00"]
REFERRAL = {
    "service_request_id": "r1",
    "local_patient_id": "1",
    "referral_request_received_date": "2024-04-05",
}


def read(root: Path) -> Landing:
    return read_landing(root, Terms(PARTNERSHIP))


def requests(landing: Landing, partner: str = "RV3") -> list[Any]:
    """The request numbers of April's referrals."""
    rows = landing.submissions[partner, "cyp101", APRIL].rows
    return [row["service_request_id"] for row in rows]


def held_back(table: str, *rows: dict[str, str]) -> dict[str, int]:
    """The reasons for which April's rows are held back."""
    return dict(validate(read_contract(CONTRACTS, table), list(rows), APRIL)[1])


# Deliveries


def test_a_folder_and_an_archive_hold_the_same(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.refer("r1", "CDT", "2024-04-05", partners=("RV3", "RKE"))
    write_folder(tmp_path / "RV3" / "2024-04", world.tables("RV3", APRIL))
    write_zip(tmp_path / "RKE" / "csds_2024-04.zip", world.tables("RKE", APRIL))
    landing = read(tmp_path)
    assert requests(landing, "RV3") == requests(landing, "RKE") == ["r1", "else"]


def test_the_header_says_the_month_whatever_the_folder_is_called(tmp_path: Path) -> None:
    rows = [["r1", "1", "2024-04-05", ""]]
    folder = tmp_path / "RV3" / "sent in 2024-05"
    write_folder(folder, {"CYP000Header": [HEADER], "CYP101Referral": rows})
    assert requests(read(tmp_path)) == ["r1"]


def test_without_a_header_the_folder_says_the_month(tmp_path: Path) -> None:
    write_folder(tmp_path / "RV3" / "2024-04", {"CYP101Referral": [["r1", "1", "2024-04-05", ""]]})
    assert requests(read(tmp_path)) == ["r1"]


def test_a_delivery_that_says_no_month_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "RV3" / "new", {"CYP101Referral": [["r1", "1", "2024-04-05", ""]]})
    assert read(tmp_path).refused == ["RV3 new: no reporting period"]


def test_a_table_the_partner_does_not_owe_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "RNK" / "2024-04", {"CYP101Referral": [["r1", "1", "2024-04-05", ""]]})
    assert read(tmp_path).refused == ["RNK 2024-04: cyp101 is not expected"]


def test_another_partners_extract_is_refused(tmp_path: Path) -> None:
    write_folder(tmp_path / "RKE" / "2024-04", {"CYP000Header": [HEADER]})
    assert read(tmp_path).refused == ["RKE 2024-04: belongs to another partner"]


def test_of_two_versions_of_a_month_the_one_made_later_wins(tmp_path: Path) -> None:
    later = [*HEADER[:-1], "2024-05-12T09:00:00"]
    for folder, header, request in (("a", later, "new"), ("b", HEADER, "old")):
        rows = [[request, "1", "2024-04-05", ""]]
        write_folder(tmp_path / "RV3" / folder, {"CYP000Header": [header], "CYP101Referral": rows})
    assert requests(read(tmp_path)) == ["new"]


def test_a_later_month_decides_what_a_referral_is(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.refer("r1", "CDT", "2024-01-08", rejected="2024-02-10")
    world.send("2024-01", "2024-02")
    assert [u.exclusion for u in world.outcome().units] == ["rejected"]


# Headings and texts


@pytest.mark.parametrize(
    "headings",
    [
        "ServiceRequestID,LocalPatientID,ReferralRequest_ReceivedDate",
        "SERVICE REQUEST IDENTIFIER,LOCAL PATIENT IDENTIFIER (EXTENDED),"
        "REFERRAL REQUEST RECEIVED DATE",
        "service_request_id,Local_Patient_ID,referral request received date",
        "Surprise,ServiceRequestID,LocalPatientID,ReferralRequest_ReceivedDate",
    ],
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_headings_are_known_by_any_of_their_names(tmp_path: Path, headings: str, mark: str) -> None:
    (tmp_path / "RV3" / "2024-04").mkdir(parents=True)
    path = tmp_path / "RV3" / "2024-04" / "CYP101Referral.csv"
    row = "x,r1,1,05/04/2024" if headings.startswith("Surprise") else "r1,1,05/04/2024"
    path.write_text(f"{mark}{headings}\r\n{row}\r\n", encoding="utf-8")
    assert requests(read(tmp_path)) == ["r1"]


def test_a_file_without_a_mandatory_column_is_refused(tmp_path: Path) -> None:
    (tmp_path / "RV3" / "2024-04").mkdir(parents=True)
    path = tmp_path / "RV3" / "2024-04" / "CYP101Referral.csv"
    path.write_text("ServiceRequestID,LocalPatientID\nr1,1\n", encoding="utf-8")
    assert read(tmp_path).refused == ["RV3 2024-04 CYP101Referral.csv: not recognised"]


def test_the_person_index_is_read_beside_the_national_tables(tmp_path: Path) -> None:
    folder = tmp_path / "E09000007" / "2024-04"
    folder.mkdir(parents=True)
    (folder / "person_index.csv").write_text("LAchildID,DOB\n7,01/02/2015\n", encoding="utf-8")
    terms = Terms(CONTRACTS.parent / "partnership" / "camden.yaml")
    landing = read_landing(tmp_path, terms)
    rows = landing.submissions["E09000007", "person_index", APRIL].rows
    assert rows[0]["date_of_birth"] == date(2015, 2, 1)


def test_a_made_extract_has_the_national_headings() -> None:
    assert csv_text("CYP101Referral", []).startswith("ServiceRequestID,LocalPatientID,")


# Rows held back


def test_a_row_that_holds_is_kept() -> None:
    assert held_back("cyp101", REFERRAL) == {}


@pytest.mark.parametrize("name", list(REFERRAL))
def test_a_blank_mandatory_value_holds_a_row_back(name: str) -> None:
    assert held_back("cyp101", REFERRAL | {name: ""}) == {f"{name} is blank": 1}


@pytest.mark.parametrize(
    "text", ["31/02/2024", "2024-04-31", "04/13/2024", "5 April 2024", "45387", "1024-04-05"]
)
def test_a_bad_date_holds_a_row_back(text: str) -> None:
    row = REFERRAL | {"discharge_letter_issued_date": text}
    assert held_back("cyp101", row) == {"discharge_letter_issued_date is not a date": 1}


@pytest.mark.parametrize("text", ["2024-04-06", "06/04/2024", "2024-04-06 00:00:00"])
def test_a_date_may_be_iso_or_day_first(text: str) -> None:
    assert held_back("cyp101", REFERRAL | {"discharge_letter_issued_date": text}) == {}


@pytest.mark.parametrize("text", ["4.0E+09", "943476591", "94347659190", "943476591a"])
def test_a_bad_nhs_number_holds_a_row_back(text: str) -> None:
    row = {"local_patient_id": "1", "org_id_local_patient_id": "RV3", "nhs_number": text}
    assert held_back("cyp001", row) == {"nhs_number is not a nhs_number": 1}


@pytest.mark.parametrize("text", ["943 476 5919", "943-476-5919", "9434765918"])
def test_ten_digits_are_kept_even_when_the_last_is_wrong(text: str) -> None:
    row = {"local_patient_id": "1", "org_id_local_patient_id": "RV3", "nhs_number": text}
    assert held_back("cyp001", row) == {}


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"referral_request_received_date": "2024-05-01"}, "received_after_period"),
        ({"discharge_date": "2024-04-04"}, "discharged_before_received"),
        ({"discharge_date": "2024-05-01"}, "discharged_after_period"),
    ],
)
def test_dates_out_of_order_hold_a_row_back(changes: dict[str, str], reason: str) -> None:
    assert held_back("cyp101", REFERRAL | changes) == {reason: 1}


@pytest.mark.parametrize(
    ("day", "reasons"),
    [
        ("2024-03-31", {"contact_outside_period": 1}),
        ("2024-04-01", {}),
        ("2024-04-30", {}),
        ("2024-05-01", {"contact_outside_period": 1}),
    ],
)
def test_a_contact_belongs_to_its_month(day: str, reasons: dict[str, int]) -> None:
    row = {"care_contact_id": "c1", "service_request_id": "r1", "contact_date": day}
    assert held_back("cyp201", row) == reasons


def test_of_rows_with_one_key_only_the_first_is_kept() -> None:
    later = REFERRAL | {"local_patient_id": "2"}
    assert held_back("cyp101", REFERRAL, later, later) == {"duplicate key": 2}


def test_a_row_held_back_does_not_hold_back_the_next_of_its_key() -> None:
    bad = REFERRAL | {"discharge_date": "never"}
    assert held_back("cyp101", bad, REFERRAL) == {"discharge_date is not a date": 1}


def test_a_person_held_back_leaves_the_child_of_unknown_age(tmp_path: Path) -> None:
    world = World(tmp_path)
    world.child("1", born="1990-01-01", nhs_number="4.0E+09")
    world.refer("r1", "CDT", "2024-01-08")
    world.send("2024-01", "2024-02")
    assert [u.exclusion for u in world.outcome().units] == [None]


@pytest.mark.parametrize(
    ("number", "is_valid"),
    [
        ("9434765919", True),
        ("4010232137", True),
        ("9434765918", False),
        ("9434765190", False),
        ("0000000010", False),  # its remainder is 1, for which there is no last digit
        ("943476591", False),
        ("943476591a", False),
    ],
)
def test_an_nhs_number_is_checked_modulo_11(number: str, is_valid: bool) -> None:
    assert is_nhs_number(number) is is_valid
