"""Derived files: the flat CSV a table of a workbook or an XML message becomes.

It then goes the ordinary way of a CSV. Its first column is the place each row stands at in what was
sent, so that a report names the sheet's row or the XML's line and not the CSV's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

LINE_HEADING = "#line"
"""Heading of the first column: the line of the XML, or the row of the sheet."""

VALUE_END, ROW_END, TABLE_END = b"\x1f", b"\x1e", b"\x1d"
"""What parts values, rows and tables in a block: no XML 1.0 document can hold these characters."""

BUFFER_BYTES = 1 << 20
_MARKS = re.compile(r'[",\r\n]')
_MARK_BYTES = (b'"', b",", b"\n", b"\r")
_VALUE_WITH_MARK = re.compile(rb'(?<![^\x1e\x1f])[^\x1e\x1f",\r\n]*+[",\r\n][^\x1e\x1f]*+')
_AS_CSV = bytes.maketrans(VALUE_END + ROW_END, b",\n")


class DerivedCsv:
    """Writes one derived CSV: UTF-8, commas, `\\n` line ends, quotes only where needed (RFC 4180)."""

    def __init__(self, path: Path, headings: Sequence[str]) -> None:
        self.path = path
        self.rows = 0
        self._file = path.open("wb", buffering=BUFFER_BYTES)
        self._write((LINE_HEADING, *headings))

    def write(self, line: int, values: Sequence[str]) -> None:
        """Add one row that stands at `line`."""
        self._write((str(line), *values))
        self.rows += 1

    def write_block(self, block: bytes) -> None:
        """Add rows of UTF-8 text, their line first, parted by VALUE_END and ended by ROW_END.

        Nothing here runs per value, except for one that holds a comma, quote or line end.
        """
        self.rows += block.count(ROW_END)
        if any(mark in block for mark in _MARK_BYTES):
            block = _VALUE_WITH_MARK.sub(_quoted, block)
        self._file.write(block.translate(_AS_CSV))

    def _write(self, values: Sequence[str]) -> None:
        text = ",".join(values)
        if text.count(",") >= len(values) or '"' in text or "\n" in text or "\r" in text:
            text = ",".join(
                '"' + v.replace('"', '""') + '"' if _MARKS.search(v) else v for v in values
            )
        self._file.write(text.encode("utf-8") + b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._file.close()


def _quoted(found: re.Match[bytes]) -> bytes:
    return b'"' + found[0].replace(b'"', b'""') + b'"'
