"""The shipped contracts: whole, known by every spelling, and honest about identifiers."""

from __future__ import annotations

import re
from datetime import date

import pytest

from orchestration.contracts.model import (
    CONTRACTS_FOLDER,
    Column,
    ColumnGroup,
    ColumnType,
    Contract,
    Identifiability,
    Requirement,
    normalise_header,
    shipped_catalogue,
)

CONTRACTS = list(shipped_catalogue().contracts.values())
COLUMNS = [(contract, column) for contract in CONTRACTS for column in contract.columns]
COLUMN_IDS = [f"{contract.raw_table}.{column.name}" for contract, column in COLUMNS]
PERSON_IDENTIFYING = re.compile(
    r"nhs_number(_mother)?|.*(forename|surname|given_name|family_name|date_of_birth|date_of_death"
    r"|postcode|address|telephone|email).*|(former_)?upn|uln"
)
LOCAL_IDS = (
    "local_patient_id",
    "la_child_id",
    "child",
    "person_id",
    "service_request_id",
    "care_contact_id",
    "care_activity_id",
    "plan_id",
    "goal_id",
    "care_professional_id_local",
    "staff_ref",
)


def contract(standard: str, table: str) -> Contract:
    return shipped_catalogue().contracts[standard, table]


def test_every_shipped_file_is_in_the_catalogue() -> None:
    files = {(p.parent.name, p.stem) for p in CONTRACTS_FOLDER.glob("*/*.yaml")}
    tables = {name for name in files if name[1] not in ("code_lists", "standard")}
    assert set(shipped_catalogue().contracts) == tables


def test_the_shipped_standards_are_those_the_partners_send() -> None:
    assert {name: s.period.value for name, s in shipped_catalogue().standards.items()} == {
        "cin": "year_to_march",
        "csds": "month",
        "local": "month",
        "mhsds": "month",
        "sen2": "calendar_year",
        "ssda903": "year_to_march",
    }


@pytest.mark.parametrize("standard", ["csds", "mhsds"])
def test_the_header_table_of_a_standard_comes_first(standard: str) -> None:
    first, *others = shipped_catalogue().tables(standard)
    assert first.is_header
    assert not any(c.is_header for c in others)


@pytest.mark.parametrize("standard", ["csds", "mhsds"])
def test_a_header_table_says_what_the_rows_belong_to_by_the_same_names(standard: str) -> None:
    header = shipped_catalogue().tables(standard)[0]
    wanted = ("org_id_provider", "rp_start_date", "rp_end_date", "file_creation_date_time")
    assert {header.column(name).required for name in wanted} == {Requirement.MANDATORY}


@pytest.mark.parametrize("found", CONTRACTS, ids=lambda c: c.raw_table)
def test_every_table_with_more_than_one_row_has_a_key(found: Contract) -> None:
    assert found.is_header or found.key


@pytest.mark.parametrize("found", CONTRACTS, ids=lambda c: c.raw_table)
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


@pytest.mark.parametrize("standard", sorted(shipped_catalogue().standards))
def test_a_name_means_one_group_within_a_standard(standard: str) -> None:
    groups: dict[str, set[str]] = {}
    for found in shipped_catalogue().tables(standard):
        for column in found.columns:
            groups.setdefault(column.name, set()).add(column.sharing_group.value)
    assert {name: each for name, each in groups.items() if len(each) > 1} == {}


def test_what_people_wrote_is_shared_only_as_free_text() -> None:
    written = re.compile(r"(comment|learning|action|.*_summary|.*_text)")
    found = {c.name: c.sharing_group for _, c in COLUMNS if written.fullmatch(c.name)}
    assert set(found.values()) == {ColumnGroup.FREE_TEXT}
    assert len(found) == 6


@pytest.mark.parametrize("table", ["fft_response", "confidence_response"])
def test_an_answer_of_a_family_names_no_child(table: str) -> None:
    found = contract("local", table)
    assert not {c.name for c in found.columns} & {"local_patient_id", "service_request_id"}
    assert all(c.identifiable is not Identifiability.PERSON for c in found.columns)


def test_a_code_list_is_used_by_a_column() -> None:
    used = {f"{f.standard}.{c.code_list}" for f, c in COLUMNS if c.code_list}
    for found in shipped_catalogue().every_version():
        used |= {f"{found.standard}.{c.code_list}" for c in found.columns if c.code_list}
    assert set(shipped_catalogue().code_lists) == used


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


@pytest.mark.parametrize(
    ("standard", "table"),
    [
        *(("csds", table) for table in ("cyp001", "cyp101", "cyp102", "cyp201", "cyp202")),
        *(("mhsds", table) for table in ("mhs001", "mhs101", "mhs102", "mhs201", "mhs202")),
        *(("cin", table) for table in ("child", "cin_details", "assessment", "cp_review")),
        *(("ssda903", table) for table in ("header", "episodes", "reviews", "oc2")),
        *(("sen2", table) for table in ("person", "request", "assessment")),
        *(("local", table) for table in ("person_index", "goal", "goal_rating")),
    ],
)
def test_every_key_column_of_the_main_tables_is_mandatory(standard: str, table: str) -> None:
    found = contract(standard, table)
    assert {found.column(n).required for n in found.key} == {Requirement.MANDATORY}


@pytest.mark.parametrize("name", sorted(shipped_catalogue().code_lists))
def test_a_list_held_in_part_is_open(name: str) -> None:
    found = shipped_catalogue().code_lists[name]
    assert found.codes
    if re.search(r"\bpart\b|values not held", found.source):
        assert not found.is_complete


def test_what_cannot_be_attributed_is_kept_and_counted() -> None:
    """A goal without a team, or a card without an answer, must not vanish from the figures."""
    goal, answer = contract("local", "goal"), contract("local", "fft_response")
    assert [c.name for c in goal.mandatory] == ["goal_id", "local_patient_id"]
    assert [c.name for c in answer.mandatory] == ["fft_response_id", "response_date"]


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
        (ColumnType.DECIMAL, "DOUBLE"),
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


@pytest.mark.parametrize(
    ("standard", "table", "name"),
    [
        ("csds", "cyp201", "consultation_mechanism"),
        ("mhsds", "mhs201", "consultation_mechanism"),
    ],
)
def test_the_medium_of_an_earlier_version_has_its_own_codes(
    standard: str, table: str, name: str
) -> None:
    catalogue = shipped_catalogue()
    found = []
    for end in (date(2022, 12, 31), date(2026, 6, 30)):
        dated = catalogue.contract_on(standard, table, end)
        assert dated is not None
        codes = catalogue.codes(dated, dated.column(name))
        assert codes is not None
        found.append({c.code for c in codes.codes})
    before, now = found
    assert "03" in before - now
    assert "11" in now - before


def test_the_same_thing_has_the_same_name_in_both_health_standards() -> None:
    shared = {
        ("cyp001", "mhs001"): {"local_patient_id", "nhs_number", "date_of_birth", "postcode"},
        ("cyp101", "mhs101"): {
            "service_request_id",
            "local_patient_id",
            "referral_request_received_date",
            "source_of_referral",
            "primary_referral_reason",
            "discharge_date",
        },
        ("cyp102", "mhs102"): {
            "service_request_id",
            "team_id_local",
            "team_type",
            "referral_closure_date",
            "referral_rejection_date",
        },
        ("cyp201", "mhs201"): {
            "care_contact_id",
            "service_request_id",
            "team_id_local",
            "contact_date",
            "consultation_mechanism",
            "attendance_status",
        },
        ("cyp609", "mhs606"): {"snomed_id", "score", "assessment_completion_date"},
    }
    for (community, mental), names in shared.items():
        assert names <= {c.name for c in contract("csds", community).columns}
        assert names <= {c.name for c in contract("mhsds", mental).columns}
