"""An XML message's records as rows: cut into pieces, or streamed, and put through one stylesheet.

The bytes are cut after a record's end tag and every piece is parsed as a small message of its own,
head included: only a cut at a true boundary is well-formed, so a wrong one cannot pass. A message
this does not suit (an end tag inside a comment, records within records) is parsed as one stream.
What a message's head says is `message`'s business.
"""

from __future__ import annotations

import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from lxml import etree

from orchestration.contracts.model import Contract
from orchestration.intake.derived import ROW_END, TABLE_END, VALUE_END, DerivedCsv
from orchestration.intake.recognise import RefusedFileError

PIECE_BYTES = 1 << 18  # the whole tree of a piece stays in the processor's cache
THREADS = min(4, os.cpu_count() or 1)
# far beyond any child's record; a tree takes thirty times its bytes, and each thread holds one
MAX_HEAD_BYTES = 1 << 18
MAX_RECORD_BYTES = 1 << 22

Element = Any  # lxml's stubs know neither tags nor what XPath gives

HARDENED: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "remove_blank_text": True,
}
STYLESHEET_NAMESPACES = {
    "xsl": "http://www.w3.org/1999/XSL/Transform",
    "saxon": "http://icl.com/saxon",
    "str": "http://exslt.org/strings",
}


@dataclass(frozen=True)
class Layout:
    """A message without its records, and where they belong in it."""

    root: Element
    container: Element
    record_path: str
    record: str | None = None
    """The record's tag as written; None when the message has no records."""
    closing: bytes = b""
    """The end tags that follow the last record."""


def write_tables(
    path: Path, layout: Layout, contracts: Sequence[Contract], into: Path
) -> list[DerivedCsv]:
    """Write each table's rows as a derived CSV in `into`; RefusedFileError as `unpack_message`."""
    to_rows = _stylesheet(layout.record_path, contracts)
    try:
        return _write(_rows_by_piece(path, layout, to_rows), contracts, into)
    except (etree.XMLSyntaxError, _OddlyBuiltError):
        return _write(_rows_by_stream(path, layout, to_rows), contracts, into)


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def drop_namespaces(root: Element) -> None:
    """Make every element's local name its name. At a million elements a second, where there are any."""
    for element in root.iter("{*}*"):
        if element.tag[0] == "{":
            element.tag = local_name(element)


def malformed(error: etree.XMLSyntaxError, parser: etree.XMLPullParser) -> RefusedFileError:
    """The refusal, with line and column alone: the parser's own message may repeat content.

    What a parser finds while it is fed has its place in the parser's log, not in the exception.
    """
    line, column = error.position
    if not line:
        line, column = next(((e.line, e.column) for e in parser.feed_error_log), (1, 1))
    return RefusedFileError(
        "xml_malformed", f"The message is not well-formed XML: line {line}, column {column}"
    )


def _pieces(path: Path, layout: Layout) -> Iterator[tuple[bytes, int, int]]:
    """The message in pieces: a small message, the records it must hold, what to add to a line in it."""
    if layout.record is None:
        return
    begin = re.compile(rf"<{re.escape(layout.record)}[\s/>]".encode())
    end = f"</{layout.record}>".encode()
    with path.open("rb") as file:
        rest = file.read(MAX_HEAD_BYTES)
        if (first := begin.search(rest)) is None:
            raise _OddlyBuiltError
        head, rest = rest[: first.start()], rest[first.start() :]
        piece_bytes = max(PIECE_BYTES, 8 * len(head))
        shift = 0
        while rest:
            cut = rest.rfind(end, 0, piece_bytes) + len(end)
            if cut >= len(end):
                yield head + rest[:cut] + layout.closing, rest.count(end, 0, cut), shift
                shift += rest.count(b"\n", 0, cut)
                rest = rest[cut:]
            elif len(rest) >= piece_bytes:
                piece_bytes *= 2
            if len(rest) < piece_bytes:
                if not (block := file.read(piece_bytes)):
                    break
                rest += block
            if len(rest) > MAX_RECORD_BYTES:
                raise _OddlyBuiltError
        yield head + rest, rest.count(end), shift


class _OddlyBuiltError(Exception):
    """Well-formed or not, the message cannot be cut by its bytes."""


def _finished(path: Path, layout: Layout) -> Iterator[list[Element]]:
    """The records as one parser comes to their ends, some at a time."""
    local = layout.record_path.rpartition("/")[2]
    parser = etree.XMLPullParser(("end",), tag="{*}" + local, **HARDENED)
    waiting: list[Element] = []
    since_record = 0
    try:
        with path.open("rb") as file:
            while block := file.read(PIECE_BYTES):
                parser.feed(block)
                found = [e for _, e in parser.read_events() if _is_outermost(e)]
                since_record = 0 if found else since_record + len(block)
                if since_record > MAX_RECORD_BYTES:
                    raise RefusedFileError(
                        "record_too_long", f"A record is longer than {MAX_RECORD_BYTES} bytes"
                    )
                # the parser may still be adding text behind the last one
                waiting += found
                yield waiting[:-1]
                del waiting[:-1], found
            parser.close()
    except etree.XMLSyntaxError as error:
        raise malformed(error, parser) from None
    yield waiting


def _is_outermost(record: Element) -> bool:
    return next(record.iterancestors(record.tag), None) is None


def _write(
    batches: Iterator[list[bytes]], contracts: Sequence[Contract], into: Path
) -> list[DerivedCsv]:
    """Add every batch's rows to the tables they are of; nothing here runs per row or per value."""
    with ExitStack() as open_files:
        files = [
            open_files.enter_context(
                DerivedCsv(into / f"{c.table}.csv", [column.national for column in c.columns])
            )
            for c in contracts
        ]
        for blocks in batches:
            for file, block in zip(files, blocks, strict=True):
                file.write_block(block)
    return files


def _rows(to_rows: etree.XSLT, root: Element, shift: int) -> list[bytes]:
    """The rows of each table that a tree holds."""
    return bytes(to_rows(root, shift=str(shift))).split(TABLE_END)[:-1]


def _rows_by_piece(path: Path, layout: Layout, to_rows: etree.XSLT) -> Iterator[list[bytes]]:
    """Rows piece by piece, in document order, made on several threads: lxml lets go of the GIL.

    XMLSyntaxError when the message is malformed or was cut where no record ends, _OddlyBuiltError
    when a piece has fewer records than end tags. Past line 65,535 of a piece libxml2 counts no more.
    """

    def rows(piece: bytes, records: int, shift: int) -> list[bytes]:
        root = etree.fromstring(piece, etree.XMLParser(collect_ids=False, **HARDENED))
        if b"xmlns" in piece:
            drop_namespaces(root)
        if len(cast(Element, root.xpath(layout.record_path))) < records:
            raise _OddlyBuiltError
        return _rows(to_rows, root, shift)

    with ThreadPoolExecutor(THREADS) as pool:
        under_way: deque[Future[list[bytes]]] = deque()
        try:
            for piece in _pieces(path, layout):
                under_way.append(pool.submit(rows, *piece))
                if len(under_way) > 2 * THREADS:
                    yield under_way.popleft().result()
            while under_way:
                yield under_way.popleft().result()
        finally:
            for left in under_way:
                left.cancel()


def _rows_by_stream(path: Path, layout: Layout, to_rows: etree.XSLT) -> Iterator[list[bytes]]:
    """The same from one parser that goes through all of the message: the word on what it holds.

    Past line 65,535 libxml2 names the line of an element's first content, not its own.
    """
    kept = len(layout.container)
    for records in _finished(path, layout):
        layout.container.extend(records)
        drop_namespaces(layout.root)
        yield _rows(to_rows, layout.root, 0)
        del layout.container[kept:]


def _stylesheet(record_path: str, contracts: Sequence[Contract]) -> etree.XSLT:
    """Rows of every table, one table after another."""
    sheet = etree.Element(_xsl("stylesheet"), {"version": "1.0"}, nsmap=STYLESHEET_NAMESPACES)
    etree.SubElement(sheet, _xsl("output"), {"method": "text", "encoding": "UTF-8"})
    etree.SubElement(sheet, _xsl("param"), {"name": "shift"})
    template = etree.SubElement(sheet, _xsl("template"), {"match": "/"})
    for contract in contracts:
        records = etree.SubElement(template, _xsl("for-each"), {"select": record_path})
        select = f"descendant-or-self::{contract.element}"
        rows = etree.SubElement(records, _xsl("for-each"), {"select": select})
        _value(rows, "$shift + saxon:line-number()")
        for column in contract.columns:
            etree.SubElement(rows, _xsl("text")).text = "VALUE"
            _value(rows, column.xpath or column.national)
        etree.SubElement(rows, _xsl("text")).text = "ROW"
        etree.SubElement(template, _xsl("text")).text = "TABLE"
    nothing_else = etree.XSLTAccessControl.DENY_ALL  # type: ignore[attr-defined]  # the stubs lack it
    return etree.XSLT(_with_marks(sheet), access_control=nothing_else)


def _with_marks(sheet: Element) -> Element:
    """The stylesheet with the characters that part values, which no file or string may bring in.

    A stylesheet may make them, and its result never leaves memory. Variables would do, but reading
    one after every value takes a fifth of all the time.
    """
    to_marks = etree.Element(_xsl("stylesheet"), {"version": "1.0"}, nsmap=STYLESHEET_NAMESPACES)
    template = etree.SubElement(to_marks, _xsl("template"), {"match": "@*|node()"})
    copied = etree.SubElement(template, _xsl("copy"))
    etree.SubElement(copied, _xsl("apply-templates"), {"select": "@*|node()"})
    for name, mark in (("VALUE", VALUE_END), ("ROW", ROW_END), ("TABLE", TABLE_END)):
        template = etree.SubElement(to_marks, _xsl("template"), {"match": f"text()[.='{name}']"})
        _value(template, f"str:decode-uri('%{mark.hex()}')")
    return etree.XSLT(to_marks)(sheet)


def _xsl(name: str) -> str:
    return f"{{{STYLESHEET_NAMESPACES['xsl']}}}{name}"


def _value(parent: Element, select: str) -> None:
    etree.SubElement(parent, _xsl("value-of"), {"select": select})
