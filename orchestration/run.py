"""One pass of the pipeline: take in, build, publish. `cics run` and the scheduler call the same parts.

A pass holds the writer's lock. It may be killed anywhere: the next one picks up what was left.
"""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import uuid4

import duckdb

from expectations.run import validate, warm_up
from orchestration import duck, steps
from orchestration.alerts import raise_alerts
from orchestration.contracts.model import Catalogue, shipped_catalogue
from orchestration.intake.files import Look, deliveries, look, settled, unknown_folders
from orchestration.intake.load import prepare
from orchestration.intake.receive import Desk
from orchestration.intake.take_in import Progress, Summary, pick_up, take_in
from orchestration.keys import Keys, load_keys
from orchestration.lock import WriterBusyError, writer_lock
from orchestration.partnership.load import load_partnership
from orchestration.partnership.model import Partnership
from orchestration.settings import Settings
from orchestration.state.database import open_state
from orchestration.state.ledger import Ledger, now
from orchestration.steps import log, step
from orchestration.warehouse.build import dbt_folder, reset_build_file, run_dbt
from orchestration.warehouse.context import BuildStamp, write_context
from orchestration.warehouse.publish import (
    Published,
    clean_leftovers,
    last_fingerprint,
    publish,
    write_operations,
)
from orchestration.warehouse.results import BuildResult
from orchestration.warehouse.snapshot import current, open_snapshot
from orchestration.warehouse.stamp import fingerprint, make_stamp

RECENT_SECONDS = 10
SETTLE_SECONDS = 1.0
OPERATIONS_TABLES = (
    "submission",
    "submission_issue",
    "check_result",
    "drift",
    "quarantine_decision",
    "alert",
    "run",
    "build",
    "restatement",
)


class FailedBuildError(RuntimeError):
    """Warehouse checks or models failed; the last good snapshot stays."""


@dataclass
class Report:
    """What a pass came to."""

    run_id: str
    status: str = "started"
    build_id: str | None = None
    message: str = ""
    intake: Summary = field(default_factory=Summary)
    restatements: int = 0
    seconds: dict[str, float] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {
            "run_id": self.run_id,
            "status": self.status,
            "build_id": self.build_id,
            "message": self.message,
            "submissions": dict(self.intake.counts),
            "not_loaded": self.intake.refusals,
            "rows_loaded": self.intake.rows_loaded,
            "rows_quarantined": self.intake.rows_quarantined,
            "restatements": self.restatements,
            "seconds": {name: round(spent, 2) for name, spent in self.seconds.items()},
        }


class Pipeline:
    """The parts of a pass over one home, in the order they are used."""

    def __init__(self, settings: Settings) -> None:
        settings.make_folders()
        steps.arm(settings)
        self.settings = settings
        self.keys: Keys = load_keys(settings)
        self.partnership: Partnership = load_partnership(settings.partnership_file)
        self.catalogue: Catalogue = shipped_catalogue()

    @cached_property
    def ledger(self) -> Ledger:
        """The state database, migrated."""
        return Ledger(open_state(self.settings))

    def look(self) -> dict[Path, Look]:
        """What lies in landing now."""
        for code in self.partnership.partner_codes:
            (self.settings.landing / code).mkdir(mode=0o700, exist_ok=True)
        for name in unknown_folders(self.settings.landing, self.partnership.partner_codes):
            log.warning("landing folder is no partner's", folder=name)
        return look(self.settings.landing, self.partnership.partner_codes)

    def settled_files(self) -> list[Look]:
        """Files that two looks agree on; the second is taken only when something is recent."""
        first = self.look()
        recent = time.time_ns() - RECENT_SECONDS * 10**9
        if all(seen.mtime_ns < recent for seen in first.values()):
            return settled(first, first)
        time.sleep(SETTLE_SECONDS)
        return settled(self.look(), first)

    def start(self, trigger: str, run_id: str | None = None) -> Report:
        """Enter a run and clear what a killed one left. The caller holds the lock."""
        report = Report(run_id or uuid4().hex[:12])
        self.ledger.start_run(report.run_id, trigger)
        for path in self.settings.tmp.iterdir():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        clean_leftovers(self.settings)
        self._adopt_published_build(report.run_id)
        return report

    def take_in(self, report: Report, files: Sequence[Look], progress: Progress) -> Summary:
        """Pick up what is unfinished, then take in the settled files."""
        started = time.monotonic()
        desk = Desk(
            self.settings,
            self.partnership,
            self.catalogue,
            self.keys,
            self.ledger,
            report.run_id,
            validate,
        )
        if files:
            # the library of the checks takes seconds to import, and bytes can be read meanwhile
            threading.Thread(target=warm_up, daemon=True).start()
        with self._build_file() as con:
            prepare(con, self.catalogue)
            pick_up(con, desk, report.intake, progress)
            found = take_in(con, deliveries(self.settings.landing, files), desk, progress)
        report.intake = _sum(report.intake, found)
        report.seconds["intake"] = time.monotonic() - started
        self.ledger.update_run(
            report.run_id,
            files_received=sum(found.counts.values()),
            seconds_intake=report.seconds["intake"],
        )
        return report.intake

    def pending_build(self) -> str | None:
        """The fingerprint of the build that is due; None when the published one has it."""
        due = fingerprint(self.settings, self._submissions())
        return None if due == last_fingerprint(self.settings) else due

    def begin_build(self) -> BuildStamp:
        """Name the build and write what dbt reads beside the raw tables."""
        stamp = make_stamp(self.settings)
        write_context(
            self.settings,
            self.keys,
            self.partnership,
            self.catalogue,
            stamp,
            submissions=self._submissions(),
            issues=_records(self.ledger, "submission_issue"),
            restatements=_records(self.ledger, "restatement"),
            check_results=_records(self.ledger, "check_result"),
            drift=_records(self.ledger, "drift"),
            quarantine_decisions=_records(self.ledger, "quarantine_decision"),
        )
        text = json.dumps({**asdict(stamp), "built_at": stamp.built_at.isoformat()})
        dbt_folder(self.settings).mkdir(mode=0o700, exist_ok=True)
        (dbt_folder(self.settings) / "stamp.json").write_text(text, encoding="utf-8")
        step("context")
        return stamp

    def begun_stamp(self) -> BuildStamp:
        """The stamp `begin_build` made: the scheduler's steps share it through this file."""
        held = json.loads((dbt_folder(self.settings) / "stamp.json").read_text(encoding="utf-8"))
        return BuildStamp(**{**held, "built_at": datetime.fromisoformat(held["built_at"])})

    def publish(self, report: Report, stamp: BuildStamp, result: BuildResult) -> Published:
        """Make the snapshot current and enter it in state."""
        started = time.monotonic()
        due = fingerprint(self.settings, self._submissions())
        step("built")
        published = publish(
            self.settings,
            self.keys,
            self.catalogue,
            stamp,
            result,
            submissions=self._submissions(),
            fingerprint=due,
        )
        step("published")
        self._enter_build(report.run_id, stamp.build_id, due, published.restatements)
        report.build_id = stamp.build_id
        report.restatements = len(published.restatements)
        report.seconds["publish"] = time.monotonic() - started
        return published

    def finish(self, report: Report, status: str, message: str = "") -> None:
        """Close the run and publish `operations.duckdb`, so that lateness and failure are seen."""
        report.status, report.message = status, message
        self.ledger.update_run(
            report.run_id,
            status=status,
            message=message or None,
            build_id=report.build_id,
            finished_at=now(),
            seconds_build=report.seconds.get("build"),
            seconds_publish=report.seconds.get("publish"),
        )
        raise_alerts(self.settings, self.partnership, self.catalogue, self.ledger)
        frames = {name: self.ledger.frame(name) for name in OPERATIONS_TABLES}
        write_operations(self.settings, self.keys, frames)
        step("operations")

    @contextmanager
    def _build_file(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The build file, used; one that no longer opens is thrown away, since the archive has it all."""
        con = duck.connect(self.settings)
        try:
            try:
                duck.attach(con, self.settings.build_file, "warehouse", self.keys.warehouse)
            except duckdb.Error as error:
                if "lock" in str(error).lower():
                    raise WriterBusyError("another process has the build file open") from None
                log.warning("build file does not open; it is rebuilt from the archive")
                reset_build_file(self.settings)
                duck.attach(con, self.settings.build_file, "warehouse", self.keys.warehouse)
            con.execute("USE warehouse")
            yield con
            con.execute("CHECKPOINT warehouse")
        finally:
            con.close()

    def _submissions(self) -> list[dict[str, Any]]:
        return [s for s in _records(self.ledger, "submission") if s["status"] != "received"]

    def _enter_build(
        self, run_id: str, build_id: str, due: str, restatements: Sequence[dict[str, Any]]
    ) -> None:
        ids = [int(s["ledger_id"]) for s in self._submissions()]
        build = {
            "build_id": build_id,
            "run_id": run_id,
            "fingerprint": due,
            "as_at": self.settings.today(),
            "published_at": now(),
            "last_ledger_id": max(ids, default=0),
        }
        self.ledger.record_build(build, restatements)

    def _adopt_published_build(self, run_id: str) -> None:
        """Enter a build whose publisher was killed between the pointer and the state database."""
        snapshot = current(self.settings)
        last = self.ledger.last_build()
        if snapshot is None or (last is not None and last["build_id"] == snapshot.build_id):
            return
        with suppress(duckdb.Error):
            con = open_snapshot(self.settings, self.keys, "operational")
            found = con.execute("SELECT * FROM restatement WHERE build_id = ?", [snapshot.build_id])
            names = [c[0] for c in found.description or []]
            rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
            con.close()
            self._enter_build(run_id, snapshot.build_id, snapshot.manifest["fingerprint"], rows)


def run_once(settings: Settings, trigger: str, progress: Progress, *, wait: bool = True) -> Report:
    """Take in all that has settled, and publish when there is something new."""
    pipeline = Pipeline(settings)
    with writer_lock(settings.lock_file, wait=wait):
        files = pipeline.settled_files()  # another run may have taken what lay there before
        report = pipeline.start(trigger)
        try:
            pipeline.take_in(report, files, progress)
            if pipeline.pending_build() is None:
                pipeline.finish(report, "unchanged", "nothing new to build")
                return report
            build_and_publish(pipeline, report, progress)
            pipeline.finish(report, "published")
        except BaseException as error:
            pipeline.finish(report, "failed", failure(error))
            raise
    return report


def build_and_publish(pipeline: Pipeline, report: Report, progress: Progress) -> Published:
    """Context, dbt, snapshot; FailedBuildError names the models and checks that failed."""
    progress("building the warehouse", 0, 1)
    started = time.monotonic()
    stamp = pipeline.begin_build()
    result = run_dbt(pipeline.settings, pipeline.keys)
    report.seconds["build"] = time.monotonic() - started
    require_passed(result)
    progress("publishing", 0, 1)
    published = pipeline.publish(report, stamp, result)
    progress("published", 1, 1)
    return published


def require_passed(result: BuildResult) -> None:
    """FailedBuildError unless every model and blocking check passed."""
    if not result.passed:
        named = "; ".join(f"{n.name}: {n.message or n.status}" for n in result.failed[:5])
        more = len(result.failed) - 5
        raise FailedBuildError(named + (f"; and {more} more" if more > 0 else ""))


def failure(error: BaseException) -> str:
    """A failure for the run's record. Other people's messages may repeat values, so only ours are kept."""
    if isinstance(error, FailedBuildError):
        return str(error)
    return type(error).__name__


def _records(ledger: Ledger, table: str) -> list[dict[str, Any]]:
    frame = ledger.frame(table)
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(k): v for k, v in row.items()} for row in plain.to_dict("records")]


def _sum(first: Summary, second: Summary) -> Summary:
    return Summary(
        first.counts + second.counts,
        first.units + second.units,
        first.refusals + second.refusals,
        first.rows_loaded + second.rows_loaded,
        first.rows_quarantined + second.rows_quarantined,
    )
