"""Every mistake a contract or code list can hold is named by file, line, field and reason.

`good/` is a small whole catalogue. A file of `bad/visit/` takes the place of its `visit.yaml` with
one mistake, a file of `bad/standard/` or `bad/code_lists/` that of its standard or code lists; each
mistake is named in one line.
"""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from orchestration.contracts.model import Catalogue, ContractError, Requirement

HERE = Path(__file__).parent
NAME_PATTERN = "String should match pattern '^[a-z][a-z0-9_]*$'"
VISIT_MISTAKES = [
    # what is there, what is missing
    ("unknown_field", 6, "owner", "Extra inputs are not permitted"),
    ("unknown_field_of_a_column", 27, "columns.3.length", "Extra inputs are not permitted"),
    ("missing_field", 18, "columns.2.description", "Field required"),
    ("field_given_twice", 6, "title", "given twice"),
    # values
    (
        "unknown_type",
        26,
        "columns.3.type",
        "Input should be 'text', 'code', 'date', 'datetime', 'time', 'integer',"
        " 'decimal', 'nhs_number' or 'flag'",
    ),
    (
        "unknown_requirement",
        22,
        "columns.2.required",
        "Input should be 'mandatory', 'required', 'optional' or 'pilot'",
    ),
    (
        "unknown_identifiability",
        12,
        "columns.0.identifiable",
        "Input should be 'none', 'local_id' or 'person'",
    ),
    (
        "unknown_kind_of_rule",
        32,
        "rules.0.kind",
        "Input should be 'not_before', 'not_after_period' or 'in_period'",
    ),
    (
        "unknown_group",
        28,
        "columns.3.group",
        "Input should be 'identity', 'demographic', 'activity', 'clinical', 'safeguarding',"
        " 'social_care', 'education', 'experience', 'staff' or 'free_text'",
    ),
    ("column_name_pattern", 24, "columns.3.name", NAME_PATTERN),
    ("rule_name_pattern", 31, "rules.0.id", NAME_PATTERN),
    # columns and their headings
    ("column_named_twice", 24, "columns.3.name", "two columns are called visit_date"),
    (
        "heading_ambiguous",
        24,
        "columns.3",
        "the heading visitdate names visit_date and attendance",
    ),
    ("unknown_code_list", 27, "columns.3.code_list", "there is no code list presence"),
    ("code_list_on_a_date", 23, "columns.2.code_list", "a code list needs type: code"),
    # key, rules, references
    ("unknown_column_in_key", 29, "key.1", "there is no column visit_number"),
    ("unknown_column_in_rule", 33, "rules.0.column", "there is no column visit_day"),
    ("unknown_other_in_rule", 34, "rules.0.other", "there is no column referral_day"),
    ("rule_on_a_code", 33, "rules.0.column", "attendance is not a date"),
    ("rule_against_a_code", 34, "rules.0.other", "attendance is not a date"),
    ("not_before_nothing", 31, "rules.0", "`other` belongs to not_before alone"),
    ("other_without_not_before", 31, "rules.0", "`other` belongs to not_before alone"),
    (
        "unknown_column_in_reference",
        37,
        "references.0.columns.0",
        "there is no column child_number",
    ),
    ("column_the_parent_lacks", 37, "references.0.columns.0", "child has no column visit_date"),
    ("unknown_table_in_reference", 38, "references.0.table", "there is no table parent"),
    # the file's own name
    ("standard_of_another_folder", 2, "standard", "the folder is called demo"),
    ("table_of_another_file", 3, "table", "the file is called visit"),
    # what was different in an earlier version
    (
        "difference_with_an_unknown_field",
        41,
        "differences.0.lacks",
        "Extra inputs are not permitted",
    ),
    ("difference_of_an_unknown_version", 40, "differences.0.version", "0.9 is no earlier version"),
    ("difference_of_the_newest_version", 40, "differences.0.version", "2.0 is no earlier version"),
    ("difference_told_twice", 50, "differences.1.version", "1.0 is told twice"),
    (
        "difference_without_an_unknown_column",
        41,
        "differences.0.without.0",
        "there is no column arrived_date",
    ),
    (
        "difference_changes_an_unknown_column",
        43,
        "differences.0.changed.seen_date",
        "there is no column seen_date",
    ),
    (
        "difference_changes_to_an_unknown_list",
        44,
        "differences.0.changed.attendance.code_list",
        "there is no code list presence",
    ),
    (
        "difference_changes_to_a_heading_in_use",
        40,
        "differences.0.version",
        "the heading attendance names visit_date and attendance",
    ),
    (
        "difference_also_a_column_there_is",
        47,
        "differences.0.also.0.name",
        "the newest version has attendance too",
    ),
    (
        "difference_also_with_an_unknown_list",
        50,
        "differences.0.also.0.code_list",
        "there is no code list places",
    ),
]
STANDARD_MISTAKES = [
    ("unknown_field", 6, "owner", "Extra inputs are not permitted"),
    ("missing_field", 2, "title", "Field required"),
    (
        "unknown_period",
        5,
        "period",
        "Input should be 'month', 'year_to_march' or 'calendar_year'",
    ),
    ("no_version", 6, "versions", "Tuple should have at least 1 item after validation, not 0"),
    ("version_without_source", 10, "versions.1.source", "Field required"),
    ("older_version_without_end", 10, "versions.1", "only the newest version is open-ended"),
    ("newer_version_without_start", 9, "versions.1", "only the newest version is open-ended"),
    ("versions_with_a_gap", 10, "versions.1", "1.0 does not end the day before 2.0"),
    ("versions_that_overlap", 10, "versions.1", "1.0 does not end the day before 2.0"),
    ("message_without_record", 13, "message.record", "Field required"),
    ("mark_without_value", 16, "message.mark.value", "Field required"),
    ("standard_of_another_folder", 2, "standard", "the folder is called demo"),
]
CODE_LIST_MISTAKES = [
    ("unknown_field", 4, "attendance.owner", "Extra inputs are not permitted"),
    ("missing_label", 5, "attendance.codes.0.label", "Field required"),
    ("code_that_is_a_number", 5, "attendance.codes.0.code", "Input should be a valid string"),
    ("list_without_codes", 4, "attendance.codes", "Input should be a valid tuple"),
    (
        "openness_in_words",
        4,
        "attendance.is_complete",
        "Input should be a valid boolean, unable to interpret input",
    ),
    (
        "unknown_meaning",
        7,
        "attendance.codes.0.means",
        "Input should be 'valid', 'other' or 'default'",
    ),
    ("code_listed_twice", 7, "attendance.codes.1", "the code 5 is listed twice"),
    (
        "ends_before_it_starts",
        10,
        "attendance.codes.1.valid_to",
        "code 3: valid_to is before valid_from",
    ),
]
UNREADABLE = [
    ("visit", "not_yaml", 30, "not YAML: expected ',' or ']', but got ':'"),
    ("visit", "empty", 1, "the file holds no mapping of fields"),
    ("code_lists", "empty", 1, "the file holds no mapping of fields"),
]


def message_about(tmp_path: Path, kind: str, name: str) -> str:
    """What loading says once a bad file has taken the place of the good one."""
    shutil.copytree(HERE / "good", tmp_path, dirs_exist_ok=True)
    shutil.copy(HERE / "bad" / kind / f"{name}.yaml", tmp_path / "demo" / f"{kind}.yaml")
    with pytest.raises(ContractError) as caught:
        Catalogue(tmp_path)
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "line", "field", "reason"), VISIT_MISTAKES, ids=[m[0] for m in VISIT_MISTAKES]
)
def test_a_mistake_in_a_contract_is_named_by_file_line_field_and_reason(
    tmp_path: Path, name: str, line: int, field: str, reason: str
) -> None:
    expected = f"demo/visit.yaml, line {line}: {field}: {reason}"
    assert message_about(tmp_path, "visit", name) == expected


@pytest.mark.parametrize(
    ("name", "line", "field", "reason"), STANDARD_MISTAKES, ids=[m[0] for m in STANDARD_MISTAKES]
)
def test_a_mistake_in_a_standard_is_named_by_file_line_field_and_reason(
    tmp_path: Path, name: str, line: int, field: str, reason: str
) -> None:
    expected = f"demo/standard.yaml, line {line}: {field}: {reason}"
    assert message_about(tmp_path, "standard", name) == expected


def test_a_table_without_its_standard_is_a_mistake(tmp_path: Path) -> None:
    shutil.copytree(HERE / "good", tmp_path, dirs_exist_ok=True)
    (tmp_path / "demo" / "standard.yaml").unlink()
    with pytest.raises(ContractError) as caught:
        Catalogue(tmp_path)
    assert str(caught.value) == ("demo/child.yaml, line 2: standard: demo/standard.yaml is missing")


@pytest.mark.parametrize(
    ("name", "line", "field", "reason"), CODE_LIST_MISTAKES, ids=[m[0] for m in CODE_LIST_MISTAKES]
)
def test_a_mistake_in_a_code_list_is_named_by_file_line_field_and_reason(
    tmp_path: Path, name: str, line: int, field: str, reason: str
) -> None:
    expected = f"demo/code_lists.yaml, line {line}: {field}: {reason}"
    assert message_about(tmp_path, "code_lists", name) == expected


@pytest.mark.parametrize(
    ("kind", "name", "line", "reason"), UNREADABLE, ids=[f"{m[0]}_{m[1]}" for m in UNREADABLE]
)
def test_a_file_that_holds_no_fields_is_named_by_line_and_reason(
    tmp_path: Path, kind: str, name: str, line: int, reason: str
) -> None:
    assert message_about(tmp_path, kind, name) == f"demo/{kind}.yaml, line {line}: {reason}"


def test_every_bad_file_has_its_expectation() -> None:
    named = {("visit", m[0]) for m in VISIT_MISTAKES}
    named |= {("standard", m[0]) for m in STANDARD_MISTAKES}
    named |= {("code_lists", m[0]) for m in CODE_LIST_MISTAKES} | {m[:2] for m in UNREADABLE}
    assert {(p.parent.name, p.stem) for p in (HERE / "bad").glob("*/*.yaml")} == named


def test_the_catalogue_the_bad_files_were_made_from_is_good() -> None:
    assert sorted(Catalogue(HERE / "good").contracts) == [("demo", "child"), ("demo", "visit")]


def test_a_code_that_returns_after_it_ended_may_be_listed_again(tmp_path: Path) -> None:
    shutil.copytree(HERE / "good", tmp_path, dirs_exist_ok=True)
    path = tmp_path / "demo" / "code_lists.yaml"
    again = '    - code: "3"\n      label: Did not come\n      valid_from: 2020-04-01\n'
    path.write_text(path.read_text(encoding="utf-8") + again, encoding="utf-8")
    assert len(Catalogue(tmp_path).code_lists["demo.attendance"].codes) == 3


def test_an_earlier_version_is_the_newest_but_for_its_differences() -> None:
    catalogue = Catalogue(HERE / "good")
    earlier = catalogue.contract_on("demo", "visit", date(2020, 3, 31))
    assert earlier is not None
    assert earlier.version == "1.0"
    assert [c.name for c in earlier.columns] == [
        "child_id",
        "visit_date",
        "attendance",
        "visit_place",
    ]
    changed = earlier.column("visit_date")
    assert (changed.national, changed.required) == ("Seen_Date", Requirement.REQUIRED)
    assert changed.aliases == ("Seen On",)
    assert earlier.key == ("child_id", "visit_date")
    assert earlier.rules == ()


def test_a_period_is_read_by_the_version_it_ends_in() -> None:
    catalogue = Catalogue(HERE / "good")
    ends = (date(2010, 1, 31), date(2020, 3, 31), date(2020, 4, 30), date(2030, 1, 31))
    found = [catalogue.contract_on("demo", "visit", end) for end in ends]
    assert [c.version for c in found if c] == ["1.0", "1.0", "2.0", "2.0"]


def test_a_table_absent_in_a_version_has_no_contract_in_it(tmp_path: Path) -> None:
    shutil.copytree(HERE / "good", tmp_path, dirs_exist_ok=True)
    path = tmp_path / "demo" / "visit.yaml"
    text = path.read_text(encoding="utf-8")
    text = text[: text.index("differences:")]
    path.write_text(text + 'differences:\n  - {version: "1.0", is_absent: true}\n', "utf-8")
    catalogue = Catalogue(tmp_path)
    assert catalogue.contract_on("demo", "visit", date(2020, 3, 31)) is None
    assert catalogue.contract_on("demo", "visit", date(2020, 4, 30)) is not None


def test_raw_holds_the_columns_of_every_version() -> None:
    found = Catalogue(HERE / "good").contracts["demo", "visit"]
    assert [c.name for c in found.all_columns] == [
        "child_id",
        "referred_date",
        "visit_date",
        "attendance",
        "visit_place",
    ]
