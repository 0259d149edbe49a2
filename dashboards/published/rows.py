"""Published rows as this app reads them: a field is a column of the same name.

Asking for the fields by name is the contract: a column that is renamed fails at once, one that is
added changes nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import duckdb

Row = TypeVar("Row")


def columns_of(row: type[Any]) -> str:
    """The select list of a row type."""
    return ", ".join(field.name for field in fields(row))


def fetch_rows(
    row: type[Row], cursor: duckdb.DuckDBPyConnection, sql: str, parameters: dict[str, Any]
) -> list[Row]:
    """Rows of `sql`, in which `{columns}` stands for the fields of `row`."""
    found = cursor.execute(sql.format(columns=columns_of(row)), parameters).fetchall()
    return [row(*values) for values in found]


@dataclass(frozen=True)
class Build:
    """The build a snapshot holds: read when it is opened, so never a query of a page."""

    build_id: str
    built_at: datetime
    as_at: date
    data_to: date | None
    git_commit: str | None
    software_version: str | None
    partnership: str
    is_demo: bool


@dataclass(frozen=True)
class Party:
    """A partner or a service, for a time. `position` is its place in the published order."""

    kind: str
    code: str
    name: str
    short_name: str
    provider_code: str
    is_contract_party: bool
    valid_from: date | None
    valid_to: date | None
    position: int


@dataclass(frozen=True)
class Submission:
    """What one partner owed for one table and period, and what came."""

    partner_code: str
    standard: str
    table_name: str
    period: date
    due_on: date | None
    received_on: date | None
    days_late: int | None
    status: str
    versions: int | None
    rows: int | None
    quarantined: int | None
    reason: str | None
    withheld: bool


@dataclass(frozen=True)
class ReturnState:
    """A return: one partner's tables of one standard for one period, seen together."""

    partner_code: str
    standard: str
    period: date
    due_on: date | None
    received_on: date | None
    days_late: int
    status: str
    tables: int
    tables_in: int


@dataclass(frozen=True)
class KpiDefinition:
    """A version of a KPI as the partnership defines it."""

    kpi_id: str
    part: str
    version: int
    title: str
    what: str | None
    why: str | None
    numerator_text: str | None
    denominator_text: str | None
    exclusions_text: str | None
    better: str | None
    operator: str | None
    threshold: float | None
    threshold_source: str | None
    limit_days: int | None
    valid_from: date | None
    valid_to: date | None
    owner: str | None
    checker: str | None
    review_date: date | None
    change_log: str | None


@dataclass(frozen=True)
class KpiResult:
    """A KPI of one party for one quarter; `value` and `threshold` in percent."""

    kpi_id: str
    part: str
    quarter: str
    level: str
    code: str
    quarter_start: date
    quarter_end: date
    provider_code: str | None
    version: int | None
    numerator: int | None
    denominator: int | None
    value: float | None
    threshold: float | None
    threshold_source: str | None
    status: str | None
    reason: str | None
    withheld: bool
    alternative_status: str | None
    mean_wait_days: float | None


@dataclass(frozen=True)
class KpiMonth:
    """The same by month of the limit day."""

    month: date
    numerator: int | None
    denominator: int | None
    value: float | None
    status_of_data: str | None
    withheld: bool


@dataclass(frozen=True)
class Exclusion:
    """How many were left out of a measure for one reason."""

    exclusion_reason: str
    count: int | None
    withheld: bool


@dataclass(frozen=True)
class WaitFigure:
    """One figure of a service's waits at one month's end.

    `kind` is band (n children in `band`), waiting or completed (n with mean, median, 92nd
    percentile in days).
    """

    month: date
    service_code: str
    provider_code: str | None
    kind: str
    band: str | None
    band_order: int
    n: int | None
    mean_days: float | None
    median_days: float | None
    p92_days: float | None
    withheld: bool


@dataclass(frozen=True)
class Restatement:
    """A figure that a later build changed, and why."""

    kpi_id: str
    part: str
    quarter: str
    level: str
    code: str
    build_id: str
    previous_build_id: str | None
    before_numerator: int | None
    before_denominator: int | None
    before_value: float | None
    before_status: str | None
    after_numerator: int | None
    after_denominator: int | None
    after_value: float | None
    after_status: str | None
    cause: str | None


@dataclass(frozen=True)
class ReceivedFile:
    """A file in the ledger, newest first: known after every run, published or not."""

    partner_code: str
    standard: str | None
    table_name: str | None
    period_start: date | None
    received_at: datetime
    status: str
    reason: str | None
    rows_loaded: int | None
    rows_quarantined: int | None
