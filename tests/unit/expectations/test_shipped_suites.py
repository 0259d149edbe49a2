"""Every table of every contract has a suite, and each of its checks can tell something."""

from __future__ import annotations

import re

import pytest

from expectations.suite import SUITES_FOLDER, Expectation, suite_for
from orchestration.contracts.model import (
    Column,
    ColumnType,
    Contract,
    Identifiability,
    Requirement,
    shipped_catalogue,
)

CATALOGUE = shipped_catalogue()
TABLES = sorted(CATALOGUE.contracts)
DAYS = (ColumnType.DATE, ColumnType.DATETIME)
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL)
CHECKS = [
    pytest.param(CATALOGUE.contracts[table], e, id=f"{'.'.join(table)}-{e.id}")
    for table in TABLES
    for e in suite_for(*table).expectations
]
COMMON = {e.id for e in suite_for("no", "table").expectations}


def means(contract: Contract, column: Column) -> set[str]:
    """Which letters of VODIM the column's code list has."""
    codes = CATALOGUE.codes(contract, column)
    return {c.means for c in codes.codes} if codes else set()


def can_be_invalid(contract: Contract, column: Column) -> bool:
    """Text is never invalid; a code only where its list is held whole."""
    codes = CATALOGUE.codes(contract, column)
    if codes is not None:
        return codes.is_complete
    return column.type not in (ColumnType.TEXT, ColumnType.CODE)


def tells(contract: Contract, statistic: str, column: Column) -> bool:
    """Whether a statistic of a column can differ from one submission to another."""
    match statistic:
        case "missing":  # a row with a blank mandatory value is held back, and not counted
            return column.required is not Requirement.MANDATORY
        case "default":
            return "default" in means(contract, column) or bool(column.defaults)
        case "other":
            return "other" in means(contract, column)
        case "invalid":
            return can_be_invalid(contract, column)
        case "first_days" | "last_days":
            return column.type in DAYS
        case "median":
            return column.type in NUMBERS
        case "shift":
            return column.code_list is not None
        case _:
            return statistic == "distinct"


@pytest.mark.parametrize(("contract", "expectation"), CHECKS)
def test_a_statistic_can_exist_for_its_table(contract: Contract, expectation: Expectation) -> None:
    if expectation.statistic == "orphans":
        assert expectation.subject in {r.table for r in contract.references}
    elif expectation.subject:
        column = contract.column(expectation.column_name)
        assert tells(contract, expectation.statistic, column)


@pytest.mark.parametrize("table", TABLES, ids=".".join)
def test_a_table_has_a_suite_of_its_own(table: tuple[str, str]) -> None:
    assert {e.id for e in suite_for(*table).expectations} - COMMON


@pytest.mark.parametrize("table", TABLES, ids=".".join)
def test_a_suite_is_short(table: tuple[str, str]) -> None:
    # each check costs about 25 ms a time, whatever the rows
    assert len(suite_for(*table).expectations) <= 11


@pytest.mark.parametrize("table", TABLES, ids=".".join)
def test_a_child_table_is_checked_against_every_parent(table: tuple[str, str]) -> None:
    checked = {e.subject for e in suite_for(*table).expectations if e.statistic == "orphans"}
    assert checked == {r.table for r in CATALOGUE.contracts[table].references}


def test_there_is_no_suite_without_a_contract() -> None:
    found = {(p.parent.name, p.stem) for p in SUITES_FOLDER.glob("*/*.yaml")}
    assert found == set(TABLES)


def test_no_check_tells_the_days_of_a_persons_dates() -> None:
    # the earliest date of birth of a file is one child's
    told = [
        f"{contract.raw_table} {e.id}"
        for contract, e in (parameter.values for parameter in CHECKS)
        if e.statistic in ("first_days", "last_days", "median")
        and contract.column(e.column_name).identifiable is Identifiability.PERSON
    ]
    assert told == []


def test_every_check_has_a_note_that_is_a_sentence() -> None:
    unended = [
        e.id
        for table in TABLES
        for e in suite_for(*table).expectations
        if not re.fullmatch(r"[A-Z0-9'].*\.", e.meta.note)
    ]
    assert unended == []


def test_no_share_has_a_limit_that_is_none() -> None:
    shares = ("held_share", "orphans", "missing", "default", "other", "invalid", "distinct")
    for table in TABLES:
        for e in suite_for(*table).expectations:
            if e.statistic in shares:
                limits = [v for v in (e.kwargs.min_value, e.kwargs.max_value) if v is not None]
                assert all(0 <= v < 1 for v in limits), (table, e.id)


CRITICAL = {
    "rows_held_back_mostly",
    "nhs_number_missing_mostly",
    "date_of_birth_missing_mostly",
}


def blocking() -> list[Expectation]:
    return [
        e for table in TABLES for e in suite_for(*table).expectations if e.severity == "critical"
    ]


def test_only_gross_faults_reject_a_submission() -> None:
    assert {e.id for e in blocking()} == CRITICAL
    assert {e.kwargs.max_value for e in blocking()} == {0.5}


def test_nothing_that_came_before_decides_whether_a_submission_is_rejected() -> None:
    """Else the order of arrival would decide what stands: history, parents and totals only warn."""
    own = {"held_share", "missing", "default", "other", "invalid", "first_days", "last_days"}
    assert {e.statistic for e in blocking()} <= own
