"""What a workbook's XML says that its values do not: formulas, error cells, scientific formats, size.

One pass over the unpacked bytes refuses what could hurt the reader of the values; a sheet is parsed
here only when that pass saw something in it that has to be written otherwise.
"""

from __future__ import annotations

import copy
import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import IO, Any

from lxml import etree

from orchestration.intake.archive import READ_BYTES
from orchestration.intake.recognise import RefusedFileError
from orchestration.settings import Settings

MAX_CELLS = 50_000_000
"""Of a sheet's rectangle: the reader of values holds all of it, 24 bytes a cell, empty ones too."""

CONTENT_TYPES, BOOK = "[Content_Types].xml", "xl/workbook.xml"
SCIENTIFIC_FORMATS = {11, 48}  # built in: 0.00E+00 and ##0.0E+0
OVERLAP_BYTES = 256  # no part of a tag that is looked for is cut in two by a block's end
HARDENED: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
}
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
PLACE = re.compile(rb"""r\s*=\s*["']([A-Za-z]*)([0-9]+)""")
FAR = re.compile(rb"""r\s*=\s*["'](?:[A-Za-z]{2}|[A-Za-z]?[0-9]{7})""")
"""A cell past column Z, or a row past 999,999."""
UNPLACED = (re.compile(rb"<c(?:[/>]|\s+[^r\s]|\s+r[^\s=])"), re.compile(rb":c[\s/>]"))
"""A cell that may not say where it is (most programs write its place first): faster as two."""
SUSPECT = (b"<f", b":f", b'"e"', b"'e'")
"""What a formula or an error cell cannot do without; plain searches are ten times as fast."""

Changed = dict[int, dict[int, str]]
"""Texts to write instead of values, by row and column from 1."""


@dataclass(frozen=True)
class Parts:
    """A workbook's members that matter: its sheets by name, and the styles that are scientific."""

    sheets: dict[str, str]
    scientific: frozenset[str]


def members(archive: zipfile.ZipFile, packed: int, settings: Settings) -> list[zipfile.ZipInfo]:
    """The members, within the limits any ZIP has; RefusedFileError `workbook_too_large` past them."""
    infos = archive.infolist()
    total = sum(i.file_size for i in infos)
    if (
        len(infos) > settings.max_zip_members
        or total > settings.max_file_bytes
        or total > packed * settings.max_zip_ratio
    ):
        raise RefusedFileError(
            "workbook_too_large",
            f"The workbook unpacks to {total} bytes in {len(infos)} parts, past what is read; send a CSV",
        )
    if len({i.filename.lower() for i in infos}) < len(infos):
        raise unreadable()
    return infos


def unreadable() -> RefusedFileError:
    """The refusal of a workbook that is damaged, in words that repeat nothing of it."""
    return RefusedFileError(
        "workbook_unreadable", "The workbook is damaged; save it again as .xlsx, or send a CSV"
    )


def too_large() -> RefusedFileError:
    """The refusal of a sheet whose rectangle is beyond what is read."""
    return RefusedFileError(
        "workbook_too_large",
        f"A sheet reaches over more than {MAX_CELLS} cells; send a CSV instead",
    )


def parts(archive: zipfile.ZipFile) -> Parts:
    """Where each sheet is, and which cell styles show numbers as 4.0E+09."""
    relations = _root(archive, "xl/_rels/workbook.xml.rels")
    targets = {r.get("Id"): r.get("Target", "") for r in relations.iter("{*}Relationship")}
    sheets = {}
    for sheet in _root(archive, BOOK).iter("{*}sheet"):
        relation = sheet.get(RELATION) or next(
            (v for k, v in sheet.attrib.items() if k.endswith("}id")), ""
        )
        target = targets.get(relation, "")
        sheets[sheet.get("name", "")] = (
            target[1:] if target.startswith("/") else posixpath.normpath(f"xl/{target}")
        )
    return Parts(sheets, _scientific_styles(archive))


def _root(archive: zipfile.ZipFile, name: str) -> Any:
    return etree.fromstring(archive.read(name), etree.XMLParser(**HARDENED))


def _scientific_styles(archive: zipfile.ZipFile) -> frozenset[str]:
    if "xl/styles.xml" not in archive.namelist():
        return frozenset()
    styles = _root(archive, "xl/styles.xml")
    formats = {str(n) for n in SCIENTIFIC_FORMATS}
    for given in styles.iter("{*}numFmt"):
        # quoted text and single escaped characters are shown as they stand
        code = re.sub(r'"[^"]*"|\\.|_.', "", given.get("formatCode", ""))
        if re.search(r"[eE][+-]", code):
            formats.add(given.get("numFmtId", ""))
    cells = styles.find("{*}cellXfs")
    used = [] if cells is None else list(cells.iter("{*}xf"))
    return frozenset(str(n) for n, xf in enumerate(used) if xf.get("numFmtId") in formats)


def survey(archive: zipfile.ZipFile, infos: list[zipfile.ZipInfo], known: Parts) -> set[str]:
    """The sheets' members that `changed_cells` has to look into.

    RefusedFileError: `xml_doctype`, `workbook_too_large`, `workbook_unreadable` for a member that
    holds more than it declares, which another reader of the same ZIP might go on to read.
    """
    sheets = set(known.sheets.values())
    styled = None
    if known.scientific:
        any_of = "|".join(sorted(known.scientific, key=int))
        styled = re.compile(rf"""\ss\s*=\s*["'](?:{any_of})["']""".encode())
    looked_into = set()
    for info in infos:
        is_sheet, is_far, is_unplaced = info.filename in sheets, False, False
        for block in _blocks(archive, info):
            if b"<!DOCTYPE" in block and info.filename.lower().endswith((".xml", ".rels")):
                raise RefusedFileError("xml_doctype", "The workbook has a DOCTYPE in it")
            if is_sheet:
                is_far = is_far or FAR.search(block) is not None
                is_unplaced = is_unplaced or any(p.search(block) for p in UNPLACED)
                if any(m in block for m in SUSPECT) or (styled and styled.search(block)):
                    looked_into.add(info.filename)
        # 26 columns of a million rows are within the limit
        if (is_far or is_unplaced) and _rectangle(archive, info, is_unplaced) > MAX_CELLS:
            raise too_large()
    return looked_into


def _rectangle(archive: zipfile.ZipFile, info: zipfile.ZipInfo, is_unplaced: bool) -> int:
    """Cells from A1 to the last row and column used; at most, where cells do not say where they are."""
    columns: set[bytes] = set()
    last = 0
    for block in _blocks(archive, info):
        places = PLACE.findall(block)
        columns.update(column for column, _ in places)
        last = max(last, max((int(row[:10]) for _, row in places), default=0))
    widest = max((column_number(c[:7].decode()) for c in columns), default=0)
    if is_unplaced:
        most = 0
        with archive.open(info) as file:
            for row in _elements(file, "{*}row"):
                most = max(most, len(row))
                last += row.get("r") is None
        widest += most
    return last * widest


def _blocks(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes, each block with the end of the one before."""
    allowing_more = copy.copy(info)
    allowing_more.file_size += 1
    read = 0
    end = b""
    with archive.open(allowing_more) as member:
        while block := member.read(READ_BYTES):
            read += len(block)
            if read > info.file_size:
                raise unreadable()
            yield end + block
            end = block[-OVERLAP_BYTES:]


def column_number(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def changed_cells(archive: zipfile.ZipFile, member: str, scientific: frozenset[str]) -> Changed:
    """Formulas with their `=`, error cells as shown, and numbers shown in scientific notation so.

    A number shown as 4.0E+09 may once have been text of more digits, so it must not look whole.
    """
    changed: Changed = {}
    shared: dict[str, str] = {}
    with archive.open(member) as file:
        row_number = 0
        for row in _elements(file, "{*}row"):
            row_number = int(row.get("r") or row_number + 1)
            column = 0
            for cell in row.iterchildren("{*}c"):
                letters = (cell.get("r") or "").rstrip("0123456789")
                column = column_number(letters) if letters else column + 1
                text = _changed_text(cell, shared, scientific)
                if text is not None:
                    changed.setdefault(row_number, {})[column] = text
    return changed


def _elements(file: IO[bytes], tag: str) -> Iterator[Any]:
    """The elements of a name one after another, each forgotten after its turn."""
    for _, element in etree.iterparse(file, tag=tag, **HARDENED):
        yield element
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]


def _changed_text(cell: Any, shared: dict[str, str], scientific: frozenset[str]) -> str | None:
    formula = cell.find("{*}f")
    if formula is not None:
        text = formula.text or shared.get(formula.get("si", ""), "")
        if formula.get("t") == "shared" and formula.text:
            shared[formula.get("si", "")] = formula.text
        return f"={text}"
    value = cell.findtext("{*}v")
    kind = cell.get("t", "n")
    if kind == "e":
        return value or ""
    if kind == "n" and value and cell.get("s") in scientific:
        return in_scientific_notation(float(value))
    return None


def in_scientific_notation(number: float) -> str:
    """The number with all the digits it has, as 4.0E+09."""
    sign, digits, exponent = Decimal(repr(number)).normalize().as_tuple()
    if not isinstance(exponent, int):
        return repr(number)
    figures = "".join(map(str, digits))
    power = exponent + len(figures) - 1
    return f"{'-' if sign else ''}{figures[0]}.{figures[1:] or '0'}E{power:+03d}"
