"""Receive, archive and recognise one delivery; enter it in the ledger; take it out of landing.

On return of `receive` the bytes are in the archive and the ledger names every file, so a crash
from here on loses nothing. Until then the files stay in landing.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from orchestration.contracts.model import Catalogue
from orchestration.intake import archive
from orchestration.intake.archive import Bytes
from orchestration.intake.containers import RefusedArchiveError, unpack
from orchestration.intake.files import Delivery, Look
from orchestration.intake.read import as_utf8, first_line
from orchestration.intake.recognise import (
    Heading,
    Period,
    RefusedFileError,
    expected,
    period_in_header,
    period_in_name,
    recognise,
)
from orchestration.keys import Keys
from orchestration.partnership.model import Partnership
from orchestration.settings import Settings
from orchestration.state.ledger import Ledger, Unit, now
from orchestration.steps import step


@dataclass
class Item:
    """One file of a delivery, as far as it has come."""

    name: str
    path: Path
    archive_sha256: str
    member: int | None
    found: Bytes
    received_at: datetime
    heading: Heading | None = None
    period: Period | None = None
    refusal: RefusedFileError | None = None
    ledger_id: int = 0


@dataclass
class Received:
    """A delivery in the ledger, its files in a work folder of its own."""

    partner_code: str
    items: list[Item] = field(default_factory=list)

    def unit(self, item: Item) -> Unit | None:
        """The unit of a recognised item."""
        if item.heading is None or item.period is None:
            return None
        contract = item.heading.contract
        return Unit(self.partner_code, contract.standard, contract.table, item.period.start)


@dataclass(frozen=True)
class Desk:
    """What every step of intake needs at hand."""

    settings: Settings
    keys: Keys
    ledger: Ledger
    partnership: Partnership
    catalogue: Catalogue
    run_id: str


def receive(delivery: Delivery, work: Path, desk: Desk) -> Received | None:
    """Take one delivery in; None when its files changed meanwhile and are left for the next look."""
    work.mkdir(parents=True, mode=0o700)
    received = Received(delivery.partner_code)
    refused: RefusedFileError | None = None
    for file in delivery.files:
        if file.size > desk.settings.max_file_bytes:
            refused = RefusedFileError(
                "too_large", f"The file is larger than {desk.settings.max_file_bytes} bytes"
            )
        found = archive.store(file.path, desk.settings.archive, desk.keys)
        step("archived", bytes=found.size)
        item = Item(file.path.name, file.path, found.sha256, None, found, _received_at(file, desk))
        item.refusal = refused
        received.items.append(item)
    if delivery.is_zip and refused is None:
        received.items = _members(received.items[0], work, desk.settings)
    recognise_items(received, delivery.name, work, desk)
    for file in delivery.files:
        stat = file.path.stat()
        if (stat.st_size, stat.st_mtime_ns) != (file.size, file.mtime_ns):
            return None
    ids = desk.ledger.record(
        [_ledger_row(received, item, delivery, desk) for item in received.items]
    )
    for item, ledger_id in zip(received.items, ids, strict=True):
        item.ledger_id = ledger_id
    step("recorded", files=len(ids))
    _clear_landing(delivery, received, work, desk.settings.landing)
    step("cleared")
    return received


def _received_at(file: Look, desk: Desk) -> datetime:
    if desk.settings.received_at == "mtime":
        return datetime.fromtimestamp(file.mtime_ns / 1e9, UTC).replace(tzinfo=None)
    return now()


def recognise_items(received: Received, delivery_name: str, work: Path, desk: Desk) -> None:
    """Give each item its table and period, or the reason it is refused."""
    for number, item in enumerate(received.items):
        if item.refusal is None:
            try:
                text = as_utf8(item.path, item.found, work / f"heading-{number}")
                item.heading = recognise(first_line(text, "utf-8"), desk.catalogue)
            except RefusedFileError as error:
                item.refusal = error
            finally:
                (work / f"heading-{number}").unlink(missing_ok=True)
    headers: dict[str, list[Period]] = {}
    for item in received.items:
        if item.heading is not None and item.heading.contract.is_header:
            try:
                item.period = _read_header(item, item.heading, received.partner_code, desk)
                headers.setdefault(item.heading.contract.standard, []).append(item.period)
            except RefusedFileError as error:
                item.refusal = error
    for item in received.items:
        if item.refusal is None and item.heading is not None:
            try:
                stated = headers.get(item.heading.contract.standard, [])
                if item.period is None:
                    if _header_refused(received, item.heading.contract.standard):
                        raise RefusedFileError(
                            "header_refused", "The header table beside this file was refused"
                        )
                    item.period = _choose(stated, item.name, delivery_name)
                today = desk.settings.today()
                expected(
                    item.heading.contract,
                    item.period,
                    received.partner_code,
                    desk.partnership,
                    today,
                )
            except RefusedFileError as error:
                item.refusal = error
    received.items.sort(
        key=lambda i: (i.heading is None or not i.heading.contract.is_header, i.name)
    )


def _header_refused(received: Received, standard: str) -> bool:
    return any(
        i.refusal is not None
        and i.heading is not None
        and i.heading.contract.is_header
        and i.heading.contract.standard == standard
        for i in received.items
    )


def _choose(stated: list[Period], file_name: str, delivery_name: str) -> Period:
    named = period_in_name(file_name, delivery_name)
    if len(stated) == 1:
        return stated[0]
    if stated:
        fitting = [p for p in stated if named is not None and p.start == named.start]
        if len(fitting) != 1:
            raise RefusedFileError(
                "period_ambiguous",
                "Several header tables lie beside this file; send each month in its own folder",
            )
        return fitting[0]
    if named is None:
        raise RefusedFileError(
            "period_unknown",
            "No header table lies beside this file and no name holds its month as YYYY-MM",
        )
    return named


def _read_header(item: Item, heading: Heading, partner: str, desk: Desk) -> Period:
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
    except ValueError as error:
        raise RefusedFileError(
            "header_invalid", "A date of the header table cannot be read"
        ) from error
    if created_at.tzinfo:
        created_at = created_at.astimezone(UTC).replace(tzinfo=None)
    return period_in_header(
        values["org_id_provider"], start, end, created_at, partner, desk.partnership
    )


def _day(text: str) -> date:
    if text[2:3] == "/":
        return date(int(text[6:10]), int(text[3:5]), int(text[:2]))
    return date.fromisoformat(text[:10])


def _members(zipped: Item, work: Path, settings: Settings) -> list[Item]:
    """The files of a ZIP as items; a refused ZIP stays one refused item."""
    try:
        members = unpack(zipped.path, work, settings)
        if not members:
            raise RefusedArchiveError("the ZIP is empty")
    except RefusedArchiveError as error:
        zipped.refusal = RefusedFileError("zip_refused", f"The archive is refused: {error}")
        return [zipped]
    return [
        Item(
            m.name,
            m.path,
            zipped.archive_sha256,
            m.index,
            archive.survey(m.path),
            zipped.received_at,
        )
        for m in members
    ]


def _ledger_row(received: Received, item: Item, delivery: Delivery, desk: Desk) -> dict[str, Any]:
    row: dict[str, Any] = {
        "run_id": desk.run_id,
        "partner_code": received.partner_code,
        "received_at": item.received_at,
        "file_name": f"{delivery.name}/{item.name}" if delivery.name != "." else item.name,
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


def _clear_landing(delivery: Delivery, received: Received, work: Path, landing: Path) -> None:
    """Move loose files to the work folder, where they are read; drop a ZIP already unpacked."""
    by_path = {item.path: item for item in received.items}
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
