"""Validate: what is wrong with staged files, rule by rule, and which rows are held back.

Leaves three tables in the attached `stage`: `rows` (all parsed rows), `held` (rows not to load) and
`faults` (line, rules and text of every held-back row). `file_number` in each is the place of the
file among those examined. Nothing is stored here, so `cics check FILE` runs the same code.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts.model import Catalogue, ColumnType, Requirement
from orchestration.contracts.periods import Period
from orchestration.intake.item import Item
from orchestration.intake.read import Source, Staged, as_utf8, stage
from orchestration.intake.recognise import Heading
from orchestration.intake.rules import (
    Check,
    Span,
    checks,
    text_name,
    typed,
    unknown_codes,
    wrong_check_digit,
)
from orchestration.state.ledger import Issue

MALFORMED_MESSAGES = {
    "too_few_values": "The line has fewer values than the heading",
    "too_many_values": "The line has more values than the heading",
    "line_too_long": "The line is longer than a record may be",
    "bad_encoding": "The line is not text in the file's encoding",
    "broken_quote": "A quotation mark is opened and never closed",
}

NEVER_RELEASED = ("mandatory_blank", "duplicate_key", *MALFORMED_MESSAGES)


@dataclass(frozen=True)
class Examination:
    """A staged file, counted. rows_read = rows_good + rows_held, always."""

    rows_read: int
    rows_good: int
    rows_warned: int
    rows_released: int
    issues: tuple[Issue, ...]

    @property
    def rows_held(self) -> int:
        """Rows quarantined."""
        return self.rows_read - self.rows_good


def examine(
    con: duckdb.DuckDBPyConnection, items: Sequence[Item], catalogue: Catalogue, tmp: Path
) -> list[Examination]:
    """Stage and validate recognised files of one heading.

    RefusedFileError when a single one cannot be read, MisfitsError when some of several must be
    read alone.
    """
    heading, _ = items[0].recognised
    span = span_of([item.recognised[1] for item in items])
    rules = checks(
        heading.contract,
        span,
        has_nul=any(i.found.has_nul and i.found.encoding != "utf-16" for i in items),
        has_formula=any(i.found.has_formula_mark for i in items),
    )
    with tempfile.TemporaryDirectory(dir=tmp) as scratch:
        sources = [
            Source(as_utf8(item.path, item.found, Path(scratch) / f"utf8-{n}.csv"), item.found)
            for n, item in enumerate(items)
        ]
        staged = stage(con, sources, heading, rules, Path(scratch))
    _hold_broken(con, heading)
    _list_faults(con, heading, rules, staged)
    released = _release(con, items, heading)
    held = dict(
        con.execute("SELECT file_number, count(*) FROM stage.held GROUP BY file_number").fetchall()
    )
    rejected = _rejections(con, rules)
    warned = _warnings(con, heading, span, catalogue)
    found = []
    for number, (item, part) in enumerate(zip(items, staged, strict=True)):
        rows_warned, warnings = warned.get(number, (0, []))
        issues = (*rejected.get(number, ()), *warnings, *_file_warnings(item))
        read = part.rows + len(part.malformed)
        good = part.rows - held.get(number, 0)
        found.append(Examination(read, good, rows_warned, released.get(number, 0), issues))
    return found


def span_of(periods: Sequence[Period]) -> Span:
    """The period of a row as SQL: a day, or looked up by the file's number where files differ."""
    starts, ends = [p.start for p in periods], [p.end for p in periods]
    if len(set(starts)) == 1:
        return Span(f"DATE '{starts[0]}'", f"DATE '{ends[0]}'")
    listed = [", ".join(f"DATE '{day}'" for day in days) for days in (starts, ends)]
    return Span(*(f"([{days}])[file_number + 1]" for days in listed))


def _hold_broken(con: duckdb.DuckDBPyConnection, heading: Heading) -> None:
    """`stage.held`: rows with a broken rule, and rows whose key an earlier row of the file has.

    Keys are compared by a 64-bit hash first, because ten million texts side by side would take
    gigabytes; only rows whose hash occurs twice are compared in full.
    """
    con.execute("""
        CREATE OR REPLACE TABLE stage.held AS
        SELECT rowid AS ordinal, file_number, false AS is_repeated
        FROM stage.rows WHERE broken_text IS NOT NULL
    """)
    if not heading.contract.key:
        return
    key = ", ".join(["file_number", *(f'"{name}"' for name in heading.contract.key)])
    con.execute(f"""
        INSERT INTO stage.held
        WITH twice AS (
            SELECT hash({key}) AS h FROM stage.rows WHERE broken_text IS NULL GROUP BY h HAVING count(*) > 1
        )
        SELECT rowid, file_number, true FROM stage.rows
        WHERE broken_text IS NULL AND hash({key}) IN (SELECT h FROM twice)
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY rowid) > 1
    """)


def _list_faults(
    con: duckdb.DuckDBPyConnection, heading: Heading, rules: list[Check], staged: Sequence[Staged]
) -> None:
    """`stage.faults`: file, line, `rule:column` of each broken rule, and the text as sent."""
    con.execute("""
        CREATE OR REPLACE TABLE stage.faults (
            file_number INTEGER, ordinal BIGINT, line BIGINT, rules VARCHAR[], text VARCHAR[]
        )
    """)
    if con.execute("SELECT 1 FROM stage.held LIMIT 1").fetchone():
        _list_held(con, heading, rules, staged)
    malformed = [(n, m) for n, part in enumerate(staged) for m in part.malformed]
    if malformed:
        con.execute(
            """
            INSERT INTO stage.faults
            SELECT n, NULL, l, [r], [t]
            FROM (SELECT unnest(?) AS n, unnest(?) AS l, unnest(?) AS r, unnest(?) AS t)
            """,
            [
                [n for n, _ in malformed],
                [m.line for _, m in malformed],
                [f"{m.rule}:" for _, m in malformed],
                [m.text for _, m in malformed],
            ],
        )


def _list_held(
    con: duckdb.DuckDBPyConnection, heading: Heading, rules: list[Check], staged: Sequence[Staged]
) -> None:
    columns = heading.contract.columns
    texts = ", ".join(f"broken_text[{n}] AS {text_name(c)}" for n, c in enumerate(columns, 1))
    values = ", ".join(f'{typed(c)} AS "{c.name}"' for c in columns)
    reasons = ", ".join(
        f"CASE WHEN {r.condition} THEN '{r.rule_id}:{r.column_name}' END" for r in rules
    )
    all_text = ", ".join(text_name(c) for c in columns)
    as_text = ", ".join(f'CAST("{c.name}" AS VARCHAR)' for c in columns)
    shifts = ", ".join(
        f"({number}, {part.first_row + first - 1}, {line})"
        for number, part in enumerate(staged)
        for first, line in part.line_shifts
    )
    con.execute(f"""
        INSERT INTO stage.faults
        WITH shifts(file_number, first_ordinal, line) AS (VALUES {shifts or "(0, 0, 2)"}),
        texts AS (
            SELECT rowid AS ordinal, file_number, source_line, {texts}
            FROM stage.rows WHERE broken_text IS NOT NULL
        ), valued AS (SELECT *, {values} FROM texts),
        faults AS (
            SELECT ordinal, file_number, source_line,
                list_filter([{reasons or "NULL"}], r -> r IS NOT NULL) AS rules, [{all_text}] AS text
            FROM valued
            UNION ALL
            SELECT rows.rowid, rows.file_number, rows.source_line,
                ['duplicate_key:{",".join(heading.contract.key)}'], [{as_text}]
            FROM stage.rows AS rows JOIN stage.held AS held ON rows.rowid = held.ordinal AND held.is_repeated
        )
        SELECT faults.file_number, faults.ordinal,
            coalesce(faults.source_line, shifts.line + faults.ordinal - shifts.first_ordinal) AS line,
            faults.rules, faults.text
        FROM faults ASOF JOIN shifts
            ON faults.file_number = shifts.file_number AND faults.ordinal >= shifts.first_ordinal
    """)


def _release(
    con: duckdb.DuckDBPyConnection, items: Sequence[Item], heading: Heading
) -> dict[int, int]:
    """Let in the rows somebody released; how many, by file.

    A row may be let in against a rule about its sense. A key or other value the table cannot do
    without cannot be made up, so such a row stays held whatever was decided.
    """
    wanted = [(n, line) for n, item in enumerate(items) for line in item.released]
    if not wanted:
        return {}
    needed = [c.name for c in heading.contract.mandatory]
    con.execute(
        "CREATE OR REPLACE TABLE stage.released AS SELECT unnest(?) AS file_number, unnest(?) AS line",
        [[n for n, _ in wanted], [line for _, line in wanted]],
    )
    never = ", ".join(f"'{rule}'" for rule in NEVER_RELEASED)
    columns = ", ".join(f"'{name}'" for name in needed)
    con.execute(f"""
        CREATE OR REPLACE TABLE stage.let_in AS
        SELECT faults.file_number, faults.ordinal
        FROM stage.faults AS faults JOIN stage.released USING (file_number, line)
        WHERE faults.ordinal IS NOT NULL AND len(list_filter(faults.rules, r ->
            split_part(r, ':', 1) IN ({never})
            OR (starts_with(r, 'bad_') AND split_part(r, ':', 2) IN ({columns}))
        )) = 0
    """)
    con.execute("""
        DELETE FROM stage.let_in WHERE (file_number, ordinal) IN (
            SELECT (file_number, ordinal) FROM (
                SELECT file_number, ordinal, count(*) OVER (PARTITION BY file_number, line) AS n
                FROM stage.faults
            ) WHERE n > 1
        )
    """)
    _keep_repeats_out(con, heading)
    con.execute("DELETE FROM stage.held WHERE ordinal IN (SELECT ordinal FROM stage.let_in)")
    con.execute("DELETE FROM stage.faults WHERE ordinal IN (SELECT ordinal FROM stage.let_in)")
    return dict(
        con.execute("SELECT file_number, count(*) FROM stage.let_in GROUP BY ALL").fetchall()
    )


def _keep_repeats_out(con: duckdb.DuckDBPyConnection, heading: Heading) -> None:
    """A row may not be let in beside another of its key; a good row goes before one let in."""
    if not heading.contract.key:
        return
    key = ", ".join(["rows.file_number", *(f'rows."{name}"' for name in heading.contract.key)])
    con.execute(f"""
        DELETE FROM stage.let_in WHERE ordinal IN (
            SELECT rows.rowid FROM stage.rows AS rows
            WHERE rows.rowid IN (SELECT ordinal FROM stage.let_in)
                OR rows.rowid NOT IN (SELECT ordinal FROM stage.held)
            QUALIFY row_number() OVER (
                PARTITION BY {key} ORDER BY rows.broken_text IS NOT NULL, rows.rowid
            ) > 1
        )
    """)


def _rejections(con: duckdb.DuckDBPyConnection, rules: list[Check]) -> dict[int, list[Issue]]:
    """What held rows back, by file."""
    messages = {(r.rule_id, r.column_name): r.message for r in rules}
    issues: dict[int, list[Issue]] = {}
    for number, rule, column, failed in con.execute("""
        SELECT file_number, split_part(r, ':', 1), split_part(r, ':', 2), count(*)
        FROM (SELECT file_number, unnest(rules) AS r FROM stage.faults) GROUP BY ALL ORDER BY ALL
    """).fetchall():
        message = messages.get((rule, column)) or MALFORMED_MESSAGES.get(rule)
        if rule == "duplicate_key":
            message = "an earlier row has the same key; the first was kept"
        issues.setdefault(number, []).append(Issue(rule, column, "reject", failed, message or rule))
    return issues


def _warnings(
    con: duckdb.DuckDBPyConnection, heading: Heading, span: Span, catalogue: Catalogue
) -> dict[int, tuple[int, list[Issue]]]:
    """By file: rows with at least one warning, and the warnings; warned rows are kept as sent."""
    contract = heading.contract
    about = [
        ("unknown_code", column.name, condition, message)
        for column, condition, message in unknown_codes(contract, catalogue, span)
        if column.name in heading.positions
    ]
    about += [
        (
            "nhs_number_check_digit",
            c.name,
            wrong_check_digit(c.name),
            "has a wrong check digit; not used to link",
        )
        for c in contract.columns
        if c.type is ColumnType.NHS_NUMBER and c.name in heading.positions
    ]
    if not about:
        return {}
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for _, _, condition, _ in about)
    anything = " OR ".join(f"coalesce({condition}, false)" for _, _, condition, _ in about)
    found = con.execute(f"""
        SELECT file_number, count(*) FILTER (WHERE {anything}), {counts}
        FROM stage.rows WHERE broken_text IS NULL GROUP BY file_number
    """).fetchall()
    return {
        number: (
            warned,
            [
                Issue(rule, column, "warn", failed, message)
                for failed, (rule, column, _, message) in zip(failures, about, strict=True)
                if failed
            ],
        )
        for number, warned, *failures in found
    }


def _file_warnings(item: Item) -> list[Issue]:
    """What is worth saying of a file whatever its rows hold."""
    heading, _ = item.recognised
    issues = [
        Issue("column_missing", name, "warn", 0, "is not in the file; loaded as blank")
        for name in heading.missing
        if heading.contract.column(name).required is Requirement.REQUIRED
    ]
    if heading.extra:
        message = "columns we do not know; kept in the archive"
        issues.append(Issue("column_extra", "", "warn", len(heading.extra), message))
    if item.found.encoding != "utf-8":
        issues.append(
            Issue("encoding", "", "warn", 0, f"the file was read as {item.found.encoding}")
        )
    return [*issues, *item.warnings]
