"""Receive, archive and recognise one delivery; enter it in the ledger; take it out of landing.

On return of `receive` the bytes are in the archive and the ledger names every table in them, so a
crash from here on loses nothing. Until then the files stay in landing.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from expectations.finding import Finding
from orchestration.contracts.model import Catalogue, PeriodKind
from orchestration.contracts.periods import Period, period_in_name, year
from orchestration.intake import archive
from orchestration.intake.containers import Leaf, leaves
from orchestration.intake.files import Delivery, Look
from orchestration.intake.item import Item
from orchestration.intake.message import Opened
from orchestration.intake.read import as_utf8, first_line
from orchestration.intake.recognise import (
    Heading,
    RefusedFileError,
    expected,
    in_version,
    period_in_header,
    recognise,
)
from orchestration.intake.sharing import within_agreements
from orchestration.keys import Keys
from orchestration.partnership.model import Partnership
from orchestration.settings import Settings
from orchestration.state.ledger import Issue, Ledger, now
from orchestration.steps import step


@dataclass(frozen=True)
class Terms:
    """What decides whether a file may come in and how it is read."""

    settings: Settings
    partnership: Partnership
    catalogue: Catalogue


Validate = Callable[[pd.DataFrame, str, str], list[Finding]]
"""The expectations of a table (standard, table) over the profile of its submissions."""


@dataclass(frozen=True)
class Desk(Terms):
    """What every step of intake needs at hand besides."""

    keys: Keys
    ledger: Ledger
    run_id: str
    validate: Validate


def receive(delivery: Delivery, work: Path, desk: Desk) -> list[Item] | None:
    """Take one delivery in; None when its files changed meanwhile and are left for the next look."""
    work.mkdir(parents=True, mode=0o700)
    items: list[Item] = []
    for number, file in enumerate(delivery.files):
        found = archive.store(file.path, desk.settings.archive, desk.keys)
        step("archived", bytes=found.size)
        whole = Item(
            delivery.partner_code, shown_name(file.path.name), file.path, found.sha256, None, found,
            _received_at(file, desk),
        )  # fmt: skip
        if file.size > desk.settings.max_file_bytes:
            limit = desk.settings.max_file_bytes
            whole.refusal = RefusedFileError("too_large", f"The file is larger than {limit} bytes")
            items.append(whole)
        else:
            items += opened(whole, work / f"open-{number}", desk)
    archive.sync_folder(desk.settings.archive)
    recognise_items(items, shown_name(delivery.name), desk)
    for file in delivery.files:
        stat = file.path.stat()
        if (stat.st_size, stat.st_mtime_ns) != (file.size, file.mtime_ns):
            return None
    ids = desk.ledger.record([_ledger_row(item, delivery, desk) for item in items])
    for item, ledger_id in zip(items, ids, strict=True):
        item.ledger_id = ledger_id
    step("recorded", files=len(ids))
    _clear_landing(delivery, items, work, desk.settings.landing)
    step("cleared")
    return items


def shown_name(name: str) -> str:
    """A file's name as text: one in another encoding than UTF-8 cannot be stored or printed."""
    return os.fsencode(name).decode("utf-8", "replace")


def _received_at(file: Look, desk: Desk) -> datetime:
    if desk.settings.received_at == "mtime":
        return datetime.fromtimestamp(file.mtime_ns / 1e9, UTC).replace(tzinfo=None)
    return now()


def opened(whole: Item, work: Path, desk: Terms) -> list[Item]:
    """The tables a file holds as items, their headings read; one item for a plain file."""
    work.mkdir(parents=True, mode=0o700)
    return [
        _item(whole, leaf, work / "heading.csv", desk)
        for leaf in leaves(whole.path, whole.name, work, desk.settings, desk.catalogue)
    ]


def _item(whole: Item, leaf: Leaf, scratch: Path, desk: Terms) -> Item:
    is_whole = leaf.path == whole.path
    item = Item(
        whole.partner_code,
        leaf.name,
        leaf.path,
        whole.archive_sha256,
        leaf.member,
        whole.found if is_whole else archive.survey(leaf.path),
        whole.received_at,
        leaf.heading,
        refusal=leaf.refusal,
        warnings=list(leaf.warnings),
    )
    try:
        if item.refusal is None and item.heading is None:
            text = as_utf8(item.path, item.found, scratch)
            owed = desk.partnership.owed_tables(item.partner_code)
            item.heading = recognise(first_line(text, "utf-8"), desk.catalogue, owed)
        if item.refusal is None and leaf.message is not None:
            item.period = _period_of_message(leaf.message, item, desk)
    except RefusedFileError as error:
        item.refusal = error
    finally:
        scratch.unlink(missing_ok=True)
    return item


def _period_of_message(message: Opened, item: Item, desk: Terms) -> Period | None:
    """What a message's head states; None where its standard leaves the period to the name."""
    standard = desk.catalogue.standards[message.standard]
    end = message.period_end
    if end is None and message.year is not None:
        end = year(standard.period, message.year).end
    if end is None:
        return None
    sender = message.sender or item.partner_code
    organisation = desk.partnership.organisation(sender)
    # a file tried without saying whose it is, is its sender's
    partner = item.partner_code or (organisation.code if organisation else "")
    return period_in_header(
        standard.period, sender, None, end, message.created_at, partner, desk.partnership
    )


def recognise_items(items: Sequence[Item], delivery_name: str, desk: Desk) -> None:
    """Give each item its period, version and what may be taken of it, or why it is refused."""
    headers: dict[str, list[Period]] = {}
    refused_headers: set[str] = set()
    for item in items:
        if item.heading is not None and item.heading.contract.is_header:
            standard = item.heading.contract.standard
            try:
                item.period = _read_header(item, item.heading, desk)
                headers.setdefault(standard, []).append(item.period)
            except RefusedFileError as error:
                item.refusal = error
                refused_headers.add(standard)
    for item in items:
        if item.refusal is not None or item.heading is None:
            continue
        contract = item.heading.contract
        try:
            if item.period is None:
                if contract.standard in refused_headers:
                    raise RefusedFileError(
                        "header_refused", "The header table beside this file was refused"
                    )
                stated = headers.get(contract.standard, [])
                item.period = _choose(contract.period, stated, item.name, delivery_name)
            admit(item, desk)
        except RefusedFileError as error:
            item.refusal = error


def admit(item: Item, desk: Terms) -> None:
    """Check a file whose table and period are known against calendar, version and agreements.

    Leaves the item's heading as it is to be read; RefusedFileError when it may not come in.
    """
    heading, period = item.recognised
    today = desk.settings.today()
    due = expected(heading.contract, period, item.partner_code, desk.partnership, today)
    dated = in_version(heading, desk.catalogue, period)
    version = desk.catalogue.standards[dated.contract.standard].version_on(period.end).version
    if dated.contract.version != version:
        message = f"the columns are those of version {dated.contract.version}, not {version}"
        item.warnings.append(Issue("columns_of_other_version", "", "warn", 0, message))
    item.heading = within_agreements(dated, due, desk.partnership, today)
    item.warnings += [
        Issue("column_not_shared", name, "warn", 0, "no agreement shares it; it was not taken")
        for name in item.heading.withheld
    ]


def _choose(kind: PeriodKind, stated: list[Period], file_name: str, delivery_name: str) -> Period:
    named = period_in_name(kind, file_name, delivery_name)
    newest: dict[date, Period] = {}
    for period in sorted(stated, key=lambda p: p.created_at or datetime.min):
        newest[period.start] = period
    if len(newest) == 1:
        return next(iter(newest.values()))
    if newest:
        fitting = [p for p in newest.values() if named is not None and p.start == named.start]
        if len(fitting) != 1:
            raise RefusedFileError(
                "period_ambiguous",
                "Several header tables lie beside this file; send each month in its own folder",
            )
        return fitting[0]
    if named is None:
        what = "month as YYYY-MM" if kind is PeriodKind.MONTH else "year as YYYY"
        raise RefusedFileError(
            "period_unknown",
            f"No header table lies beside this file and no name holds its {what}",
        )
    return named


def _read_header(item: Item, heading: Heading, desk: Desk) -> Period:
    """The period a header table states: one row, read plainly because everything hangs on it."""
    if item.found.size > 1 << 20:
        raise RefusedFileError("header_invalid", "The header table is larger than one row can be")
    encoding = "utf-8-sig" if item.found.encoding == "utf-8" else item.found.encoding
    try:
        text = item.path.read_text(encoding=encoding)
        rows = [r for r in csv.reader(io.StringIO(text), delimiter=heading.delimiter) if r]
    except (UnicodeError, csv.Error) as error:
        raise RefusedFileError("header_invalid", "The header table cannot be read") from error
    if len(rows) != 2 or len(rows[1]) != len(heading.names):
        raise RefusedFileError("header_invalid", "The header table must hold exactly one row")
    values = {name: rows[1][place].strip() for name, place in heading.positions.items()}
    try:
        start, end = _day(values["rp_start_date"]), _day(values["rp_end_date"])
        created = values["file_creation_date_time"]
        created_at = datetime.fromisoformat(_day(created[:10]).isoformat() + created[10:])
        if created_at.tzinfo:
            created_at = created_at.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise RefusedFileError(
            "header_invalid", "A date of the header table cannot be read"
        ) from error
    provider = values["org_id_provider"]
    kind = heading.contract.period
    return period_in_header(
        kind, provider, start, end, created_at, item.partner_code, desk.partnership
    )


def _day(text: str) -> date:
    if text[2:3] == "/":
        return date(int(text[6:10]), int(text[3:5]), int(text[:2]))
    return date.fromisoformat(text[:10])


def _ledger_row(item: Item, delivery: Delivery, desk: Desk) -> dict[str, Any]:
    row: dict[str, Any] = {
        "run_id": desk.run_id,
        "partner_code": item.partner_code,
        "received_at": item.received_at,
        "file_name": item.name
        if delivery.name == "."
        else f"{shown_name(delivery.name)}/{item.name}",
        "archive_sha256": item.archive_sha256,
        "member": item.member,
        "sha256": item.found.sha256,
        "bytes": item.found.size,
    }
    if item.heading is not None:
        contract = item.heading.contract
        row |= {
            "standard": contract.standard,
            "table_name": contract.table,
            "contract_version": contract.version,
        }
    if item.period is not None:
        row |= {
            "period_start": item.period.start,
            "period_end": item.period.end,
            "header_created_at": item.period.created_at,
        }
    return row


def _clear_landing(delivery: Delivery, items: Sequence[Item], work: Path, landing: Path) -> None:
    """Move loose files to the work folder, where they are read; drop a container already opened."""
    by_path = {item.path: item for item in items}
    for number, file in enumerate(delivery.files):
        item = by_path.get(file.path)
        if item is None:
            file.path.unlink()
            continue
        target = work / f"file-{number}"
        try:
            os.replace(file.path, target)
        except OSError:  # landing is on another file system
            shutil.copyfile(file.path, target)
            file.path.unlink()
        item.path = target
    folder = delivery.files[0].path.parent
    while folder.parent != landing and folder != landing:
        try:
            folder.rmdir()
        except OSError:
            break
        folder = folder.parent
