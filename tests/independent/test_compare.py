"""The comparison itself: it must be silent when all agrees, and name whatever does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from .compare import differences
from .results import Result
from .timeliness import Outcome
from .waiting import Waiting

KEYS = {"kpi_id": "timeliness", "part": "first_contact", "quarter": "2023-24 Q4"}
RESULT = KEYS | {
    "level": "service",
    "code": "dietetics",
    "version": 2,
    "numerator": 2,
    "denominator": 3,
    "value": 66.66666667,
    "mean_wait_days": 20.0,
    "status": "not_met",
    "reason": None,
}
EXCLUSION = KEYS | {
    "level": "service",
    "code": "dietetics",
    "exclusion_reason": "rejected",
    "count": 4,
}
WAITING = {
    "month": date(2024, 1, 1),
    "service_code": "dietetics",
    "band": "43–84",
    "waiting": 7,
}


@pytest.fixture
def expected() -> Outcome:
    result = Result(
        quarter="2023-24 Q4",
        level="service",
        code="dietetics",
        version=2,
        numerator=2,
        denominator=3,
        mean_wait_days=20.0,
        exclusions={"rejected": 4},
        status="not_met",
        reason=None,
        gap=None,
    )
    return Outcome(
        data_to=date(2024, 3, 31),
        results={("2023-24 Q4", "service", "dietetics"): result},
        waiting=[Waiting(date(2024, 1, 1), "dietetics", 43, 7)],
    )


def test_equal_rows_give_no_difference(expected: Outcome) -> None:
    tables: dict[str, Any] = {
        "kpi_result": [RESULT],
        "kpi_exclusion": [EXCLUSION],
        "waiting_month": [WAITING],
    }
    assert differences(expected, tables) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("version", 1),
        ("numerator", 1),
        ("denominator", 4),
        ("value", 66.7),
        ("value", None),
        ("mean_wait_days", None),
        ("status", "met"),
    ],
)
def test_a_result_that_differs_is_named(expected: Outcome, name: str, value: Any) -> None:
    found = differences(expected, {"kpi_result": [RESULT | {name: value}]})
    assert [line.split(" is ")[0] for line in found] == [
        f"kpi_result 2023-24 Q4 service dietetics: {name}"
    ]


def test_a_missing_result_is_named(expected: Outcome) -> None:
    assert "no row" in differences(expected, {"kpi_result": []})[0]


def test_a_result_nobody_expected_is_named(expected: Outcome) -> None:
    rows = [RESULT, RESULT | {"code": "camhs"}]
    assert differences(expected, {"kpi_result": rows}) == [
        "kpi_result 2023-24 Q4 service camhs: a row, expected none"
    ]


def test_a_result_given_twice_is_named(expected: Outcome) -> None:
    assert differences(expected, {"kpi_result": [RESULT, RESULT]}) == [
        "kpi_result 2023-24 Q4 service dietetics: two rows"
    ]


def test_other_measures_are_passed_over(expected: Outcome) -> None:
    other = RESULT | {"kpi_id": "goals", "numerator": 0}
    assert differences(expected, {"kpi_result": [RESULT, other]}) == []


@pytest.mark.parametrize(
    ("rows", "line"),
    [
        ([], "kpi_exclusion 2023-24 Q4 service dietetics rejected: 0, expected 4"),
        (
            [EXCLUSION, EXCLUSION | {"exclusion_reason": "died", "count": 1}],
            "kpi_exclusion 2023-24 Q4 service dietetics died: 1, expected 0",
        ),
    ],
)
def test_an_exclusion_that_differs_is_named(
    expected: Outcome, rows: list[dict[str, Any]], line: str
) -> None:
    assert differences(expected, {"kpi_exclusion": rows}) == [line]


def test_a_count_of_zero_may_have_no_row(expected: Outcome) -> None:
    rows = [WAITING, WAITING | {"band": "365+", "waiting": 0}]
    assert differences(expected, {"waiting_month": rows}) == []


def test_a_waiting_count_that_differs_is_named(expected: Outcome) -> None:
    assert differences(expected, {"waiting_month": [WAITING | {"waiting": 8}]}) == [
        "waiting_month 2024-01 dietetics 43: 8, expected 7"
    ]


def test_a_count_of_nothing_where_something_is_missing_is_not_known(expected: Outcome) -> None:
    key, result = next(iter(expected.results.items()))
    missing = replace(result, denominator=0, numerator=0, gap="late", status="not_assessed")
    expected.results[key] = replace(missing, reason="late", mean_wait_days=None)
    row = RESULT | {"status": "not_assessed", "reason": "late", "mean_wait_days": None}
    row |= {"value": None, "numerator": 0, "denominator": None}
    assert differences(expected, {"kpi_result": [row]}) == [
        "kpi_result 2023-24 Q4 service dietetics: numerator is 0, expected None"
    ]


def test_a_list_not_known_must_not_be_shown_as_zero(expected: Outcome) -> None:
    expected.unknown_months.add((date(2024, 2, 1), "dietetics"))
    row = WAITING | {"month": date(2024, 2, 1), "waiting": 0}
    assert differences(expected, {"waiting_month": [WAITING, row]}) == [
        "waiting_month 2024-02 dietetics: 0, expected not known"
    ]


def test_a_table_it_cannot_compare_is_an_error(expected: Outcome) -> None:
    with pytest.raises(ValueError, match="nothing to compare kpi_month with"):
        differences(expected, {"kpi_month": []})
