"""Read: files of one heading become one staged table of typed rows, every record accounted for.

DuckDB reads in parallel and names the lines it refuses. Small files are read many at a time, since
planning a statement takes longer than reading them. When the lines of a file do not add up it is
read alone, rewritten by `records`; if they still do not, it is refused whole.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract
from orchestration.duck import quote
from orchestration.intake.archive import READ_BYTES, Bytes
from orchestration.intake.recognise import MAX_HEADER_CHARACTERS, Heading, RefusedFileError
from orchestration.intake.records import MAX_LINE_BYTES, Split, split_records
from orchestration.intake.rules import Check, any_broken, text_name, typed

REJECT_RULES = {
    "MISSING COLUMNS": "too_few_values",
    "TOO MANY COLUMNS": "too_many_values",
    "LINE SIZE OVER MAXIMUM": "line_too_long",
    "INVALID ENCODING": "bad_encoding",
}
FAST_REJECTS = frozenset(REJECT_RULES)
OUR_OWN_TROUBLE = (duckdb.OutOfMemoryException, duckdb.IOException)
"""Faults of this machine, not of a file: the run ends, and the next one picks the file up."""


@dataclass(frozen=True)
class Malformed:
    """A record no table row could be made of."""

    line: int
    rule: str
    text: str


@dataclass(frozen=True)
class Source:
    """A file to stage: UTF-8 text, and what the bytes as sent were like."""

    path: Path
    found: Bytes

    @property
    def is_plain(self) -> bool:
        """Whether DuckDB may read it as it stands, and its lines can be counted on."""
        return self.found.encoding == "utf-8" and not self.found.has_odd_line_ends


@dataclass(frozen=True)
class Staged:
    """What `stage.rows` holds of one file, in file order from `first_row`, and what would not parse."""

    rows: int
    first_row: int
    malformed: tuple[Malformed, ...]
    line_shifts: tuple[tuple[int, int], ...]
    """(first row ordinal, physical line of it): lines follow on until the next entry."""


class MisfitsError(Exception):
    """Some of several files must be read alone: `numbers` are their places."""

    def __init__(self, numbers: Sequence[int]) -> None:
        super().__init__(f"{len(numbers)} files must be read alone")
        self.numbers = tuple(numbers)


def first_line(path: Path, encoding: str) -> str:
    """The first line, at most as much of it as a heading may have."""
    errors = "strict" if encoding == "utf-16" else "replace"
    try:
        with path.open(
            encoding="utf-8-sig" if encoding == "utf-8" else encoding, errors=errors
        ) as file:
            return file.readline(MAX_HEADER_CHARACTERS)
    except UnicodeError as error:
        raise RefusedFileError(
            "encoding_unknown", "The file's text encoding cannot be told"
        ) from error


def as_utf8(path: Path, found: Bytes, target: Path) -> Path:
    """`path` itself when it is UTF-8 with plain line ends, else a rewritten copy."""
    lone_returns = found.carriage_returns > 0 and found.line_feeds == 0
    if found.encoding == "utf-8" and not lone_returns:
        return path
    try:
        with path.open(encoding=found.encoding, newline="") as source, target.open("wb") as out:
            while text := source.read(READ_BYTES):
                out.write((text.replace("\r", "\n") if lone_returns else text).encode("utf-8"))
    except UnicodeError as error:
        raise RefusedFileError(
            "encoding_unknown", "The file is neither UTF-8, UTF-16 nor Windows-1252 text"
        ) from error
    return target


def stage(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    heading: Heading,
    checks: Sequence[Check],
    scratch: Path,
) -> list[Staged]:
    """Fill `stage.rows` from files of one heading.

    Raises MisfitsError when files among several need to be read alone, RefusedFileError when
    records of a single one go missing.
    """
    if len(sources) > 1:
        return _stage_together(con, sources, heading, checks, scratch)
    source = sources[0]
    if source.is_plain and (staged := _stage_directly(con, source, heading, checks)) is not None:
        return [staged]
    rewritten = scratch / "records.csv"
    try:
        split = split_records(source.path, rewritten, heading.delimiter, len(heading.names))
        _load(con, [rewritten], heading, checks)
        rows = _count(con, "SELECT count(*) FROM stage.rows")
        rejects = [reject[1:] for reject in _rejects(con)]
    except OUR_OWN_TROUBLE:
        raise
    except duckdb.Error as error:
        raise RefusedFileError("unreadable", "The file cannot be read as a table") from error
    finally:
        rewritten.unlink(missing_ok=True)
    return [_account(rows, rejects, split)]


def _stage_together(
    con: duckdb.DuckDBPyConnection,
    sources: Sequence[Source],
    heading: Heading,
    checks: Sequence[Check],
    scratch: Path,
) -> list[Staged]:
    """Many small files in one statement; the name of a link tells whose row it is."""
    links = []
    for number, source in enumerate(sources):
        link = scratch / f"{number:06}"
        link.symlink_to(source.path.resolve())
        links.append(link)
    try:
        _load(con, links, heading, checks)
        rejects = _rejects(con)
    except OUR_OWN_TROUBLE:
        raise
    except duckdb.Error:
        raise MisfitsError(range(len(sources))) from None
    counted = {
        number: (rows, first)
        for number, rows, first in con.execute(
            "SELECT file_number, count(*), min(rowid) FROM stage.rows GROUP BY file_number"
        ).fetchall()
    }
    by_file: dict[int, list[tuple[int, str, str]]] = {}
    for name, line, kind, text in rejects:
        by_file.setdefault(int(name[-6:]), []).append((line, kind, text))
    staged: list[Staged] = []
    misfits = []
    for number, source in enumerate(sources):
        rows, first = counted.get(number, (0, 0))
        found = _counted(rows, first, by_file.get(number, []), source.found)
        if found is None:
            misfits.append(number)
        else:
            staged.append(found)
    if misfits:
        raise MisfitsError(misfits)
    return staged


def _stage_directly(
    con: duckdb.DuckDBPyConnection, source: Source, heading: Heading, checks: Sequence[Check]
) -> Staged | None:
    """The one-pass way; None when the lines do not add up or a quote went wrong."""
    try:
        _load(con, [source.path], heading, checks)
        rejects = [reject[1:] for reject in _rejects(con)]
    except OUR_OWN_TROUBLE:
        raise
    except duckdb.Error:
        return None
    return _counted(_count(con, "SELECT count(*) FROM stage.rows"), 0, rejects, source.found)


def _counted(
    rows: int, first_row: int, rejects: Sequence[tuple[int, str, str]], found: Bytes
) -> Staged | None:
    """A file read in one pass; None when a quote went wrong or a line is missing."""
    if any(kind not in FAST_REJECTS or "\n" in text.rstrip("\n") for _, kind, text in rejects):
        return None
    if rows + len(rejects) + 1 != found.lines:
        return None
    malformed = tuple(Malformed(line, REJECT_RULES[kind], text) for line, kind, text in rejects)
    shifts = _shifts([line - 1 for line, _, _ in rejects], [(1, 2)])
    return Staged(rows, first_row, malformed, shifts)


def _load(
    con: duckdb.DuckDBPyConnection,
    paths: Sequence[Path],
    heading: Heading,
    checks: Sequence[Check],
) -> None:
    """Read every parsable record into `stage.rows`: typed values, and the text of the broken ones."""
    for table in ("reject_errors", "reject_scans"):
        con.execute(f"DROP TABLE IF EXISTS {table}")
    con.execute("DROP TABLE IF EXISTS stage.rows")
    columns = heading.contract.columns
    places = ", ".join(f"'c{n}': 'VARCHAR'" for n in range(len(heading.names)))
    texts = ", ".join(
        f"nullif(trim(c{heading.positions[c.name]}), '') AS {text_name(c)}"
        if c.name in heading.positions
        else f"NULL::VARCHAR AS {text_name(c)}"
        for c in columns
    )
    values = ", ".join(f'{typed(c)} AS "{c.name}"' for c in columns)
    kept = ", ".join(f'"{c.name}"' for c in columns)
    all_text = ", ".join(text_name(c) for c in columns)
    # `filename` nearly doubles a large load, so a file read alone goes without
    number = "right(filename, 6)::INTEGER" if len(paths) > 1 else "0"
    line = "try_cast(c0 AS BIGINT)" if heading.has_lines else "NULL::BIGINT"
    listed = ", ".join(quote(str(path)) for path in paths)
    con.execute(f"""
        CREATE TABLE stage.rows AS
        WITH texts AS (
            SELECT {number}::INTEGER AS file_number, {line} AS source_line, {texts} FROM read_csv(
                [{listed}], columns = {{{places}}}, auto_detect = false, header = true,
                delim = {quote(heading.delimiter)}, quote = '"', escape = '"', strict_mode = true,
                ignore_errors = true, store_rejects = true, max_line_size = {MAX_LINE_BYTES},
                filename = {str(len(paths) > 1).lower()}
            )
        ), valued AS (SELECT *, {values} FROM texts)
        SELECT file_number, source_line, {kept},
            CASE WHEN {any_broken(list(checks))} THEN [{all_text}] END AS broken_text
        FROM valued
    """)


def _rejects(con: duckdb.DuckDBPyConnection) -> list[tuple[str, int, str, str]]:
    """(file, line, kind, text) of the records DuckDB refused, one row each."""
    return con.execute("""
        SELECT scans.file_path, errors.line, min(errors.error_type::VARCHAR), any_value(errors.csv_line)
        FROM reject_errors AS errors JOIN reject_scans AS scans USING (scan_id, file_id)
        GROUP BY scans.file_path, errors.line ORDER BY scans.file_path, errors.line
    """).fetchall()


def _account(rows: int, rejects: Sequence[tuple[int, str, str]], split: Split) -> Staged:
    if rows + len(rejects) != split.records:
        raise RefusedFileError("unreadable", "Records of the file could not be accounted for")
    # DuckDB's `line` counts records, not physical lines: a value over two lines is one (tried)
    records = [line - 1 for line, _, _ in rejects]
    malformed = [
        Malformed(_line_of(record, split.line_shifts), REJECT_RULES.get(kind, "broken_quote"), text)
        for record, (_, kind, text) in zip(records, rejects, strict=True)
    ]
    malformed += [Malformed(*held) for held in split.held_back]
    ordered = tuple(sorted(malformed, key=lambda m: m.line))
    return Staged(rows, 0, ordered, _shifts(records, split.line_shifts))


def _line_of(record: int, line_shifts: Sequence[tuple[int, int]]) -> int:
    place = bisect_left(line_shifts, (record + 1,)) - 1
    first, line = line_shifts[place]
    return line + record - first


def _shifts(
    rejected: Sequence[int], line_shifts: Sequence[tuple[int, int]]
) -> tuple[tuple[int, int], ...]:
    """Line shifts by row ordinal: `line_shifts` goes by record, and rejected records are no rows."""
    starts = {first for first, _ in line_shifts} | {record + 1 for record in rejected}
    found: dict[int, int] = {}
    for record in sorted(starts):
        ordinal = record - bisect_left(rejected, record)
        found[ordinal] = _line_of(record, line_shifts)
    return tuple(sorted(found.items()))


def _count(con: duckdb.DuckDBPyConnection, query: str) -> int:
    row = con.execute(query).fetchone()
    return int(row[0]) if row else 0


def column_list(contract: Contract) -> str:
    """The contract's columns, quoted, in order."""
    return ", ".join(f'"{c.name}"' for c in contract.columns)
