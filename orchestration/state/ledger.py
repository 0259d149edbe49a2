"""The ledger: which file came for which unit, and which version of a unit is the active one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
import sqlalchemy as sa

from orchestration.state.tables import (
    build,
    drift,
    metadata,
    quarantine_decision,
    restatement,
    run,
    submission,
    submission_profile,
)

if TYPE_CHECKING:
    from expectations.finding import Finding

_EMPTY = dict.fromkeys(
    (
        "standard", "table_name", "contract_version", "period_start", "period_end",
        "header_created_at",
    )
)  # fmt: skip
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
    rows_released: int | None = None
    issues: tuple[Issue, ...] = ()
    findings: tuple[Finding, ...] = ()
    """What the expectations found in its profile."""
    profile: str | None = None
    """What later submissions are compared with, as JSON."""


@dataclass(frozen=True)
class Change:
    """A column or code a partner began, or ceased, to send. `value` is a heading or a short code."""

    kind: Literal["column_extra", "column_missing", "column_renamed", "code_new"]
    column_name: str
    value: str = ""


@dataclass(frozen=True)
class Finished:
    """A submission's end; a loaded one takes the place of `replaces`."""

    ledger_id: int
    outcome: Outcome
    replaces: int | None = None
    unit: Unit | None = None
    changes: tuple[Change, ...] = ()
    created_at: datetime | None = None
    received_at: datetime | None = None


def now() -> datetime:
    """The time as state holds it: UTC, without an offset."""
    return datetime.now(UTC).replace(tzinfo=None)


def _portions(ids: Sequence[int], most: int = 500) -> Iterable[Sequence[int]]:
    """Ids in lists a database takes as parameters of one statement."""
    return (ids[first : first + most] for first in range(0, len(ids), most))


def _replace_details(
    con: sa.Connection, ids: Sequence[int], table: str, rows: Sequence[dict[str, Any]]
) -> None:
    """The rows of a table that belong to submissions, in place of what it held of them."""
    target = metadata.tables[table]
    for some in _portions(ids):
        con.execute(sa.delete(target).where(target.c.ledger_id.in_(some)))
    if rows:
        con.execute(sa.insert(target), list(rows))


def _confirm(con: sa.Connection, duplicate: Finished) -> None:
    """The standing submission's bytes were sent again: it counts as made and received then, if later."""
    row = con.execute(
        sa.select(
            submission.c.header_created_at,
            submission.c.received_at,
            submission.c.confirmed_created_at,
            submission.c.confirmed_received_at,
        ).where(submission.c.ledger_id == duplicate.replaces)
    ).one()
    assert duplicate.received_at is not None
    created, received = duplicate.created_at, duplicate.received_at
    held = (row.confirmed_created_at or row.header_created_at, row.confirmed_received_at)
    this = (created or received, received)
    if this > (held[0] or row.received_at, held[1] or row.received_at):
        con.execute(
            sa.update(submission)
            .where(submission.c.ledger_id == duplicate.replaces)
            .values(confirmed_created_at=created, confirmed_received_at=received)
        )


def _note_changes(
    con: sa.Connection, ledger_id: int, unit: Unit, changes: Iterable[Change]
) -> None:
    """Enter what is new of a sender's table; what was seen before only moves its last period."""
    own = {
        "partner_code": unit.partner_code,
        "standard": unit.standard,
        "table_name": unit.table_name,
    }
    known = {
        (row.kind, row.column_name, row.value): row
        for row in con.execute(sa.select(drift).filter_by(**own))
    }
    for change in dict.fromkeys(changes):
        seen = known.get((change.kind, change.column_name, change.value))
        if seen is None:
            con.execute(
                sa.insert(drift).values(
                    **own,
                    **vars(change),
                    first_ledger_id=ledger_id,
                    first_period=unit.period_start,
                    first_seen_at=now(),
                    last_period=unit.period_start,
                )
            )
        else:
            con.execute(
                sa.update(drift)
                .where(drift.c.drift_id == seen.drift_id)
                .values(
                    first_period=min(seen.first_period, unit.period_start),
                    last_period=max(seen.last_period, unit.period_start),
                )
            )


class Ledger:
    """Reads and writes of the state database; each method is one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def record(self, rows: Sequence[dict[str, Any]]) -> list[int]:
        """Enter received files as status `received`; their ledger ids, in order."""
        query = sa.insert(submission).returning(
            submission.c.ledger_id, sort_by_parameter_order=True
        )
        entries = [{**_EMPTY, **row, "status": "received", "is_active": False} for row in rows]
        with self.engine.begin() as con:
            return [int(i) for i in con.execute(query, entries).scalars()] if entries else []

    def unfinished(self) -> list[sa.RowMapping]:
        """Submissions entered but never finished: a run was killed between."""
        query = sa.select(submission).where(submission.c.status == "received")
        with self.engine.connect() as con:
            return list(con.execute(query.order_by(submission.c.ledger_id)).mappings())

    def active_of(self, units: Iterable[Unit]) -> dict[Unit, sa.RowMapping]:
        """The submissions whose rows stand for `units` now."""
        wanted = set(units)
        query = sa.select(submission).where(
            submission.c.is_active,
            submission.c.standard.in_({u.standard for u in wanted}),
            submission.c.table_name.in_({u.table_name for u in wanted}),
            submission.c.period_start.in_({u.period_start for u in wanted}),
        )
        with self.engine.connect() as con:
            found = {
                Unit(r["partner_code"], r["standard"], r["table_name"], r["period_start"]): r
                for r in con.execute(query).mappings()
            }
        return {unit: row for unit, row in found.items() if unit in wanted}

    def active_submissions(self) -> list[sa.RowMapping]:
        """Every active submission, oldest first."""
        query = sa.select(submission).where(submission.c.is_active).order_by(submission.c.ledger_id)
        with self.engine.connect() as con:
            return list(con.execute(query).mappings())

    def recognised_submissions(self) -> list[sa.RowMapping]:
        """Every finished submission whose unit is known, oldest first."""
        query = sa.select(submission).where(
            submission.c.status != "received", submission.c.period_start.is_not(None)
        )
        with self.engine.connect() as con:
            return list(con.execute(query.order_by(submission.c.ledger_id)).mappings())

    def finish(self, ends: Sequence[Finished]) -> None:
        """Write what became of submissions, all of them or none."""
        if not ends:
            return
        ids = [end.ledger_id for end in ends]
        replaced = [e.replaces for e in ends if e.replaces and e.outcome.status == "loaded"]
        issues = [
            {"ledger_id": end.ledger_id, **vars(issue)}
            for end in ends
            for issue in end.outcome.issues
        ]
        findings = [vars(found) for end in ends for found in end.outcome.findings]
        profiles = [
            {"ledger_id": end.ledger_id, "profile": end.outcome.profile}
            for end in ends
            if end.outcome.profile is not None
        ]
        with self.engine.begin() as con:
            for some in _portions(replaced):
                con.execute(
                    sa.update(submission)
                    .where(submission.c.ledger_id.in_(some))
                    .values(is_active=False)
                )
            con.execute(
                sa.update(submission).where(submission.c.ledger_id == sa.bindparam("this_id")),
                [
                    {
                        "this_id": end.ledger_id,
                        "status": end.outcome.status,
                        "reason": end.outcome.reason,
                        "is_active": end.outcome.status == "loaded",
                        "rows_read": end.outcome.rows_read,
                        "rows_loaded": end.outcome.rows_loaded,
                        "rows_quarantined": end.outcome.rows_quarantined,
                        "rows_warned": end.outcome.rows_warned,
                        "rows_released": end.outcome.rows_released,
                        "finished_at": now(),
                    }
                    for end in ends
                ],
            )
            for end in ends:
                if end.outcome.status == "duplicate" and end.replaces is not None:
                    _confirm(con, end)
            _replace_details(con, ids, "submission_issue", issues)
            _replace_details(con, ids, "check_result", findings)
            _replace_details(con, ids, "submission_profile", profiles)
            for end in ends:
                if end.unit is not None and end.changes:
                    _note_changes(con, end.ledger_id, end.unit, end.changes)

    def profiles(
        self, standard: str, table: str, partners: Iterable[str]
    ) -> dict[tuple[str, date], str]:
        """Profiles of the standing submissions of a table, by partner and period."""
        query = (
            sa.select(
                submission.c.partner_code, submission.c.period_start, submission_profile.c.profile
            )
            .join(submission_profile)
            .where(
                submission.c.is_active,
                submission.c.standard == standard,
                submission.c.table_name == table,
                submission.c.partner_code.in_(set(partners)),
            )
        )
        with self.engine.connect() as con:
            return {(row[0], row[1]): row[2] for row in con.execute(query)}

    def released_lines(self, ledger_ids: Sequence[int]) -> dict[int, set[int]]:
        """Lines of held-back rows somebody let in, by submission; the latest decision stands."""
        wanted = set(ledger_ids)
        latest = {
            (decision["ledger_id"], decision["line"]): decision["action"]
            for decision in self.decisions()
            if decision["ledger_id"] in wanted
        }
        found: dict[int, set[int]] = {}
        for (ledger_id, line), action in latest.items():
            if action == "release":
                found.setdefault(ledger_id, set()).add(line)
        return found

    def decide(
        self,
        ledger_id: int,
        lines: Iterable[int],
        action: str,
        author: str,
        reason: str,
        *,
        reads_again: bool,
    ) -> None:
        """Record a decision on rows; `reads_again` has the next run read the submission anew."""
        rows = [
            {
                "ledger_id": ledger_id,
                "line": line,
                "action": action,
                "author": author,
                "reason": reason,
                "decided_at": now(),
            }
            for line in lines
        ]
        with self.engine.begin() as con:
            con.execute(sa.insert(quarantine_decision), rows)
            if reads_again:
                con.execute(
                    sa.update(submission)
                    .where(submission.c.ledger_id == ledger_id)
                    .values(status="received")
                )

    def keep(self, ledger_ids: Sequence[int]) -> None:
        """Have standing submissions stand as before: they were read again in vain."""
        with self.engine.begin() as con:
            for some in _portions(ledger_ids):
                con.execute(
                    sa.update(submission)
                    .where(submission.c.ledger_id.in_(some), submission.c.is_active)
                    .values(status="loaded")
                )

    def decisions(self) -> list[sa.RowMapping]:
        """Every decision on a held-back row, oldest first."""
        query = sa.select(quarantine_decision).order_by(quarantine_decision.c.decision_id)
        with self.engine.connect() as con:
            return list(con.execute(query).mappings())

    def submission(self, ledger_id: int) -> sa.RowMapping | None:
        """One submission."""
        query = sa.select(submission).where(submission.c.ledger_id == ledger_id)
        with self.engine.connect() as con:
            return con.execute(query).mappings().one_or_none()

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
