"""Take in: everything settled in landing, from bytes to rows in `raw`, one delivery after another.

A refused file ends here, reported, and stops nobody. A killed run is picked up: what the ledger
holds unfinished is read again from the archive.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import duckdb
import pyrage

from orchestration.duck import quote
from orchestration.intake import archive
from orchestration.intake.containers import unpack
from orchestration.intake.examine import examine
from orchestration.intake.files import Delivery
from orchestration.intake.load import close_stage, load, loaded_units, open_stage
from orchestration.intake.read import as_utf8, first_line
from orchestration.intake.receive import Desk, Item, Received, receive
from orchestration.intake.recognise import Period, RefusedFileError, recognise
from orchestration.intake.report import faults, write_report
from orchestration.state.ledger import Issue, Outcome, Unit
from orchestration.steps import log, step

OUR_OWN_TROUBLE = (
    duckdb.OutOfMemoryException,
    duckdb.IOException,
    duckdb.FatalException,
    duckdb.InternalException,
)
"""Faults of this machine, not of a file: the run ends, and the next one picks the file up."""

Progress = Callable[[str, int, int], None]


@dataclass
class Summary:
    """What a pass over landing did; `units` are those whose rows changed."""

    counts: Counter[str] = field(default_factory=Counter)
    units: list[Unit] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)
    rows_loaded: int = 0
    rows_quarantined: int = 0


def take_in(
    con: duckdb.DuckDBPyConnection, deliveries: Iterable[Delivery], desk: Desk, progress: Progress
) -> Summary:
    """Process settled deliveries; `con` must USE the build file with the raw tables made."""
    summary = Summary()
    waiting = list(deliveries)
    for number, delivery in enumerate(waiting):
        progress(f"{delivery.partner_code} {delivery.name}", number, len(waiting))
        work = desk.settings.tmp / f"delivery-{uuid4().hex}"
        try:
            received = receive(delivery, work, desk)
            for item in received.items if received else ():
                assert received is not None
                _process(con, received, item, desk, summary)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    progress("", len(waiting), len(waiting))
    return summary


def pick_up(
    con: duckdb.DuckDBPyConnection, desk: Desk, summary: Summary, progress: Progress
) -> None:
    """Finish what a killed run left, and reload active submissions whose rows are not in `raw`.

    The second part is what makes build.duckdb disposable.
    """
    there = loaded_units(con)
    lost = [row for row in desk.ledger.active_submissions() if row["ledger_id"] not in there]
    unfinished = desk.ledger.unfinished()
    for number, row in enumerate([*unfinished, *lost]):
        progress("from the archive", number, len(unfinished) + len(lost))
        work = desk.settings.tmp / f"restored-{uuid4().hex}"
        work.mkdir(parents=True, mode=0o700)
        try:
            item = _restored(row, work, desk)
            received = Received(row["partner_code"], [item])
            _process(con, received, item, desk, summary)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _restored(row: object, work: Path, desk: Desk) -> Item:
    """A ledger row's file, back from the archive and recognised again."""
    entry: dict[str, object] = dict(row)  # type: ignore[call-overload]
    path = work / "file"
    archive.restore(desk.settings.archive, str(entry["archive_sha256"]), path, desk.keys)
    if entry["member"] is not None:
        path = unpack(path, work, desk.settings)[int(str(entry["member"]))].path
    found = archive.survey(path)
    member = None if entry["member"] is None else int(str(entry["member"]))
    received_at: datetime = row["received_at"]  # type: ignore[index]
    item = Item(
        str(entry["file_name"]), path, str(entry["archive_sha256"]), member, found, received_at
    )
    item.ledger_id = int(str(entry["ledger_id"]))
    try:
        text = as_utf8(path, found, work / "heading")
        item.heading = recognise(first_line(text, "utf-8"), desk.catalogue)
        if entry["period_start"] is None:
            raise RefusedFileError("period_unknown", "The file's month could not be told")
        item.period = Period(entry["period_start"], entry["period_end"], entry["header_created_at"])  # type: ignore[arg-type]
    except RefusedFileError as error:
        item.refusal = error
    return item


def _process(
    con: duckdb.DuckDBPyConnection, received: Received, item: Item, desk: Desk, summary: Summary
) -> None:
    """Decide what one file is to its unit, load it if it is the newest, and say what became of it."""
    unit = received.unit(item)
    replaces: int | None = None  # the active submission this one takes the place of
    if item.refusal is not None or unit is None:
        outcome = _refused(
            item.refusal or RefusedFileError("unknown", "The file was not recognised")
        )
    else:
        active = desk.ledger.active(unit)
        if active is not None and active["ledger_id"] != item.ledger_id:
            replaces = active["ledger_id"]
        created_at = item.period.created_at if item.period else None
        if active is not None and replaces is not None and active["sha256"] == item.found.sha256:
            outcome = Outcome(
                "duplicate", f"The same bytes as submission {active['ledger_id']}, which stands"
            )
        elif (
            active is not None
            and replaces is not None
            and _order(active["header_created_at"], active["received_at"], active["ledger_id"])
            > _order(created_at, item.received_at, item.ledger_id)
        ):
            outcome = Outcome(
                "superseded",
                f"Submission {active['ledger_id']} was made later by its sender, and stands",
            )
        else:
            outcome = _load(con, unit, item, desk, summary)
    desk.ledger.finish(item.ledger_id, outcome, replaces)
    step("finished", status=outcome.status, ledger_id=item.ledger_id)
    summary.counts[outcome.status] += 1
    if outcome.status != "loaded":
        name = str(unit) if unit else received.partner_code
        summary.refusals.append(f"{name}: {item.name}: {outcome.status}: {outcome.reason}")
    if outcome.status == "rejected" or outcome.issues:
        listed = faults(con) if outcome.rows_read else []
        label = (
            f"{unit.period_start:%Y-%m}_{unit.standard}.{unit.table_name}" if unit else "unknown"
        )
        write_report(
            desk.settings.reports / received.partner_code,
            f"{label}_submission-{item.ledger_id}",
            item.name,
            str(unit or received.partner_code),
            outcome,
            listed,
        )
    close_stage(con)


def _order(
    created_at: datetime | None, received_at: datetime, ledger_id: int
) -> tuple[datetime, datetime, int]:
    """Which version of a unit is the newest: its sender's clock first, so arrival does not decide."""
    return created_at or datetime.min, received_at, ledger_id


def _refused(error: RefusedFileError) -> Outcome:
    return Outcome("rejected", str(error), issues=(Issue(error.rule, "", "reject", 0, str(error)),))


def _load(
    con: duckdb.DuckDBPyConnection, unit: Unit, item: Item, desk: Desk, summary: Summary
) -> Outcome:
    assert item.heading is not None
    assert item.period is not None
    settings = desk.settings
    open_stage(con, item.found.size, settings.tmp, desk.keys.warehouse)
    try:
        seen = examine(
            con, item.path, item.found, item.heading, item.period, desk.catalogue, settings.tmp
        )
    except RefusedFileError as error:
        return _refused(error)
    except OUR_OWN_TROUBLE:
        raise
    except duckdb.Error as error:
        log.error(
            "a file could not be examined", kind=type(error).__name__, ledger_id=item.ledger_id
        )
        return _refused(RefusedFileError("unreadable", "The file cannot be read as a table"))
    step("examined", rows=seen.rows_read, held=seen.rows_held)
    known = Outcome(
        "loaded",
        rows_read=seen.rows_read,
        rows_loaded=seen.rows_good,
        rows_quarantined=seen.rows_held,
        rows_warned=seen.rows_warned,
        issues=seen.issues,
    )
    if seen.rows_held:
        _quarantine(con, item, desk)
    if seen.rows_good == 0:
        reason = "The file holds no rows" if seen.rows_read == 0 else "No row of the file is valid"
        return replace(known, status="rejected", reason=reason)
    load(con, seen, unit.partner_code, item.ledger_id)
    step("loaded", rows=seen.rows_good)
    log.info("unit loaded", unit=str(unit), ledger_id=item.ledger_id)
    summary.units.append(unit)
    summary.rows_loaded += seen.rows_good
    summary.rows_quarantined += seen.rows_held
    return known


def _quarantine(con: duckdb.DuckDBPyConnection, item: Item, desk: Desk) -> None:
    """Keep the held-back rows: line, broken rules and text as sent, encrypted, one file a submission."""
    assert item.heading is not None
    plain = desk.settings.tmp / f"quarantine-{item.ledger_id}.csv"
    columns = [c.name for c in item.heading.contract.columns]
    values = ", ".join(
        f'CASE WHEN len(text) > 1 THEN text[{n}] END AS "{c}"' for n, c in enumerate(columns, 1)
    )
    try:
        con.execute(f"""
            COPY (
                SELECT line, array_to_string(rules, ' ') AS rules, {values},
                    CASE WHEN len(text) = 1 THEN text[1] END AS record
                FROM stage.faults ORDER BY line
            ) TO {quote(str(plain))} (HEADER)
        """)
        target = desk.settings.quarantine / f"{item.ledger_id}.csv.age"
        pyrage.encrypt_file(str(plain), str(target), [desk.keys.archive.to_public()])
    finally:
        plain.unlink(missing_ok=True)
