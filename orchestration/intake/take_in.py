"""Take in: everything settled in landing, from bytes to rows in `raw`.

Files are received delivery by delivery and read table by table, the small ones many at a time. A
refused file ends here, reported, and stops nobody. A killed run is picked up: what the ledger
holds unfinished is read again from the archive.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import duckdb
import pyrage

from expectations.finding import Finding
from orchestration.contracts.model import Catalogue
from orchestration.contracts.periods import Period
from orchestration.duck import quote
from orchestration.intake import archive
from orchestration.intake.drift import heading_changes
from orchestration.intake.examine import Examination, examine
from orchestration.intake.files import Delivery
from orchestration.intake.item import Item
from orchestration.intake.load import close_stage, load, loaded_units, open_stage
from orchestration.intake.profile import Memory, Profile, profile
from orchestration.intake.read import OUR_OWN_TROUBLE as OUR_OWN_TROUBLE_READING
from orchestration.intake.read import MisfitsError
from orchestration.intake.receive import Desk, admit, opened, receive
from orchestration.intake.recognise import RefusedFileError
from orchestration.intake.report import faults, write_report
from orchestration.state.ledger import Change, Finished, Issue, Outcome, Unit
from orchestration.steps import log, step

OUR_OWN_TROUBLE = (*OUR_OWN_TROUBLE_READING, duckdb.FatalException, duckdb.InternalException)
"""Faults of this machine, not of a file: the run ends, and the next one picks the file up."""

LOT_BYTES, LOT_FILES = 512 << 20, 10_000
"""Deliveries received before their tables are read; what is received waits in the work folder."""
BATCH_BYTES, BATCH_FILES = 32 << 20, 1000
ALONE_BYTES = 8 << 20
"""A larger file gains nothing from company, and is read without the cost of `filename`."""

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
    done = 0
    for lot in _lots(waiting):
        work = desk.settings.tmp / f"lot-{uuid4().hex}"
        try:
            items: list[Item] = []
            for number, delivery in enumerate(lot):
                progress(f"{delivery.partner_code} {delivery.name}", done, len(waiting))
                items += _received(delivery, work / str(number), desk)
                done += 1
            _process(con, items, desk, summary)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    progress("", len(waiting), len(waiting))
    return summary


def _received(delivery: Delivery, work: Path, desk: Desk) -> list[Item]:
    """The files of a delivery; none when it changed, went away or may not be read."""
    try:
        return receive(delivery, work, desk) or []
    except (FileNotFoundError, PermissionError) as error:
        if all(os.access(file.path, os.R_OK) for file in delivery.files):
            raise  # it is not the delivery that is missing
        kind = type(error).__name__
        log.error("a delivery could not be read", kind=kind, partner=delivery.partner_code)
        return []


def _lots(deliveries: Sequence[Delivery]) -> Iterator[list[Delivery]]:
    lot: list[Delivery] = []
    size = files = 0
    for delivery in deliveries:
        bytes_here = sum(f.size for f in delivery.files)
        if lot and (size + bytes_here > LOT_BYTES or files + len(delivery.files) > LOT_FILES):
            yield lot
            lot, size, files = [], 0, 0
        lot.append(delivery)
        size += bytes_here
        files += len(delivery.files)
    if lot:
        yield lot


def pick_up(
    con: duckdb.DuckDBPyConnection, desk: Desk, summary: Summary, progress: Progress
) -> None:
    """Finish what a killed run left, and reload active submissions whose rows are not in `raw`.

    The second part is what makes build.duckdb disposable.
    """
    there = loaded_units(con)
    lost = [row for row in desk.ledger.active_submissions() if row["ledger_id"] not in there]
    by_archive: dict[str, list[Any]] = {}
    for row in {r["ledger_id"]: r for r in (*desk.ledger.unfinished(), *lost)}.values():
        by_archive.setdefault(row["archive_sha256"], []).append(row)
    archived = list(by_archive.items())
    done = 0
    for lot in _archive_lots(archived):
        work = desk.settings.tmp / f"restored-{uuid4().hex}"
        try:
            items: list[Item] = []
            for number, (sha256, rows) in enumerate(lot):
                progress("from the archive", done, len(archived))
                done += 1
                items += _restored(sha256, rows, work / str(number), desk)
            _process(con, items, desk, summary)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _archive_lots(
    archived: Sequence[tuple[str, list[Any]]],
) -> Iterator[list[tuple[str, list[Any]]]]:
    """Archived contents to restore at one time: they lie in the clear until they are read."""
    lot: list[tuple[str, list[Any]]] = []
    size = 0
    for sha256, rows in archived:
        own = sum(row["bytes"] for row in rows)
        if lot and (size + own > LOT_BYTES or len(lot) == LOT_FILES):
            yield lot
            lot, size = [], 0
        lot.append((sha256, rows))
        size += own
    if lot:
        yield lot


def _restored(sha256: str, rows: Sequence[Any], work: Path, desk: Desk) -> Iterator[Item]:
    """The ledger rows of one archived file as items, recognised again."""
    work.mkdir(parents=True, mode=0o700)
    path = work / "file"
    archive.restore(desk.settings.archive, sha256, path, desk.keys)
    found = archive.survey(path)
    released = desk.ledger.released_lines([row["ledger_id"] for row in rows])
    opened_for: dict[tuple[str, str], dict[str | None, Item]] = {}
    for row in rows:
        # one content sent twice, by two partners or at two times, is archived once
        name = row["file_name"].rpartition("/")[2] if row["member"] is None else "container"
        sender = (row["partner_code"], name)
        if sender not in opened_for:
            whole = Item(*sender, path, sha256, None, found, row["received_at"])
            inside = work / f"open-{len(opened_for)}"
            opened_for[sender] = {item.member: item for item in opened(whole, inside, desk)}
        held = opened_for[sender].get(row["member"])
        if held is None:
            refusal = RefusedFileError("unknown", "The table is not in the archived file")
            held = Item(*sender, path, sha256, row["member"], found, row["received_at"])
            held.refusal = refusal
        item = replace(
            held,
            name=row["file_name"].rpartition("/")[2],
            received_at=row["received_at"],
            ledger_id=row["ledger_id"],
            is_standing=row["is_active"],
        )
        item.warnings = list(held.warnings)
        item.released = frozenset(released.get(item.ledger_id, ()))
        if item.refusal is None:
            try:
                if row["period_start"] is None:
                    raise RefusedFileError("period_unknown", "The file's period could not be told")
                item.period = Period(
                    row["period_start"], row["period_end"], row["header_created_at"]
                )
                admit(item, desk)
            except RefusedFileError as error:
                item.refusal = error
        yield item


def _process(
    con: duckdb.DuckDBPyConnection, items: Iterable[Item], desk: Desk, summary: Summary
) -> None:
    """Decide what each file is to its unit, load the newest ones, say what became of them all."""
    groups: dict[tuple[object, ...], list[Item]] = {}
    refused = []
    for item in sorted(items, key=lambda i: i.ledger_id):
        if item.refusal is not None or item.heading is None or item.period is None:
            refused.append(item)
            continue
        heading = item.heading
        key = (
            _depth(heading.contract.standard, heading.contract.table, desk.catalogue),
            heading.contract.standard,
            heading.contract.table,
            heading.contract.version,
            heading.delimiter,
            heading.names,
            heading.withheld,
        )
        groups.setdefault(key, []).append(item)
    _finish(con, refused, {i.ledger_id: _refused(i.refusal) for i in refused}, {}, desk, summary)
    for _, group in sorted(groups.items(), key=lambda g: g[0]):
        waiting = group
        while waiting:
            batch = _next_batch(waiting)
            taken = {item.ledger_id for item in batch}
            waiting = [item for item in waiting if item.ledger_id not in taken]
            _process_batch(con, batch, desk, summary)
    close_stage(con)


def _depth(standard: str, table: str, catalogue: Catalogue) -> int:
    """How many parents stand above a table: they are read first, so references can be checked."""
    contract = catalogue.contracts[standard, table]
    parents = [r.table for r in contract.references if r.table != table]
    return max((_depth(standard, p, catalogue) + 1 for p in parents), default=0)


def _next_batch(waiting: Sequence[Item]) -> list[Item]:
    """The next files to read in one statement: at most one version of each unit."""
    batch: list[Item] = []
    units: set[Unit | None] = set()
    size = 0
    for item in waiting:
        is_alone = item.found.size >= ALONE_BYTES
        if item.unit in units or (batch and is_alone):
            continue
        if size + item.found.size > BATCH_BYTES and batch:
            break
        batch.append(item)
        units.add(item.unit)
        size += item.found.size
        if is_alone or len(batch) == BATCH_FILES:
            break
    return batch


def _process_batch(
    con: duckdb.DuckDBPyConnection, batch: Sequence[Item], desk: Desk, summary: Summary
) -> None:
    outcomes: dict[int, Outcome] = {}
    replaced: dict[int, int] = {}
    standing = desk.ledger.active_of([item.unit for item in batch if item.unit])
    for item in batch:
        assert item.unit is not None
        active = standing.get(item.unit)
        if active is None or active["ledger_id"] == item.ledger_id:
            continue
        replaced[item.ledger_id] = active["ledger_id"]
        if (outcome := _against(active, item)) is not None:
            outcomes[item.ledger_id] = outcome
    settled = [item for item in batch if item.ledger_id in outcomes]
    _finish(con, settled, outcomes, replaced, desk, summary)
    if to_read := [item for item in batch if item.ledger_id not in outcomes]:
        _read(con, to_read, replaced, desk, summary)


def _against(active: Any, item: Item) -> Outcome | None:
    """What a file is beside the one that stands for its unit; None when it is to take its place."""
    if active["sha256"] == item.found.sha256:
        reason = f"The same bytes as submission {active['ledger_id']}, which stands"
        return Outcome("duplicate", reason)
    created_at = item.recognised[1].created_at
    # the same bytes sent again later count as made then: else an older file in between would win
    theirs = max(
        _order(active[f"{made}_created_at"], active[received], active["ledger_id"])
        for made, received in (("header", "received_at"), ("confirmed", "confirmed_received_at"))
        if active[received] is not None
    )
    if theirs > _order(created_at, item.received_at, item.ledger_id):
        reason = f"Submission {active['ledger_id']} was made later by its sender, and stands"
        return Outcome("superseded", reason)
    return None


def _order(
    created_at: datetime | None, received_at: datetime, ledger_id: int
) -> tuple[datetime, datetime, int]:
    """Which version of a unit is the newest: its sender's clock first, so arrival does not decide.

    A file that does not say when it was made counts as made when it was received.
    """
    return created_at or received_at, received_at, ledger_id


def _read(
    con: duckdb.DuckDBPyConnection,
    batch: Sequence[Item],
    replaced: dict[int, int],
    desk: Desk,
    summary: Summary,
) -> None:
    """Stage, validate and load files of one heading; those that do not fit in are read alone."""
    open_stage(con, sum(i.found.size for i in batch), desk.settings.tmp, desk.keys.warehouse)
    try:
        seen = examine(con, batch, desk.catalogue, desk.settings.tmp)
    except MisfitsError as error:
        misfits = [batch[n] for n in error.numbers]
        fitting = [item for item in batch if item not in misfits]
        for part in ([fitting] if fitting else []) + [[item] for item in misfits]:
            _read(con, part, replaced, desk, summary)
        return
    except RefusedFileError as error:
        (item,) = batch
        _finish(con, [item], {item.ledger_id: _refused(error)}, replaced, desk, summary)
        return
    except OUR_OWN_TROUBLE:
        raise
    except duckdb.Error as error:
        kind = type(error).__name__
        log.error("files could not be examined", kind=kind, ledger_id=batch[0].ledger_id)
        if len(batch) > 1:
            for item in batch:
                _read(con, [item], replaced, desk, summary)
            return
        refusal = RefusedFileError("unreadable", "The file cannot be read as a table")
        _finish(con, batch, {batch[0].ledger_id: _refused(refusal)}, replaced, desk, summary)
        return
    step("examined", files=len(batch), rows=sum(s.rows_read for s in seen))
    profiled, findings = _checked(con, batch, seen, desk)
    outcomes = {
        item.ledger_id: replace(
            _judged(item, s, findings.get(item.ledger_id, ())), profile=memory.as_json()
        )
        for item, s, memory in zip(batch, seen, profiled.memories, strict=True)
    }
    for number, item in enumerate(batch):
        if seen[number].rows_held:
            _quarantine(con, number, item, desk)
        elif item.is_standing:  # read again, and every row of it was let in
            (desk.settings.quarantine / f"{item.ledger_id}.csv.age").unlink(missing_ok=True)
    good = {n: i for n, i in enumerate(batch) if outcomes[i.ledger_id].status == "loaded"}
    if good:
        load(con, good)
        step("loaded", files=len(good), rows=sum(seen[n].rows_good for n in good))
    changes = {
        item.ledger_id: (*heading_changes(item.recognised[0]), *new)
        for item, new in zip(batch, profiled.new_codes, strict=True)
    }
    _finish(con, batch, outcomes, replaced, desk, summary, changes)
    for number, item in good.items():
        assert item.unit is not None
        log.info("unit loaded", unit=str(item.unit), ledger_id=item.ledger_id)
        summary.units.append(item.unit)
        summary.rows_loaded += seen[number].rows_good
        summary.rows_quarantined += seen[number].rows_held


def _checked(
    con: duckdb.DuckDBPyConnection,
    batch: Sequence[Item],
    seen: Sequence[Examination],
    desk: Desk,
) -> tuple[Profile, dict[int, tuple[Finding, ...]]]:
    """The profiles of a batch, and what the table's expectations find in them, by ledger id."""
    contract = batch[0].recognised[0].contract
    standing = desk.ledger.profiles(
        contract.standard, contract.table, {item.partner_code for item in batch}
    )
    earlier = {unit: Memory.from_json(text) for unit, text in standing.items()}
    found = profile(con, batch, seen, earlier, desk.catalogue)
    by_submission: dict[int, tuple[Finding, ...]] = {}
    for finding in desk.validate(found.frame, contract.standard, contract.table):
        held = by_submission.get(finding.ledger_id, ())
        by_submission[finding.ledger_id] = (*held, finding)
    return found, by_submission


def _judged(item: Item, seen: Examination, findings: Sequence[Finding]) -> Outcome:
    """What an examined file comes to: a blocking expectation refuses it before it is loaded."""
    contract = item.recognised[0].contract
    known = Outcome(
        "loaded",
        rows_read=seen.rows_read,
        rows_loaded=seen.rows_good,
        rows_quarantined=seen.rows_held,
        rows_warned=seen.rows_warned,
        rows_released=seen.rows_released,
        issues=seen.issues,
        findings=tuple(findings),
    )
    blocking = [f.message for f in findings if f.is_blocking]
    if blocking:
        return replace(known, status="rejected", rows_loaded=0, reason="; ".join(blocking))
    is_nothing = seen.rows_read == 0 and contract.may_be_empty
    if seen.rows_good == 0 and not is_nothing:
        reason = "The file holds no rows" if seen.rows_read == 0 else "No row of the file is valid"
        return replace(known, status="rejected", reason=reason)
    return known


def _refused(error: RefusedFileError | None) -> Outcome:
    error = error or RefusedFileError("unknown", "The file was not recognised")
    return Outcome("rejected", str(error), issues=(Issue(error.rule, "", "reject", 0, str(error)),))


def _finish(
    con: duckdb.DuckDBPyConnection,
    items: Sequence[Item],
    outcomes: dict[int, Outcome],
    replaced: dict[int, int],
    desk: Desk,
    summary: Summary,
    changes: Mapping[int, tuple[Change, ...]] = MappingProxyType({}),
) -> None:
    """Write the outcomes into the ledger, the counts into the summary, and the senders' reports.

    A submission that stands and may not be read again now, since an agreement has lapsed, goes on
    standing: it was right when it came, and is read as soon as it may be.
    """
    kept = [i for i in items if i.is_standing and outcomes[i.ledger_id].status == "rejected"]
    if kept:
        desk.ledger.keep([item.ledger_id for item in kept])
        for item in kept:
            log.warning("a standing submission may not be read now", ledger_id=item.ledger_id)
        held = {item.ledger_id for item in kept}
        items = [item for item in items if item.ledger_id not in held]
    desk.ledger.finish(
        [
            Finished(
                i.ledger_id,
                outcomes[i.ledger_id],
                replaced.get(i.ledger_id),
                i.unit,
                changes.get(i.ledger_id, ()),
                i.recognised[1].created_at if i.period else None,
                i.received_at,
            )
            for i in items
        ]
    )
    for number, item in enumerate(items):
        outcome = outcomes[item.ledger_id]
        step("finished", status=outcome.status, ledger_id=item.ledger_id)
        summary.counts[outcome.status] += 1
        if outcome.status != "loaded":
            name = str(item.unit or item.partner_code)
            summary.refusals.append(f"{name}: {item.name}: {outcome.status}: {outcome.reason}")
        failed = any(f.status in ("fail", "error") for f in outcome.findings)
        if outcome.status == "rejected" or outcome.issues or failed:
            _report(con, number, item, outcome, desk)


def _report(
    con: duckdb.DuckDBPyConnection, number: int, item: Item, outcome: Outcome, desk: Desk
) -> None:
    listed = faults(con, number) if outcome.rows_quarantined else []
    unit = item.unit
    label = f"{unit.period_start:%Y-%m}_{unit.standard}.{unit.table_name}" if unit else "unknown"
    write_report(
        desk.settings.reports / item.partner_code,
        f"{label}_submission-{item.ledger_id}",
        item.name,
        str(unit or item.partner_code),
        outcome,
        listed,
    )


def _quarantine(con: duckdb.DuckDBPyConnection, number: int, item: Item, desk: Desk) -> None:
    """Keep the held-back rows: line, broken rules and text as sent, encrypted, one file a submission."""
    heading, _ = item.recognised
    plain = desk.settings.tmp / f"quarantine-{item.ledger_id}.csv"
    columns = [c.name for c in heading.contract.columns]
    values = ", ".join(
        f'CASE WHEN len(text) > 1 THEN text[{n}] END AS "{c}"' for n, c in enumerate(columns, 1)
    )
    try:
        con.execute(f"""
            COPY (
                SELECT line, array_to_string(rules, ' ') AS rules, {values},
                    CASE WHEN len(text) = 1 THEN text[1] END AS record
                FROM stage.faults WHERE file_number = {number} ORDER BY line
            ) TO {quote(str(plain))} (HEADER)
        """)
        target = desk.settings.quarantine / f"{item.ledger_id}.csv.age"
        pyrage.encrypt_file(str(plain), str(target), [desk.keys.archive.to_public()])
    finally:
        plain.unlink(missing_ok=True)
