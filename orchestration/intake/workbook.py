"""Workbooks: each visible sheet of an .xlsx as a derived CSV, its first filled row the heading.

Values are what the cells hold, written plainly: ISO dates, numbers without rounding, text as it is.
Where that would hide something (a formula, an error, a number shown as 4.0E+09) the text says so
and the rules for rows see it; finding those is `workbook_parts`.
"""

from __future__ import annotations

import lzma
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree
from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from orchestration.intake.derived import DerivedCsv
from orchestration.intake.recognise import RefusedFileError
from orchestration.intake.workbook_parts import (
    BOOK,
    CONTENT_TYPES,
    Changed,
    changed_cells,
    members,
    parts,
    survey,
    unreadable,
)
from orchestration.settings import Settings

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_COLUMNS = 16_384
ZIP_MAGIC = b"PK\x03\x04"
FAULTS = (
    CalamineError,
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    etree.XMLSyntaxError,
    EOFError,
    KeyError,
    ValueError,
    OverflowError,
    NotImplementedError,
    OSError,
    RuntimeError,
)


@dataclass(frozen=True)
class Sheet:
    """One visible sheet: its name, its derived CSV and how many rows it has below the heading."""

    name: str
    path: Path
    rows: int


@dataclass(frozen=True)
class Book:
    """The sheets that hold anything, and the names of the hidden ones, which are not read."""

    sheets: tuple[Sheet, ...]
    hidden: tuple[str, ...]


def is_workbook(path: Path) -> bool:
    """Whether the file is an .xlsx; RefusedFileError `old_workbook` for what Excel wrote before."""
    with path.open("rb") as file:
        start = file.read(8)
    if start == OLE_MAGIC:
        raise RefusedFileError(
            "old_workbook",
            "The workbook is an old .xls or protected with a password; save it as .xlsx without a "
            "password, or as .csv",
        )
    if not start.startswith(ZIP_MAGIC):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            return {CONTENT_TYPES, BOOK} <= set(archive.namelist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        return False


def unpack_workbook(path: Path, into: Path, settings: Settings) -> Book:
    """Write each visible sheet that holds anything as a derived CSV in `into`.

    RefusedFileError: `workbook_unreadable`, `workbook_too_large` (past the limits of any ZIP, or a
    sheet whose rectangle is), `xml_doctype`.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            infos = members(archive, path.stat().st_size, settings)
            known = parts(archive)
            looked_into = survey(archive, infos, known)
            changed = {
                name: changed_cells(archive, member, known.scientific)
                for name, member in known.sheets.items()
                if member in looked_into
            }
        return _read(path, into, changed)
    except RefusedFileError:
        raise
    except FAULTS as error:
        raise unreadable() from error
    except BaseException as error:
        # what the reader's Rust panics with is no Exception, and cannot be imported
        if type(error).__name__ != "PanicException":
            raise
        raise unreadable() from error


def _read(path: Path, into: Path, changed: dict[str, Changed]) -> Book:
    sheets, hidden = [], []
    with CalamineWorkbook.from_path(path) as book:
        for number, about in enumerate(book.sheets_metadata):
            if about.typ != SheetTypeEnum.WorkSheet:
                continue
            if about.visible != SheetVisibleEnum.Visible:
                hidden.append(about.name)
                continue
            rows = _rows(book.get_sheet_by_index(number), changed.get(about.name, {}))
            if written := _write(rows, into / f"sheet-{number}.csv"):
                sheets.append(Sheet(about.name, written.path, written.rows))
    return Book(tuple(sheets), tuple(hidden))


def _write(rows: Iterator[tuple[int, list[str]]], target: Path) -> DerivedCsv | None:
    """The sheet's rows under its first one; None when there is none."""
    first = next(rows, None)
    if first is None:
        return None
    # a heading over two lines in its cell would be two lines of the file
    heading = [" ".join(name.split()) for name in first[1]]
    with DerivedCsv(target, heading) as file:
        for number, values in rows:
            file.write(number, values + [""] * (len(heading) - len(values)))
    return file


def _rows(sheet: CalamineSheet, changed: Changed) -> Iterator[tuple[int, list[str]]]:
    """Number and texts of every row that holds any, without the empty cells at its end.

    Columns before the first one used are no part of the table.
    """
    first = min(
        [sheet.start[1] if sheet.start else MAX_COLUMNS, *(min(c) - 1 for c in changed.values())]
    )
    before = [""] * (sheet.start[1] - first if sheet.start else 0)
    last = 0
    for last, cells in enumerate(sheet.iter_rows() if sheet.start else (), start=1):
        values = [c if type(c) is str else TEXTS[type(c)](c) for c in cells]
        if texts := _with_changes(before + values, changed.get(last), first):
            yield last, texts
    for number in sorted(n for n in changed if n > last):
        yield number, _with_changes([], changed[number], first)


def _with_changes(values: list[str], changed: dict[int, str] | None, first: int) -> list[str]:
    for column, text in (changed or {}).items():
        values += [""] * (column - first - len(values))
        values[column - first - 1] = text
    while values and not values[-1].strip():
        values.pop()
    return values


def _number(value: float) -> str:
    """Whole numbers without a point, others with as few digits as tell them apart, never 1e-05."""
    if not math.isfinite(value) or abs(value) >= 1e15:
        return repr(value)
    return str(int(value)) if value == int(value) else format(Decimal(repr(value)), "f")


def _moment(value: datetime) -> str:
    """To the second, since Excel's days are fractions; milliseconds when they are meant."""
    if not value.microsecond:
        return value.isoformat()
    thousandths = round(value.microsecond / 1000)
    whole = value.replace(microsecond=0) + timedelta(milliseconds=thousandths)
    return whole.isoformat(timespec="milliseconds" if whole.microsecond else "seconds")


def _time(value: time) -> str:
    return _moment(datetime.combine(date.min, value)).partition("T")[2]


def _span(value: timedelta) -> str:
    """Hours may be more than 23: a duration is no time of day."""
    seconds = round(value.total_seconds())
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


TEXTS: dict[type, Callable[[Any], str]] = {
    float: _number,
    int: str,
    bool: lambda value: "true" if value else "false",
    date: date.isoformat,
    datetime: _moment,
    time: _time,
    timedelta: _span,
}
