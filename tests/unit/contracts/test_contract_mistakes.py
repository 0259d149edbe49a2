"""Every mistake a contract or code list can hold is named by file, line, field and reason.

`good/` is a small whole catalogue. A file of `bad/visit/` takes the place of its `visit.yaml` with
one mistake, a file of `bad/code_lists/` that of its code lists; each mistake is named in one line.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestration.contracts.model import Catalogue, ContractError

HERE = Path(__file__).parent
NAME_PATTERN = "String should match pattern '^[a-z][a-z0-9_]*$'"
VISIT_MISTAKES = [
    # what is there, what is missing
    ("unknown_field", 6, "owner", "Extra inputs are not permitted"),
    ("unknown_field_of_a_column", 29, "columns.3.length", "Extra inputs are not permitted"),
    ("missing_field", 20, "columns.2.description", "Field required"),
    ("field_given_twice", 6, "title", "given twice"),
    # values
    (
        "unknown_type",
        28,
        "columns.3.type",
        "Input should be 'text', 'code', 'date', 'datetime', 'time', 'integer', 'nhs_number'"
        " or 'flag'",
    ),
    (
        "unknown_requirement",
        24,
        "columns.2.required",
        "Input should be 'mandatory', 'required', 'optional' or 'pilot'",
    ),
    (
        "unknown_identifiability",
        14,
        "columns.0.identifiable",
        "Input should be 'none', 'local_id' or 'person'",
    ),
    (
        "unknown_kind_of_rule",
        34,
        "rules.0.kind",
        "Input should be 'not_before', 'not_after_period' or 'in_period'",
    ),
    ("column_name_pattern", 26, "columns.3.name", NAME_PATTERN),
    ("rule_name_pattern", 33, "rules.0.id", NAME_PATTERN),
    ("period_of_a_year", 8, "period", "String should match pattern '^(month)$'"),
    # columns and their headings
    ("column_named_twice", 26, "columns.3.name", "two columns are called visit_date"),
    (
        "heading_ambiguous",
        26,
        "columns.3",
        "the heading visitdate names visit_date and attendance",
    ),
    ("unknown_code_list", 29, "columns.3.code_list", "there is no code list presence"),
    ("code_list_on_a_date", 25, "columns.2.code_list", "a code list needs type: code"),
    # key, rules, references
    ("unknown_column_in_key", 31, "key.1", "there is no column visit_number"),
    ("unknown_column_in_rule", 35, "rules.0.column", "there is no column visit_day"),
    ("unknown_other_in_rule", 36, "rules.0.other", "there is no column referral_day"),
    ("rule_on_a_code", 35, "rules.0.column", "attendance is not a date"),
    ("rule_against_a_code", 36, "rules.0.other", "attendance is not a date"),
    ("not_before_nothing", 33, "rules.0", "`other` belongs to not_before alone"),
    ("other_without_not_before", 33, "rules.0", "`other` belongs to not_before alone"),
    (
        "unknown_column_in_reference",
        39,
        "references.0.columns.0",
        "there is no column child_number",
    ),
    ("column_the_parent_lacks", 39, "references.0.columns.0", "child has no column visit_date"),
    ("unknown_table_in_reference", 40, "references.0.table", "there is no table parent"),
    # the file's own name
    ("standard_of_another_folder", 2, "standard", "the folder is called demo"),
    ("table_of_another_file", 3, "table", "the file is called visit"),
]
CODE_LIST_MISTAKES = [
    ("unknown_field", 4, "attendance.owner", "Extra inputs are not permitted"),
    ("missing_label", 5, "attendance.codes.0.label", "Field required"),
    ("code_that_is_a_number", 5, "attendance.codes.0.code", "Input should be a valid string"),
    ("list_without_codes", 4, "attendance.codes", "Input should be a valid tuple"),
    ("code_listed_twice", 7, "attendance.codes.1", "the code 5 is listed twice"),
    (
        "ends_before_it_starts",
        10,
        "attendance.codes.1.valid_to",
        "code 3: valid_to is before valid_from",
    ),
]
UNREADABLE = [
    ("visit", "not_yaml", 32, "not YAML: expected ',' or ']', but got ':'"),
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
