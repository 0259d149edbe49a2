"""Every mistake a file of suites can hold is named by file, line, field and reason.

Each file of `bad/` is `good/csds/cyp201.yaml` with one mistake, each of `bad_common/` is
`good/common.yaml` with one.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from expectations.located import SuiteError
from expectations.suite import load_suite

HERE = Path(__file__).parent
IN_TABLE = [
    # what is there, what is missing
    ("unknown_field", 10, "expectations.0.mostly", "Extra inputs are not permitted"),
    ("unknown_field_at_the_top", 3, "owner", "Extra inputs are not permitted"),
    ("unknown_kwarg", 8, "expectations.0.kwargs.mostly", "Extra inputs are not permitted"),
    ("unknown_meta", 12, "expectations.0.meta.owner", "Extra inputs are not permitted"),
    ("missing_note", 10, "expectations.0.meta.note", "Field required"),
    ("missing_category", 10, "expectations.0.meta.category", "Field required"),
    ("missing_severity", 6, "expectations.0.severity", "Field required"),
    (
        "no_expectations",
        3,
        "expectations",
        "Tuple should have at least 1 item after validation, not 0",
    ),
    ("field_given_twice", 10, "severity", "given twice"),
    # values
    ("empty_note", 12, "expectations.0.meta.note", r"String should match pattern '\S'"),
    ("parent_without_reason", 4, "parents.cyp101", r"String should match pattern '\S'"),
    (
        "unknown_category",
        11,
        "expectations.0.meta.category",
        "Input should be 'conformance', 'completeness' or 'plausibility'",
    ),
    ("unknown_severity", 9, "expectations.0.severity", "Input should be 'warning' or 'critical'"),
    (
        "unknown_type",
        7,
        "expectations.0.type",
        "Input should be 'expect_column_values_to_be_between'",
    ),
    ("limit_as_text", 8, "expectations.0.kwargs.max_value", "Input should be a valid number"),
    ("limit_without_end", 8, "expectations.0.kwargs.max_value", "Input should be a finite number"),
    (
        "negative_min_rows",
        19,
        "expectations.1.meta.min_rows",
        "Input should be greater than or equal to 0",
    ),
    (
        "bad_id",
        13,
        "expectations.1.id",
        r"String should match pattern '^[a-z][a-z0-9_]*(\{parent\}[a-z_]*)?$'",
    ),
    # what does not fit together
    ("no_limit", 8, "expectations.0.kwargs", "neither min_value nor max_value"),
    ("limits_out_of_order", 15, "expectations.1.kwargs", "min_value is above max_value"),
    (
        "unknown_statistic",
        8,
        "expectations.0.kwargs.column",
        "the profile has no statistic mising__attendance_status",
    ),
    (
        "statistic_of_no_column",
        8,
        "expectations.0.kwargs.column",
        "the profile has no statistic missing",
    ),
    ("id_twice", 13, "expectations.1.id", "attendance_status_missing is given twice"),
    ("template_outside_common", 13, "expectations.1.id", "{parent} belongs to for_each_parent"),
    ("another_table", 2, "table", "the file stands at csds/cyp201.yaml"),
    ("another_standard", 1, "standard", "the file stands at csds/cyp201.yaml"),
]
IN_COMMON = [
    ("id_twice", 9, "expectations.1.id", "rows_held_back is given twice"),
    ("template_without_parent", 19, "for_each_parent.0.id", "has no {parent}"),
    ("statistic_without_parent", 21, "for_each_parent.0.kwargs", "has no {parent}"),
    (
        "parent_outside_template",
        4,
        "expectations.0.kwargs",
        "{parent} belongs to for_each_parent",
    ),
]
NOT_YAML = [
    ("not_yaml", "line 2: not YAML: expected ',' or ']', but got '<stream end>'"),
    ("no_mapping", "line 1: the file holds no mapping of fields"),
    ("not_utf8", "line 1: not YAML in UTF-8"),
]


def message_of(tmp_path: Path, bad: Path, place: str) -> str:
    """What loading says when one file of `good/` is replaced."""
    folder = tmp_path / "suites"
    shutil.copytree(HERE / "good", folder)
    shutil.copy(bad, folder / place)
    with pytest.raises(SuiteError) as raised:
        load_suite(folder, "csds", "cyp201")
    return str(raised.value)


@pytest.mark.parametrize(("mistake", "line", "field", "reason"), IN_TABLE)
def test_a_mistake_in_a_tables_suite_is_named(
    tmp_path: Path, mistake: str, line: int, field: str, reason: str
) -> None:
    message = message_of(tmp_path, HERE / "bad" / f"{mistake}.yaml", "csds/cyp201.yaml")
    assert message == f"csds/cyp201.yaml, line {line}: {field}: {reason}"


@pytest.mark.parametrize(("mistake", "line", "field", "reason"), IN_COMMON)
def test_a_mistake_in_the_common_suite_is_named(
    tmp_path: Path, mistake: str, line: int, field: str, reason: str
) -> None:
    message = message_of(tmp_path, HERE / "bad_common" / f"{mistake}.yaml", "common.yaml")
    assert message == f"suites/common.yaml, line {line}: {field}: {reason}"


@pytest.mark.parametrize(("mistake", "reason"), NOT_YAML)
def test_a_file_that_is_no_mapping_in_yaml_is_named(
    tmp_path: Path, mistake: str, reason: str
) -> None:
    message = message_of(tmp_path, HERE / "bad" / f"{mistake}.yaml", "csds/cyp201.yaml")
    assert message == f"csds/cyp201.yaml, {reason}"


def test_every_mistake_in_one_file_is_named(tmp_path: Path) -> None:
    message = message_of(tmp_path, HERE / "bad_common" / "missing_list.yaml", "common.yaml")
    assert message.splitlines() == [
        "suites/common.yaml, line 1: for_each_parent: Field required",
        "suites/common.yaml, line 18: parents: Extra inputs are not permitted",
    ]


def test_every_bad_file_is_tried() -> None:
    tried = {m for m, *_ in (*IN_TABLE, *NOT_YAML)}
    assert tried == {p.stem for p in (HERE / "bad").glob("*.yaml")}
    tried = {m for m, *_ in IN_COMMON} | {"missing_list"}
    assert tried == {p.stem for p in (HERE / "bad_common").glob("*.yaml")}


def test_a_good_folder_loads() -> None:
    suite = load_suite(HERE / "good", "csds", "cyp201")
    assert [e.id for e in suite.expectations] == [
        "rows_held_back",
        "volume_unusual",
        "orphans_of_cyp101",
        "attendance_status_missing",
        "contact_date_range",
    ]


def test_a_parents_template_is_filled_in() -> None:
    suite = load_suite(HERE / "good", "csds", "cyp201")
    orphans = suite.expectations[2]
    assert orphans.kwargs.column == "orphans__cyp101"
    assert orphans.meta.note == "A contact without its referral counts for no wait. Look at cyp101."


def test_a_table_without_a_file_has_only_the_common_checks() -> None:
    suite = load_suite(HERE / "good", "csds", "cyp999")
    assert [e.id for e in suite.expectations] == ["rows_held_back", "volume_unusual"]


def test_a_table_replaces_a_common_check_by_its_id(tmp_path: Path) -> None:
    folder = tmp_path / "suites"
    shutil.copytree(HERE / "good", folder)
    own = folder / "csds" / "cyp201.yaml"
    text = own.read_text(encoding="utf-8")
    own.write_text(
        text.replace("id: attendance_status_missing", "id: rows_held_back"), encoding="utf-8"
    )
    suite = load_suite(folder, "csds", "cyp201")
    assert [e.id for e in suite.expectations] == [
        "rows_held_back",
        "volume_unusual",
        "orphans_of_cyp101",
        "contact_date_range",
    ]
    assert suite.expectations[0].kwargs.column == "missing__attendance_status"


def test_a_table_replaces_a_check_on_its_parent_by_its_id(tmp_path: Path) -> None:
    folder = tmp_path / "suites"
    shutil.copytree(HERE / "good", folder)
    own = folder / "csds" / "cyp201.yaml"
    text = own.read_text(encoding="utf-8")
    own.write_text(
        text.replace("id: attendance_status_missing", "id: orphans_of_cyp101"), encoding="utf-8"
    )
    orphans = load_suite(folder, "csds", "cyp201").expectations[2]
    assert orphans.kwargs.column == "missing__attendance_status"
