"""Split a file into records when its quotes cannot be trusted.

DuckDB's parallel reader can lose rows silently behind one stray quote (seen: 210,526 of 3,000,000),
so whenever lines do not add up the file is rewritten here first: lines with balanced quotes pass
through, a value that truly spans lines is joined, a line that opens a quote nobody closes is held
back alone. This is the one place that goes through a file line by line, and only broken or
multi-line files come here.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

MAX_LINE_BYTES = 1 << 20
MAX_LINES_IN_VALUE = 50


@dataclass
class Split:
    """The rewritten file's size, the physical line of its records, and the lines held back."""

    records: int = 0
    line_shifts: list[tuple[int, int]] = field(default_factory=list)
    """(first record number, physical line of that record): lines follow on until the next entry."""
    held_back: list[tuple[int, str, str]] = field(default_factory=list)
    """(physical line, rule, text)"""


def split_records(source: Path, target: Path, delimiter: str, columns: int) -> Split:
    """Rewrite `source` (UTF-8, first line a heading) as `target`, heading kept, LF line ends."""
    result = Split()
    expected_line = 0
    with source.open("rb") as file, target.open("wb") as out:
        lines = _Lines(file)
        heading = lines.take()
        if heading is not None:
            out.write(heading[1] + b"\n")
        while (found := lines.take()) is not None:
            number, line = found
            # of tabs alone is a record of blanks where tabs stand between values
            if not line.strip(b" \r\n" if delimiter == "\t" else None):
                continue
            if len(line) > MAX_LINE_BYTES:
                result.held_back.append((number, "line_too_long", ""))
                continue
            if line.count(b'"') % 2:
                joined = _join(lines, line, delimiter, columns)
                if joined is None:
                    text = line.decode("utf-8", errors="replace")
                    result.held_back.append((number, "broken_quote", text))
                    continue
                line = joined
            result.records += 1
            if number != expected_line:
                result.line_shifts.append((result.records, number))
            expected_line = number + 1
            out.write(line + b"\n")
    return result


class _Lines:
    """Numbered lines of a file with the means to put some back; a too long line is cut, not kept."""

    def __init__(self, file: object) -> None:
        self._source = self._read(file)
        self._waiting: deque[tuple[int, bytes]] = deque()

    def take(self) -> tuple[int, bytes] | None:
        return self._waiting.popleft() if self._waiting else next(self._source, None)

    def put_back(self, lines: list[tuple[int, bytes]]) -> None:
        self._waiting.extendleft(reversed(lines))

    @staticmethod
    def _read(file: object) -> Iterator[tuple[int, bytes]]:
        number = 0
        while line := file.readline(MAX_LINE_BYTES + 2):  # type: ignore[attr-defined]
            number += 1
            ended = line.endswith(b"\n")
            while not ended:
                more = file.readline(MAX_LINE_BYTES)  # type: ignore[attr-defined]
                ended = not more or more.endswith(b"\n")
                if more:
                    line = line[:1].ljust(MAX_LINE_BYTES + 1, b" ")
            yield number, line.rstrip(b"\r\n")


def _join(lines: _Lines, first: bytes, delimiter: str, columns: int) -> bytes | None:
    """The record that begins with `first`; None when no later line closes its quote."""
    taken: list[tuple[int, bytes]] = []
    joined = first
    while len(taken) < MAX_LINES_IN_VALUE and (found := lines.take()) is not None:
        taken.append(found)
        joined += b"\n" + found[1]
        if len(joined) > MAX_LINE_BYTES:
            break
        if found[1].count(b'"') % 2:
            if _is_one_record(joined, delimiter, columns):
                return joined
            break
    lines.put_back(taken)
    return None


def _is_one_record(text: bytes, delimiter: str, columns: int) -> bool:
    try:
        decoded = io.StringIO(text.decode("utf-8"), newline="")
        rows = list(csv.reader(decoded, delimiter=delimiter, strict=True))
    except (csv.Error, UnicodeDecodeError):
        return False
    return len(rows) == 1 and len(rows[0]) == columns
