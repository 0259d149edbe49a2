"""The shipped contracts: whole, known by every spelling, and honest about identifiers."""

from __future__ import annotations

import re

import pytest

from orchestration.contracts.model import (
    CONTRACTS_FOLDER,
    Column,
    ColumnType,
    Contract,
    Identifiability,
    Requirement,
    normalise_header,
    shipped_catalogue,
)

CONTRACTS = list(shipped_catalogue().contracts.values())
COLUMNS = [(contract, column) for contract in CONTRACTS for column in contract.columns]
COLUMN_IDS = [f"{contract.table}.{column.name}" for contract, column in COLUMNS]
PERSON_IDENTIFYING = re.compile(
    r"nhs_number(_mother)?|.*(forename|surname|given_name|family_name|date_of_birth|date_of_death"
    r"|postcode|address|telephone|email).*|(former_)?upn"
)
LOCAL_IDS = ("local_patient_id", "service_request_id", "care_contact_id")


def contract(standard: str, table: str) -> Contract:
    return shipped_catalogue().contracts[standard, table]


def test_every_shipped_file_is_in_the_catalogue() -> None:
    files = {(p.parent.name, p.stem) for p in CONTRACTS_FOLDER.glob("*/*.yaml")}
    tables = {name for name in files if name[1] != "code_lists"}
    assert set(shipped_catalogue().contracts) == tables


def test_the_shipped_standards_are_the_national_and_the_local_one() -> None:
    assert shipped_catalogue().standards == ["csds", "local"]


def test_the_header_table_of_a_standard_comes_first() -> None:
    tables = [c.table for c in shipped_catalogue().tables("csds")]
    assert tables == ["cyp000", "cyp001", "cyp002", "cyp101", "cyp102", "cyp201"]


@pytest.mark.parametrize("found", CONTRACTS, ids=lambda c: c.table)
def test_every_table_with_more_than_one_row_has_a_key(found: Contract) -> None:
    assert found.is_header or found.key


@pytest.mark.parametrize("found", CONTRACTS, ids=lambda c: c.table)
def test_every_shipped_table_is_recognised_by_a_mandatory_column(found: Contract) -> None:
    assert found.mandatory


@pytest.mark.parametrize(
    ("table", "headings", "name"),
    [
        (
            "cyp201",
            ["CareContactID", "CARE CONTACT IDENTIFIER", "care_contact_id", "carecontactid"],
            "care_contact_id",
        ),
        (
            "cyp201",
            [
                "ConsMechanism",
                "CONSULTATION MECHANISM (COMMUNITY CARE)",
                "ConsultationMechanism",
                "Consultation_Mechanism",
            ],
            "consultation_mechanism",
        ),
        (
            "cyp201",
            ["AttendanceStatus", "ATTENDANCE STATUS", "ATTENDED OR DID NOT ATTEND CODE"],
            "attendance_status",
        ),
        (
            "cyp101",
            ["ReferralRequest_ReceivedDate", "REFERRAL REQUEST RECEIVED DATE"],
            "referral_request_received_date",
        ),
        ("cyp001", ["NHSNumber", "NHS NUMBER", "NHS No", "nhs-number"], "nhs_number"),
        ("cyp001", ["DateOfBirth", "PERSON BIRTH DATE", "DOB", "dob"], "date_of_birth"),
    ],
)
def test_national_dictionary_and_alias_names_are_one_column(
    table: str, headings: list[str], name: str
) -> None:
    found = {normalise_header(heading) for heading in headings}
    spelt = {normalise_header(s) for s in contract("csds", table).column(name).spellings}
    assert found <= spelt


@pytest.mark.parametrize(
    "text", ["CareContactID", "Care_Contact_Id", "CARE CONTACT ID", " care-contact-id "]
)
def test_a_heading_is_known_whatever_its_case_spaces_and_marks(text: str) -> None:
    assert normalise_header(text) == "carecontactid"


@pytest.mark.parametrize(("found", "column"), COLUMNS, ids=COLUMN_IDS)
def test_a_column_is_marked_as_identifying_a_person_exactly_when_it_does(
    found: Contract, column: Column
) -> None:
    is_marked = column.identifiable is Identifiability.PERSON
    assert is_marked == bool(PERSON_IDENTIFYING.fullmatch(column.name))


@pytest.mark.parametrize("name", LOCAL_IDS)
def test_a_number_of_the_senders_record_is_marked_wherever_it_stands(name: str) -> None:
    marks = {column.identifiable for _, column in COLUMNS if column.name == name}
    assert marks == {Identifiability.LOCAL_ID}


def test_every_nhs_number_is_read_as_one() -> None:
    numbers = [c for _, c in COLUMNS if re.fullmatch(r"nhs_number(_mother)?", c.name)]
    assert {c.type for c in numbers} == {ColumnType.NHS_NUMBER}


def test_only_a_blank_mandatory_value_can_reject_a_row() -> None:
    found = contract("csds", "cyp201")
    assert [c.name for c in found.mandatory] == [
        "care_contact_id",
        "service_request_id",
        "contact_date",
    ]


def test_every_key_column_of_the_activity_tables_is_mandatory() -> None:
    for table in ("cyp001", "cyp101", "cyp102", "cyp201"):
        found = contract("csds", table)
        assert {found.column(n).required for n in found.key} == {Requirement.MANDATORY}


def test_an_unknown_column_is_an_error() -> None:
    with pytest.raises(KeyError, match=r"csds\.cyp101 has no column shoe_size"):
        contract("csds", "cyp101").column("shoe_size")


@pytest.mark.parametrize(
    ("kind", "duckdb_type"),
    [
        (ColumnType.TEXT, "VARCHAR"),
        (ColumnType.CODE, "VARCHAR"),
        (ColumnType.NHS_NUMBER, "VARCHAR"),
        (ColumnType.FLAG, "VARCHAR"),
        (ColumnType.DATE, "DATE"),
        (ColumnType.DATETIME, "TIMESTAMP"),
        (ColumnType.TIME, "TIME"),
        (ColumnType.INTEGER, "BIGINT"),
    ],
)
def test_a_type_is_stored_so_that_nothing_of_it_is_lost(kind: ColumnType, duckdb_type: str) -> None:
    assert kind.duckdb_type == duckdb_type


def test_a_table_is_called_by_its_standard_and_name() -> None:
    assert contract("local", "person_index").raw_table == "local__person_index"


def test_the_codes_of_a_column_are_those_of_its_standard() -> None:
    found = contract("csds", "cyp201")
    codes = shipped_catalogue().codes(found, found.column("attendance_status"))
    assert codes is not None
    assert {c.code for c in codes.codes} == {"0", "2", "3", "4", "5", "6", "7"}


def test_a_column_without_a_code_list_has_no_codes() -> None:
    found = contract("csds", "cyp201")
    assert shipped_catalogue().codes(found, found.column("contact_date")) is None
