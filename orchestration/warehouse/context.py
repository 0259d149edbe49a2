"""What dbt reads besides the extracts: schemas `partnership` and `ledger` of the build file.

Both are rewritten whole before every build, from the partnership's file, the KPI definitions and
the ledger. The rules decide in SQL; nothing here judges anything.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import duckdb
import pandas as pd

from orchestration import duck
from orchestration.contracts.model import Catalogue
from orchestration.contracts.periods import periods_between
from orchestration.keys import Keys
from orchestration.partnership.model import Dated, Parameter, Partnership, Return
from orchestration.settings import Settings
from orchestration.warehouse.context_tables import TABLES
from orchestration.warehouse.definitions import Definition, read_definitions
from orchestration.warehouse.raw import ensure_raw_tables

Row = Mapping[str, Any]
Rows = Sequence[Row] | pd.DataFrame


@dataclass(frozen=True)
class BuildStamp:
    """What a build is called and what made it."""

    build_id: str
    built_at: datetime
    git_commit: str
    software_version: str


def write_context(
    settings: Settings,
    keys: Keys,
    partnership: Partnership,
    catalogue: Catalogue,
    stamp: BuildStamp,
    *,
    submissions: Rows,
    issues: Rows,
    restatements: Rows = (),
    check_results: Rows = (),
    drift: Rows = (),
    quarantine_decisions: Rows = (),
) -> None:
    """Replace schemas `partnership` and `ledger`; raw tables that are missing are made empty.

    Rows are the state's, by its column names; decisions are counted before they are written.
    """
    con = duck.connect(settings)
    try:
        duck.attach(con, settings.build_file, "warehouse", keys.warehouse)
        con.execute("USE warehouse")
        ensure_raw_tables(con, catalogue)
        con.execute("BEGIN")
        rows: dict[str, Sequence[Row]] = {
            **partnership_rows(partnership, catalogue, settings.today()),
            "partnership.kpi_definition": definition_rows(
                read_definitions(settings.dbt_project), partnership
            ),
            "partnership.setting": [setting_row(settings, partnership, stamp)],
            "ledger.submission": records(submissions),
            "ledger.submission_issue": records(issues),
            "ledger.check_result": records(check_results),
            "ledger.drift": records(drift),
            "ledger.quarantine_decision": decision_counts(records(quarantine_decisions)),
            # the Board's are the same ones, disclosed by dbt
            "ledger.restatement": [
                row for row in records(restatements) if row.get("audience") != "board"
            ],
        }
        for table, columns in TABLES.items():
            _replace(con, table, columns, rows[table])
        con.execute("COMMIT")
        con.execute("CHECKPOINT warehouse")
    finally:
        con.close()


def partnership_rows(
    partnership: Partnership, catalogue: Catalogue, as_at: date
) -> dict[str, list[dict[str, Any]]]:
    """The partnership's file as rows of the tables it fills."""
    return {
        "partnership.organisation": _dump(partnership.organisations),
        "partnership.service": _dump(partnership.services),
        "partnership.team": _dump(partnership.teams),
        "partnership.return_calendar": return_calendar(partnership.returns, catalogue, as_at),
        "partnership.return_cover": [
            {"covered_code": covered, **due.model_dump(mode="python")}
            for due in partnership.returns
            for covered in due.covers
        ],
        "partnership.sharing": _dump(partnership.sharing),
        "partnership.kpi_version": _dump(partnership.kpi_versions),
        "partnership.threshold": _dump(partnership.thresholds),
        "partnership.parameter": [parameter_row(p) for p in partnership.parameters],
    }


def return_calendar(
    returns: Iterable[Return], catalogue: Catalogue, as_at: date
) -> list[dict[str, Any]]:
    """Every expected unit of the periods that ended before `as_at`, with the day it is due."""
    return [
        {
            "partner_code": due.partner_code,
            "standard": due.standard,
            "table_name": table,
            "period_start": period.start,
            "period_end": period.end,
            "due_on": period.end + timedelta(days=due.due_days_after_period_end),
            "purpose": due.purpose,
        }
        for due in returns
        for period in periods_between(
            catalogue.standards[due.standard].period, due.valid_from, as_at
        )
        if due.is_valid_on(period.start)
        for table in due.tables
    ]


def parameter_row(parameter: Parameter) -> dict[str, Any]:
    """A parameter with its value as text, as a number where it is one, and as a list."""
    value = parameter.value
    values = [str(v) for v in value] if isinstance(value, tuple) else [str(value)]
    return {
        **parameter.model_dump(exclude={"value"}),
        "value_text": ",".join(values),
        "value_number": value if isinstance(value, int) else None,
        "value_list": values,
    }


def definition_rows(
    definitions: Iterable[Definition], partnership: Partnership
) -> list[dict[str, Any]]:
    """One row per KPI, part and version: the definition, and what the partnership set for it."""
    rows = []
    for definition in definitions:
        for version in partnership.kpi_versions:
            if (version.kpi_id, version.part) != (definition.kpi_id, definition.part):
                continue
            threshold = next(
                t
                for t in partnership.thresholds
                if (t.kpi_id, t.part) == (version.kpi_id, version.part)
                and t.is_valid_on(version.valid_from)
            )
            rows.append(
                {
                    **definition.model_dump(exclude={"change_log"}),
                    "change_log": definition.changes_of(version.version),
                    "version": version.version,
                    "operator": threshold.operator,
                    "threshold": threshold.percent,
                    "threshold_source": threshold.source,
                    "limit_days": version.limit_days,
                    "valid_from": version.valid_from,
                    "valid_to": version.valid_to,
                }
            )
    return rows


def decision_counts(decisions: Iterable[Row]) -> list[dict[str, Any]]:
    """How many held-back rows of a submission were decided which way; of a row the latest stands."""
    in_order = sorted(decisions, key=lambda d: int(d["decision_id"]))
    latest = {(int(d["ledger_id"]), int(d["line"])): str(d["action"]) for d in in_order}
    counts = Counter((ledger_id, action) for (ledger_id, _), action in latest.items())
    return [
        {"ledger_id": ledger_id, "action": action, "decisions": count}
        for (ledger_id, action), count in counts.items()
    ]


def setting_row(settings: Settings, partnership: Partnership, stamp: BuildStamp) -> dict[str, Any]:
    """The one row of `partnership.setting`."""
    return {
        "build_id": stamp.build_id,
        "built_at": stamp.built_at,
        "as_at": settings.today(),
        "git_commit": stamp.git_commit,
        "software_version": stamp.software_version,
        "partnership": partnership.name,
        "short_name": partnership.short_name,
        "is_demo": settings.demo,
        "withhold_below": partnership.disclosure.withhold_below,
        "round_to": partnership.disclosure.round_to,
    }


def records(rows: Rows) -> Sequence[Row]:
    """The rows of a frame, or the sequence as it is."""
    if isinstance(rows, pd.DataFrame):
        return [{str(k): v for k, v in row.items()} for row in rows.to_dict("records")]
    return rows


def _dump(rows: Iterable[Dated]) -> list[dict[str, Any]]:
    return [row.model_dump(mode="python") for row in rows]


def _replace(
    con: duckdb.DuckDBPyConnection, table: str, columns: Mapping[str, str], rows: Sequence[Row]
) -> None:
    """Write one table: the columns it has, cast by its types; what else a row holds is left."""
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {table.split('.', 1)[0]}")
    typed = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
    con.execute(f"CREATE OR REPLACE TABLE {table} ({typed})")
    if not rows:
        return
    frame = pd.DataFrame(
        {name: pd.Series([_plain(r.get(name)) for r in rows], dtype=object) for name in columns}
    )
    con.register("context_rows", frame)
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM context_rows")
    con.unregister("context_rows")


def _plain(value: Any) -> Any:
    """A value DuckDB reads from an object column: missing as None, an enumeration as its text."""
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return None
    return str(value) if isinstance(value, str) else value
