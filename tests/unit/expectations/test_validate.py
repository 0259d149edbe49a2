"""What a suite finds in the profiles of submissions.

Verdicts are Great Expectations' own; a property test compares them with plain comparisons.
"""

from __future__ import annotations

import dataclasses
import math
import os
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from expectations.finding import Finding
from expectations.run import validate, validate_suite, warm_up
from expectations.suite import Suite, load_suite, suite_for

GOOD = Path(__file__).parent / "good"
QUIET: Mapping[str, Any] = {
    "rows": 1000,
    "held_share": 0.0,
    "usual_rows": 1000,
    "volume_ratio": 1.0,
    "orphans__cyp101": 0.0,
    "missing__attendance_status": 0.0,
    "last_days__contact_date": -1,
}
"""A submission with nothing wrong."""


@pytest.fixture(scope="module")
def suite() -> Suite:
    return load_suite(GOOD, "csds", "cyp201")


def frame(*profiles: Mapping[str, Any]) -> pd.DataFrame:
    """Profiles as `profile` makes them: ledger ids from 1, quiet but for what is given."""
    return pd.DataFrame([{"ledger_id": n, **QUIET, **p} for n, p in enumerate(profiles, start=1)])


def check(findings: list[Finding], check_id: str, ledger_id: int = 1) -> Finding:
    """The one finding of a check on a submission."""
    (finding,) = (f for f in findings if (f.check_id, f.ledger_id) == (check_id, ledger_id))
    return finding


def test_a_submission_with_nothing_wrong_passes_every_check(suite: Suite) -> None:
    assert {f.status for f in validate_suite(frame({}), suite)} == {"pass"}


def test_each_submission_has_a_finding_of_each_check_in_order(suite: Suite) -> None:
    found = [(f.ledger_id, f.check_id) for f in validate_suite(frame({}, {}), suite)]
    assert found == [(n, e.id) for n in (1, 2) for e in suite.expectations]


def test_only_the_submission_that_fails_fails(suite: Suite) -> None:
    profiles = frame({}, {"held_share": 0.7}, {"missing__attendance_status": 0.3}, {})
    failed = [
        (f.ledger_id, f.check_id) for f in validate_suite(profiles, suite) if f.status == "fail"
    ]
    assert failed == [(2, "rows_held_back"), (3, "attendance_status_missing")]


def test_ledger_ids_need_not_start_at_one_nor_stand_in_order(suite: Suite) -> None:
    profiles = frame({"held_share": 0.7}, {}).assign(ledger_id=[907, 12])
    profiles.index = pd.Index([3, 3])
    found = validate_suite(profiles, suite)
    assert (
        check(found, "rows_held_back", 907).status,
        check(found, "rows_held_back", 12).status,
    ) == (
        "fail",
        "pass",
    )


@pytest.mark.parametrize(
    ("check_id", "statistic", "value", "status"),
    [
        ("rows_held_back", "held_share", 0.5, "pass"),
        ("rows_held_back", "held_share", math.nextafter(0.5, 1), "fail"),
        ("volume_unusual", "volume_ratio", 0.5, "pass"),
        ("volume_unusual", "volume_ratio", math.nextafter(0.5, 0), "fail"),
        ("volume_unusual", "volume_ratio", 2, "pass"),
        ("volume_unusual", "volume_ratio", math.nextafter(2, 3), "fail"),
        ("orphans_of_cyp101", "orphans__cyp101", 0.01, "pass"),
        ("orphans_of_cyp101", "orphans__cyp101", 1.0, "fail"),
        ("contact_date_range", "last_days__contact_date", 0, "pass"),
        ("contact_date_range", "last_days__contact_date", 1, "fail"),
        ("contact_date_range", "last_days__contact_date", -10, "pass"),
        ("contact_date_range", "last_days__contact_date", -11, "fail"),
    ],
)
def test_a_limit_may_be_reached_and_not_passed(
    suite: Suite, check_id: str, statistic: str, value: float, status: str
) -> None:
    finding = check(validate_suite(frame({statistic: value}), suite), check_id)
    assert (finding.status, finding.observed) == (status, value)


def test_a_finding_says_what_was_seen_and_what_was_expected(suite: Suite) -> None:
    finding = check(
        validate_suite(frame({"missing__attendance_status": 0.034}), suite),
        "attendance_status_missing",
    )
    assert finding == Finding(
        ledger_id=1,
        check_id="attendance_status_missing",
        column_name="attendance_status",
        category="completeness",
        severity="warn",
        status="fail",
        observed=0.034,
        low=None,
        high=0.02,
        message="Rows without attendance_status: 3.4 %; expected at most 2 %."
        " Attendance decides what is seen.",
    )


def test_only_a_failed_critical_check_blocks(suite: Suite) -> None:
    profiles = frame({"held_share": 0.7, "missing__attendance_status": 0.3}, {"held_share": None})
    blocking = [(f.ledger_id, f.check_id) for f in validate_suite(profiles, suite) if f.is_blocking]
    assert blocking == [(1, "rows_held_back")]


def test_a_critical_check_has_the_severity_error(suite: Suite) -> None:
    assert check(validate_suite(frame({}), suite), "rows_held_back").severity == "error"


def test_a_check_on_no_column_names_none(suite: Suite) -> None:
    names = {f.check_id: f.column_name for f in validate_suite(frame({}), suite)}
    assert (names["rows_held_back"], names["orphans_of_cyp101"]) == ("", "")


@pytest.mark.parametrize("nothing", [None, math.nan, pd.NA])
def test_a_null_statistic_is_not_applicable(suite: Suite, nothing: Any) -> None:
    found = validate_suite(frame({"orphans__cyp101": nothing}, {"orphans__cyp101": 1.0}), suite)
    finding = check(found, "orphans_of_cyp101")
    assert (finding.status, finding.observed) == ("not_applicable", None)
    assert finding.message == "Not checked: orphans__cyp101 cannot be told for this file."
    assert check(found, "orphans_of_cyp101", 2).status == "fail"


def test_a_statistic_that_is_null_for_all_is_not_applicable(suite: Suite) -> None:
    found = validate_suite(frame({"held_share": None}, {"held_share": None}), suite)
    assert {f.status for f in found if f.check_id == "rows_held_back"} == {"not_applicable"}


def test_a_statistic_that_is_not_in_the_profile_is_not_applicable(suite: Suite) -> None:
    profiles = frame({}).drop(columns="missing__attendance_status")
    finding = check(validate_suite(profiles, suite), "attendance_status_missing")
    assert finding.status == "not_applicable"


def test_a_share_of_few_rows_is_not_applicable(suite: Suite) -> None:
    found = validate_suite(
        frame({"rows": 19, "held_share": 0.9}, {"rows": 20, "held_share": 0.9}), suite
    )
    assert check(found, "rows_held_back").status == "not_applicable"
    assert check(found, "rows_held_back").message == "Not checked: fewer than 20 rows."
    assert check(found, "rows_held_back", 2).status == "fail"


@pytest.mark.parametrize(
    ("rows", "usual", "status"),
    [
        (3, 30, "fail"),
        (3, 29, "not_applicable"),
        (90, 30, "fail"),
        (87, 29, "not_applicable"),
        (0, 30, "fail"),
        (30, None, "not_applicable"),
    ],
)
def test_a_volume_is_judged_where_enough_rows_are_usual(
    suite: Suite, rows: int, usual: int | None, status: str
) -> None:
    ratio = rows / usual if usual else None
    profiles = frame({"rows": rows, "usual_rows": usual, "volume_ratio": ratio})
    found = validate_suite(profiles, suite)
    assert check(found, "volume_unusual").status == status


def test_a_statistic_that_is_no_number_is_an_error_of_that_check_alone(suite: Suite) -> None:
    profiles = frame({"held_share": "Hernandez", "orphans__cyp101": 1.0})
    found = validate_suite(profiles, suite)
    assert {f.check_id: f.status for f in found} == {
        "rows_held_back": "error",
        "volume_unusual": "pass",
        "orphans_of_cyp101": "fail",
        "attendance_status_missing": "pass",
        "contact_date_range": "pass",
    }


def test_an_error_says_nothing_of_the_value(suite: Suite) -> None:
    finding = check(validate_suite(frame({"held_share": "Hernandez"}), suite), "rows_held_back")
    assert finding.message == "Could not be checked: the statistic is not a number."
    assert (finding.observed, finding.is_blocking) == (None, False)


def test_a_message_never_tells_a_rows_day(suite: Suite) -> None:
    found = validate_suite(
        frame({"last_days__contact_date": -173}, {"last_days__contact_date": 91}, {}), suite
    )
    messages = [check(found, "contact_date_range", n).message for n in (1, 2, 3)]
    assert messages == [
        "The latest contact_date lies before the day 10 days before the period's last day."
        " Contacts lie in the month.",
        "The latest contact_date lies after the period's last day. Contacts lie in the month.",
        "The latest contact_date lies where it is expected.",
    ]


@pytest.mark.parametrize(
    ("statistic", "check_id", "value", "beginning"),
    [
        ("held_share", "rows_held_back", 0.5001, "Rows held back: 50.01 %; expected at most 50 %."),
        ("held_share", "rows_held_back", 0.25, "Rows held back: 25 %; expected at most 50 %."),
        (
            "volume_ratio",
            "volume_unusual",
            12.5,
            "Rows beside the usual number: 12.5 times; expected 0.5 to 2 times.",
        ),
        (
            "orphans__cyp101",
            "orphans_of_cyp101",
            0.2,
            "Rows whose parent is not in cyp101: 20 %; expected at most 1 %.",
        ),
    ],
)
def test_a_number_is_said_so_that_it_differs_from_the_limit(
    suite: Suite, statistic: str, check_id: str, value: float, beginning: str
) -> None:
    found = check(validate_suite(frame({statistic: value}), suite), check_id)
    assert found.message.startswith(beginning)


def test_an_exact_expectation_is_said_as_one() -> None:
    profiles = pd.DataFrame([{"ledger_id": 1, "rows": 1000, "declared_difference": -1234}])
    finding = check(validate(profiles, "csds", "cyp201"), "declared_total_differs")
    assert finding.message.startswith(
        "Rows more than declared: -1,234; expected exactly 0. The file"
    )


def test_an_empty_profile_finds_nothing(suite: Suite) -> None:
    assert validate_suite(frame({}).head(0), suite) == []


def test_a_table_without_a_file_has_the_common_checks_alone() -> None:
    found = validate(frame({"held_share": 0.9}), "local", "not_described")
    assert [f.check_id for f in found if f.status == "fail"] == [
        "rows_held_back",
        "rows_held_back_mostly",
    ]


@pytest.mark.parametrize("column", ["ledger_id", "rows"])
def test_a_frame_without_what_a_profile_has_is_refused(suite: Suite, column: str) -> None:
    with pytest.raises(ValueError, match="a profile needs ledger_id and rows"):
        validate_suite(frame({}).drop(columns=column), suite)


def test_a_ledger_id_that_stands_twice_is_refused(suite: Suite) -> None:
    with pytest.raises(ValueError, match="a ledger_id stands twice"):
        validate_suite(frame({}, {}).assign(ledger_id=5), suite)


def test_the_callers_frame_is_left_as_it_was(suite: Suite) -> None:
    profiles = frame({"rows": 5}, {"held_share": None})
    before = profiles.copy(deep=True)
    validate_suite(profiles, suite)
    pd.testing.assert_frame_equal(profiles, before)


def test_a_thread_may_warm_up_while_another_validates(suite: Suite) -> None:
    thread = threading.Thread(target=warm_up)
    thread.start()
    found = validate_suite(frame({"held_share": 0.9}), suite)
    thread.join()
    assert check(found, "rows_held_back").status == "fail"


def test_nothing_heavy_is_imported_before_it_is_needed_and_nothing_is_reported_home(
    tmp_path: Path,
) -> None:
    script = """
import os, socket, sys
def refuse(*args, **kwargs):
    raise AssertionError("a connection was tried")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
import expectations.run
assert "great_expectations" not in sys.modules
expectations.run.warm_up()
assert os.environ["GX_ANALYTICS_ENABLED"] == "false"
import pandas as pd
profile = pd.DataFrame([{"ledger_id": 1, "rows": 1000, "held_share": 0.9}])
found = expectations.run.validate(profile, "csds", "cyp201")
assert [f.check_id for f in found if f.is_blocking] == ["rows_held_back_mostly"]
"""
    environment = {**os.environ, "HOME": str(tmp_path), "GX_ANALYTICS_ENABLED": "true"}
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


SHIPPED = suite_for("csds", "cyp101")
STATISTICS = sorted({e.kwargs.column for e in SHIPPED.expectations})
LIMITS = sorted(
    {
        limit
        for e in SHIPPED.expectations
        for limit in (e.kwargs.min_value, e.kwargs.max_value)
        if limit is not None
    }
)
NUMBER = st.one_of(
    st.none(),
    st.sampled_from([0.0, 1.0, *LIMITS]),
    st.sampled_from(LIMITS).map(lambda v: math.nextafter(v, math.inf)),
    st.sampled_from(LIMITS).map(lambda v: math.nextafter(v, -math.inf)),
    st.floats(-1e4, 1e4),
)
PROFILE = st.fixed_dictionaries(
    {
        "rows": st.sampled_from([0, 19, 20, 49, 50, 199, 200, 5000]),
        "usual_rows": st.sampled_from([None, 0, 29, 30, 5000]),
        **dict.fromkeys(STATISTICS, NUMBER),
    }
)


def plainly(profile: Mapping[str, Any]) -> dict[str, str]:
    """Status by check of one profile, without Great Expectations."""
    statuses = {}
    usual = profile["usual_rows"] or 0
    for e in SHIPPED.expectations:
        value, low, high = profile[e.kwargs.column], e.kwargs.min_value, e.kwargs.max_value
        too_few = profile["rows"] < e.meta.min_rows or usual < e.meta.min_usual_rows
        if value is None or too_few:
            statuses[e.id] = "not_applicable"
        elif (low is not None and value < low) or (high is not None and value > high):
            statuses[e.id] = "fail"
        else:
            statuses[e.id] = "pass"
    return statuses


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(PROFILE, min_size=1, max_size=20))
def test_verdicts_agree_with_plain_comparisons(profiles: list[dict[str, Any]]) -> None:
    numbered = [{"ledger_id": 100 - n, **p} for n, p in enumerate(profiles)]
    found = validate_suite(pd.DataFrame(numbered), SHIPPED)
    statuses: dict[int, dict[str, str]] = {}
    for finding in found:
        statuses.setdefault(finding.ledger_id, {})[finding.check_id] = finding.status
    assert statuses == {p["ledger_id"]: plainly(p) for p in numbered}


def test_a_finding_is_frozen(suite: Suite) -> None:
    finding = validate_suite(frame({}), suite)[0]
    with pytest.raises(dataclasses.FrozenInstanceError):
        finding.status = "fail"  # type: ignore[misc]
