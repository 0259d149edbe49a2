"""XML messages: what a message's head says, and each of its tables as a derived CSV.

A message is a head and then one record after another; `message_rows` makes rows of the records.
Namespaces are dropped: an element is known by its local name, whatever prefix or default it has.
A DOCTYPE is refused, and with it every entity that is not XML's own.
"""

from __future__ import annotations

import codecs
import re
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from lxml import etree

from orchestration.contracts.model import Catalogue, Contract, PeriodKind, Standard
from orchestration.intake.message_rows import (
    HARDENED,
    MAX_HEAD_BYTES,
    Element,
    Layout,
    drop_namespaces,
    local_name,
    malformed,
    write_tables,
)
from orchestration.intake.recognise import RefusedFileError

# encodings in which every byte below 128 is the ASCII character, so that tags can be found in bytes
PLAIN_ENCODING = re.compile(r"utf-?8|us-ascii|ascii|iso-8859-\d+|(windows|cp)-?125\d", re.I)
DECLARATION = re.compile(rb"""<\?xml\b[^>]*?(?P<all>\sencoding\s*=\s*["'](?P<name>[^"'>]*)["'])""")
PROLOG = re.compile(rb"\s+|<\?.*?\?>|<!--.*?-->", re.S)
UTF_16_STARTS = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"<\0": "utf-16-le",
    b"\0<": "utf-16-be",
}


@dataclass(frozen=True)
class Head:
    """What a message says of itself; None where its standard names no place or it is blank."""

    standard: str
    sender: str | None
    period_end: date | None
    year: int | None
    created_at: datetime | None


@dataclass(frozen=True)
class Opened(Head):
    """A message and its tables: contract, derived CSV and rows, header table first.

    The contracts are those of the period the head names, or the newest. A table the contract gives
    no element cannot come in a message and is not among them.
    """

    tables: tuple[tuple[Contract, Path, int], ...]


@dataclass(frozen=True)
class _Outline:
    """What is known before any record is read."""

    standard: Standard
    head: Head
    layout: Layout


def is_message(path: Path) -> bool:
    """Whether the first character that is not blank is `<`, in UTF-8 or UTF-16."""
    with path.open("rb") as file:
        start = file.read(4).removeprefix(codecs.BOM_UTF8)
        file.seek(0)
        if start[:2] in UTF_16_STARTS:
            return start[:2] in (b"<\0", b"\0<") or _first_of_utf16(file.read(1 << 16)) == "<"
        while block := file.read(1 << 16):
            if text := block.removeprefix(codecs.BOM_UTF8).lstrip():
                return text.startswith(b"<")
    return False


def read_head(path: Path, catalogue: Catalogue) -> Head:
    """What the message's first elements say; RefusedFileError as `unpack_message`.

    Reads no further than the first record. UTF-16 is not looked into here: unpack it.
    """
    _refuse_doctype(path)
    return _outline(path, catalogue).head


def unpack_message(path: Path, into: Path, catalogue: Catalogue) -> Opened:
    """Write each table of a message as a derived CSV in `into`, rows in document order.

    RefusedFileError: `xml_doctype`, `xmlmalformed` (naming line and column alone),
    `encoding_unknown`, `message_unknown` (no standard has this root and mark), `message_head` (too
    long, or a date in it is none), `record_too_long`.
    """
    utf8 = _as_utf8(path, into / "message.xml")
    try:
        _refuse_doctype(utf8)
        outline = _outline(utf8, catalogue)
        contracts = _contracts(outline, catalogue)
        files = write_tables(utf8, outline.layout, contracts, into)
    finally:
        if utf8 != path:
            utf8.unlink(missing_ok=True)
    tables = tuple((c, f.path, f.rows) for c, f in zip(contracts, files, strict=True))
    return Opened(**vars(outline.head), tables=tables)


def _first_of_utf16(content: bytes) -> str:
    text = content[: len(content) // 2 * 2].decode("utf-16", errors="replace")
    return text.lstrip("\ufeff \t\r\n")[:1]


def _as_utf8(path: Path, target: Path) -> Path:
    """`path` itself in an encoding that ASCII is part of, else a rewritten copy."""
    with path.open("rb") as file:
        start = file.read(2)
    if start not in UTF_16_STARTS:
        return path
    try:
        with (
            path.open(encoding=UTF_16_STARTS[start], newline="") as source,
            target.open("wb") as out,
        ):
            block = source.read(1 << 20).encode("utf-8")
            if declared := DECLARATION.match(block.lstrip()):
                block = block.replace(declared["all"], b"", 1)
            while block:
                out.write(block)
                block = source.read(1 << 20).encode("utf-8")
    except UnicodeError as error:
        target.unlink(missing_ok=True)
        raise RefusedFileError(
            "encoding_unknown", "The file's text encoding cannot be told"
        ) from error
    return target


def _refuse_doctype(path: Path) -> None:
    """Look at what stands before the root element, before any parser does."""
    with path.open("rb") as file:
        start = file.read(MAX_HEAD_BYTES).removeprefix(codecs.BOM_UTF8)
    declared = DECLARATION.match(start.lstrip())
    if declared and not PLAIN_ENCODING.fullmatch(declared["name"].decode("ascii", "replace")):
        raise RefusedFileError(
            "encoding_unknown", "The message's declared encoding is not read; send UTF-8"
        )
    place = 0
    while found := PROLOG.match(start, place):
        place = found.end()
    if start[place : place + 9].upper() == b"<!DOCTYPE":
        raise _doctype()


def _doctype() -> RefusedFileError:
    return RefusedFileError(
        "xml_doctype", "The message has a DOCTYPE, which no return needs; send it without"
    )


def _outline(path: Path, catalogue: Catalogue) -> _Outline:
    """Read up to the first record, and find the standard the message is of."""
    parser = etree.XMLPullParser(("start",), **HARDENED)
    read = 0
    root: Element = None
    try:
        with path.open("rb") as file:
            while block := file.read(1 << 16):
                read += len(block)
                parser.feed(block)
                for _, element in parser.read_events():
                    root = _known_root(element, catalogue) if root is None else root
                    if standard := _standard_of_record(element, root, catalogue):
                        return _cut_at(element, standard)
                if read >= MAX_HEAD_BYTES:
                    raise RefusedFileError(
                        "message_head", f"No record begins in the first {MAX_HEAD_BYTES} bytes"
                    )
            parser.close()
    except etree.XMLSyntaxError as error:
        raise malformed(error, parser) from None
    drop_namespaces(root)
    for standard in _standards_with(local_name(root), catalogue):
        if _is_marked(root, standard):
            return _Outline(standard, _head(root, standard), Layout(root, root, "/*/*"))
    raise _unknown()


def _known_root(root: Element, catalogue: Catalogue) -> Element:
    if root.getroottree().docinfo.doctype:
        raise _doctype()
    if not _standards_with(local_name(root), catalogue):
        raise _unknown()
    return root


def _unknown() -> RefusedFileError:
    return RefusedFileError("message_unknown", "The message is of no standard we know")


def _as_written(element: Element) -> str:
    """The tag with its prefix."""
    name = local_name(element)
    return f"{element.prefix}:{name}" if element.prefix else name


def _standards_with(root: str, catalogue: Catalogue) -> list[Standard]:
    return [s for s in catalogue.standards.values() if s.message and s.message.root == root]


def _standard_of_record(element: Element, root: Element, catalogue: Catalogue) -> Standard | None:
    """The standard this element is a record of, by its name, the root's and the mark before it."""
    if element is root:
        return None
    name = local_name(element)
    found = [
        s
        for s in _standards_with(local_name(root), catalogue)
        if s.message and s.message.record == name
    ]
    if not found:
        return None
    before = _without_records(element)[0]
    return next((s for s in found if _is_marked(before, s)), None)


def _is_marked(root: Element, standard: Standard) -> bool:
    mark = standard.message.mark if standard.message else None
    return mark is None or _text(root, mark.path) == mark.value


def _cut_at(record: Element, standard: Standard) -> _Outline:
    root, container = _without_records(record)
    ancestors = list(record.iterancestors())
    names = [local_name(e) for e in (*reversed(ancestors), record)]
    layout = Layout(
        root,
        container,
        record_path="/" + "/".join(names),
        record=_as_written(record),
        closing="".join(f"</{_as_written(a)}>" for a in ancestors).encode(),
    )
    return _Outline(standard, _head(root, standard), layout)


def _without_records(record: Element) -> tuple[Element, Element]:
    """A copy of all that stands before a record: its root, and the parent of the record in it."""
    ancestors = [record, *record.iterancestors()]
    places = [a.getparent().index(a) for a in ancestors[:-1]]
    root = container = deepcopy(ancestors[-1])
    for place in reversed(places[1:]):
        del container[place + 1 :]
        container = container[place]
    del container[places[0] :]
    drop_namespaces(root)
    return root, container


def _text(root: Element, path: str | None) -> str | None:
    """The text at a path of the head, None when there is none."""
    if path is None:
        return None
    found = root.xpath(path)
    if isinstance(found, list):
        found = found[0] if found else ""
    text = found if isinstance(found, str) else "".join(found.itertext())
    return text.strip() or None


def _head(root: Element, standard: Standard) -> Head:
    message = standard.message
    assert message is not None
    year = _text(root, message.year)
    period_end = _moment(root, message.period_end)
    if year is not None and not re.fullmatch(r"(19|20)\d\d", year):
        raise RefusedFileError("message_head", f"The message has no year at {message.year}")
    return Head(
        standard.standard,
        _text(root, message.sender),
        period_end.date() if period_end else None,
        int(year) if year else None,
        _moment(root, message.created_at),
    )


def _moment(root: Element, path: str | None) -> datetime | None:
    text = _text(root, path)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        # the state's clock: UTC without an offset
        return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
    except (ValueError, OverflowError):
        raise RefusedFileError("message_head", f"The message has no ISO date at {path}") from None


def _contracts(outline: _Outline, catalogue: Catalogue) -> list[Contract]:
    """The tables of the period the message is for, of the newest version when its head names none."""
    name, day = outline.standard.standard, outline.head.period_end
    if day is None and outline.head.year and outline.standard.period is PeriodKind.YEAR_TO_MARCH:
        day = date(outline.head.year, 3, 31)
    elif day is None and outline.head.year:
        day = date(outline.head.year - 1, 12, 31)
    found = [
        catalogue.contract_on(name, c.table, day) if day else c for c in catalogue.tables(name)
    ]
    return [c for c in found if c is not None and c.element]
