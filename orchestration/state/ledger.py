"""The ledger: which file came for which unit, and which version of a unit is the active one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

import pandas as pd
import sqlalchemy as sa

from orchestration.state.tables import (
    build,
    metadata,
    restatement,
    run,
    submission,
    submission_issue,
)

Status = Literal["received", "loaded", "rejected", "duplicate", "superseded"]


@dataclass(frozen=True)
class Unit:
    """What one file replaces as a whole."""

    partner_code: str
    standard: str
    table_name: str
    period_start: date

    def __str__(self) -> str:
        return f"{self.partner_code} {self.standard}.{self.table_name} {self.period_start:%Y-%m}"


@dataclass(frozen=True)
class Issue:
    """How many rows broke one rule; `severity` is reject (held back) or warn (kept)."""

    rule_id: str
    column_name: str
    severity: Literal["reject", "warn"]
    failed: int
    message: str


@dataclass(frozen=True)
class Outcome:
    """What became of a submission."""

    status: Status
    reason: str | None = None
    rows_read: int | None = None
    rows_loaded: int | None = None
    rows_quarantined: int | None = None
    rows_warned: int | None = None
    issues: tuple[Issue, ...] = ()


def now() -> datetime:
    """The time as state holds it: UTC, without an offset."""
    return datetime.now(UTC).replace(tzinfo=None)


class Ledger:
    """Reads and writes of the state database; each method is one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def record(self, rows: Sequence[dict[str, Any]]) -> list[int]:
        """Enter received files as status `received`; their ledger ids, in order."""
        query = sa.insert(submission).returning(submission.c.ledger_id)
        with self.engine.begin() as con:
            return [
                int(con.execute(query.values(status="received", **row)).scalar_one())
                for row in rows
            ]

    def unfinished(self) -> list[sa.RowMapping]:
        """Submissions entered but never finished: a run was killed between."""
        query = sa.select(submission).where(submission.c.status == "received")
        with self.engine.connect() as con:
            return list(con.execute(query.order_by(submission.c.ledger_id)).mappings())

    def active(self, unit: Unit) -> sa.RowMapping | None:
        """The submission whose rows stand for `unit` now."""
        query = sa.select(submission).where(
            submission.c.partner_code == unit.partner_code,
            submission.c.standard == unit.standard,
            submission.c.table_name == unit.table_name,
            submission.c.period_start == unit.period_start,
            submission.c.is_active,
        )
        with self.engine.connect() as con:
            return con.execute(query).mappings().one_or_none()

    def active_submissions(self) -> list[sa.RowMapping]:
        """Every active submission, oldest first."""
        query = sa.select(submission).where(submission.c.is_active).order_by(submission.c.ledger_id)
        with self.engine.connect() as con:
            return list(con.execute(query).mappings())

    def finish(self, ledger_id: int, outcome: Outcome, replaces: int | None = None) -> None:
        """Write what became of a submission; a loaded one becomes active in place of `replaces`."""
        is_loaded = outcome.status == "loaded"
        with self.engine.begin() as con:
            if replaces is not None and is_loaded:
                con.execute(
                    sa.update(submission)
                    .where(submission.c.ledger_id == replaces)
                    .values(is_active=False)
                )
            con.execute(
                sa.update(submission)
                .where(submission.c.ledger_id == ledger_id)
                .values(
                    status=outcome.status,
                    reason=outcome.reason,
                    is_active=is_loaded,
                    rows_read=outcome.rows_read,
                    rows_loaded=outcome.rows_loaded,
                    rows_quarantined=outcome.rows_quarantined,
                    rows_warned=outcome.rows_warned,
                    finished_at=now(),
                )
            )
            con.execute(
                sa.delete(submission_issue).where(submission_issue.c.ledger_id == ledger_id)
            )
            if outcome.issues:
                con.execute(
                    sa.insert(submission_issue),
                    [{"ledger_id": ledger_id, **vars(issue)} for issue in outcome.issues],
                )

    def start_run(self, run_id: str, trigger: str) -> None:
        """Enter a run; runs left `started` by a killed process become `killed`."""
        with self.engine.begin() as con:
            con.execute(
                sa.update(run)
                .where(run.c.status == "started")
                .values(
                    status="killed", finished_at=now(), message="the process ended without a word"
                )
            )
            con.execute(
                sa.insert(run).values(
                    run_id=run_id, started_at=now(), trigger=trigger, status="started"
                )
            )

    def update_run(self, run_id: str, **values: Any) -> None:
        """Write what is known of a run so far."""
        with self.engine.begin() as con:
            con.execute(sa.update(run).where(run.c.run_id == run_id).values(**values))

    def last_build(self) -> sa.RowMapping | None:
        """The newest published build."""
        query = (
            sa.select(build).order_by(build.c.published_at.desc(), build.c.build_id.desc()).limit(1)
        )
        with self.engine.connect() as con:
            return con.execute(query).mappings().one_or_none()

    def record_build(self, values: dict[str, Any], restatements: Iterable[dict[str, Any]]) -> None:
        """Enter a published build with the restatements it makes; entering it again changes nothing."""
        held = set(restatement.columns.keys())
        rows = [{k: v for k, v in row.items() if k in held} for row in restatements]
        with self.engine.begin() as con:
            con.execute(sa.delete(restatement).where(restatement.c.build_id == values["build_id"]))
            con.execute(sa.delete(build).where(build.c.build_id == values["build_id"]))
            con.execute(sa.insert(build).values(**values))
            if rows:
                con.execute(sa.insert(restatement), rows)

    def frame(self, table: str) -> pd.DataFrame:
        """A whole state table, ordered by its key, as the warehouse reads it."""
        source = metadata.tables[table]
        with self.engine.connect() as con:
            result = con.execute(sa.select(source).order_by(*source.primary_key.columns))
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))
