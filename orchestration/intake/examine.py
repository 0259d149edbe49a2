"""Validate: what is wrong with a staged file, rule by rule, and which rows are held back.

Leaves three tables in the attached `stage`: `rows` (all parsed rows), `held` (ordinals of the rows
not to load) and `faults` (line, rules and text of every held-back row). Nothing is stored here, so
`cics check FILE` runs the same code.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from orchestration.contracts.model import Catalogue, ColumnType, Requirement
from orchestration.intake.archive import Bytes
from orchestration.intake.read import Malformed, Staged, as_utf8, stage
from orchestration.intake.recognise import Heading, Period
from orchestration.intake.rules import Check, checks, text_name, typed, unknown_codes
from orchestration.state.ledger import Issue

MALFORMED_MESSAGES = {
    "too_few_values": "The line has fewer values than the heading",
    "too_many_values": "The line has more values than the heading",
    "line_too_long": "The line is longer than a record may be",
    "bad_encoding": "The line is not text in the file's encoding",
    "broken_quote": "A quotation mark is opened and never closed",
}


@dataclass(frozen=True)
class Examination:
    """A staged file, counted. rows_read = rows_good + rows_held, always."""

    heading: Heading
    period: Period
    rows_read: int
    rows_good: int
    rows_warned: int
    issues: tuple[Issue, ...]

    @property
    def rows_held(self) -> int:
        """Rows quarantined."""
        return self.rows_read - self.rows_good


def examine(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    found: Bytes,
    heading: Heading,
    period: Period,
    catalogue: Catalogue,
    tmp: Path,
) -> Examination:
    """Stage and validate one file; RefusedFileError when it cannot be read."""
    contract = heading.contract
    rules = checks(
        contract,
        period.start,
        period.end,
        has_nul=found.has_nul and found.encoding != "utf-16",
        has_formula=found.has_formula_mark,
    )
    with tempfile.TemporaryDirectory(dir=tmp) as scratch:
        text = as_utf8(path, found, Path(scratch) / "utf8.csv")
        staged = stage(con, text, found, heading, rules, Path(scratch))
    _hold_repeated(con, heading)
    row = con.execute("SELECT count(*) FROM stage.held").fetchone()
    held = int(row[0]) if row else 0
    con.execute(
        "CREATE OR REPLACE TABLE stage.faults (line BIGINT, rules VARCHAR[], text VARCHAR[])"
    )
    if held:
        _list_faults(con, heading, rules, staged)
    if staged.malformed:
        _add_malformed(con, staged.malformed)
    rows_good = staged.rows - held
    warned, warnings = _warnings(con, heading, period, catalogue, found)
    return Examination(
        heading,
        period,
        rows_read=staged.rows + len(staged.malformed),
        rows_good=rows_good,
        rows_warned=warned,
        issues=(*_rejections(con, rules), *warnings),
    )


def _hold_repeated(con: duckdb.DuckDBPyConnection, heading: Heading) -> None:
    """`stage.held`: rows with a broken rule, and rows whose key an earlier row has already.

    Keys are compared by a 64-bit hash first, because ten million texts side by side would take
    gigabytes; only rows whose hash occurs twice are compared in full.
    """
    con.execute("""
        CREATE OR REPLACE TABLE stage.held AS
        SELECT rowid AS ordinal, false AS is_repeated FROM stage.rows WHERE broken_text IS NOT NULL
    """)
    if not heading.contract.key:
        return
    key = ", ".join(f'"{name}"' for name in heading.contract.key)
    con.execute(f"""
        INSERT INTO stage.held
        WITH twice AS (
            SELECT hash({key}) AS h FROM stage.rows WHERE broken_text IS NULL GROUP BY h HAVING count(*) > 1
        )
        SELECT rowid, true FROM stage.rows
        WHERE broken_text IS NULL AND hash({key}) IN (SELECT h FROM twice)
        QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY rowid) > 1
    """)


def _list_faults(
    con: duckdb.DuckDBPyConnection, heading: Heading, rules: list[Check], staged: Staged
) -> None:
    """`stage.faults`: line, `rule:column` of each broken rule, and the text as sent."""
    columns = heading.contract.columns
    texts = ", ".join(f"broken_text[{n}] AS {text_name(c)}" for n, c in enumerate(columns, 1))
    values = ", ".join(f'{typed(c)} AS "{c.name}"' for c in columns)
    reasons = ", ".join(
        f"CASE WHEN {r.condition} THEN '{r.rule_id}:{r.column_name}' END" for r in rules
    )
    all_text = ", ".join(text_name(c) for c in columns)
    as_text = ", ".join(f'CAST("{c.name}" AS VARCHAR)' for c in columns)
    shifts = ", ".join(f"({first - 1}, {line})" for first, line in staged.line_shifts) or "(0, 2)"
    con.execute(f"""
        INSERT INTO stage.faults
        WITH shifts(first_ordinal, line) AS (VALUES {shifts}),
        texts AS (
            SELECT rowid AS ordinal, {texts} FROM stage.rows WHERE broken_text IS NOT NULL
        ), valued AS (SELECT *, {values} FROM texts),
        faults AS (
            SELECT ordinal, list_filter([{reasons or "NULL"}], r -> r IS NOT NULL) AS rules, [{all_text}] AS text
            FROM valued
            UNION ALL
            SELECT rows.rowid, ['duplicate_key:{",".join(heading.contract.key)}'], [{as_text}]
            FROM stage.rows AS rows JOIN stage.held AS held ON rows.rowid = held.ordinal AND held.is_repeated
        )
        SELECT shifts.line + faults.ordinal - shifts.first_ordinal AS line, faults.rules, faults.text
        FROM faults ASOF JOIN shifts ON faults.ordinal >= shifts.first_ordinal
    """)


def _add_malformed(con: duckdb.DuckDBPyConnection, malformed: tuple[Malformed, ...]) -> None:
    lines = [m.line for m in malformed]
    rules = [f"{m.rule}:" for m in malformed]
    texts = [m.text for m in malformed]
    con.execute(
        "INSERT INTO stage.faults SELECT l, [r], [t] FROM (SELECT unnest(?) AS l, unnest(?) AS r, unnest(?) AS t)",
        [lines, rules, texts],
    )


def _rejections(con: duckdb.DuckDBPyConnection, rules: list[Check]) -> list[Issue]:
    messages = {(r.rule_id, r.column_name): r.message for r in rules}
    found = con.execute("""
        SELECT split_part(r, ':', 1), split_part(r, ':', 2), count(*)
        FROM (SELECT unnest(rules) AS r FROM stage.faults) GROUP BY ALL ORDER BY ALL
    """).fetchall()
    issues = []
    for rule, column, failed in found:
        message = messages.get((rule, column)) or MALFORMED_MESSAGES.get(rule)
        if rule == "duplicate_key":
            message = "an earlier row has the same key; the first was kept"
        issues.append(Issue(rule, column, "reject", failed, message or rule))
    return issues


def _warnings(
    con: duckdb.DuckDBPyConnection,
    heading: Heading,
    period: Period,
    catalogue: Catalogue,
    found: Bytes,
) -> tuple[int, list[Issue]]:
    """Rows with at least one warning, and the warnings; warned rows are kept as sent."""
    contract = heading.contract
    about = [
        ("unknown_code", column.name, condition, message)
        for column, condition, message in unknown_codes(contract, catalogue, period.start)
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
    issues = [
        Issue("column_missing", name, "warn", 0, "is not in the file; loaded as blank")
        for name in heading.missing
        if contract.column(name).required is Requirement.REQUIRED
    ]
    if heading.extra:
        issues.append(
            Issue(
                "column_extra",
                "",
                "warn",
                len(heading.extra),
                "columns we do not know; kept in the archive",
            )
        )
    if found.encoding != "utf-8":
        issues.append(Issue("encoding", "", "warn", 0, f"the file was read as {found.encoding}"))
    if not about:
        return 0, issues
    counts = ", ".join(f"count(*) FILTER (WHERE {condition})" for _, _, condition, _ in about)
    anything = " OR ".join(f"coalesce({condition}, false)" for _, _, condition, _ in about)
    row = con.execute(
        f"SELECT count(*) FILTER (WHERE {anything}), {counts} FROM stage.rows WHERE broken_text IS NULL"
    ).fetchone()
    assert row is not None
    issues += [
        Issue(rule, column, "warn", failed, message)
        for failed, (rule, column, _, message) in zip(row[1:], about, strict=True)
        if failed
    ]
    return int(row[0]), issues


def wrong_check_digit(column: str) -> str:
    """SQL: ten digits whose modulus-11 check fails (NHS Data Dictionary, NHS NUMBER)."""
    total = " + ".join(f'"{column}"[{n}]::INT * {11 - n}' for n in range(1, 10))
    return f'(11 - ({total}) % 11) % 11 <> "{column}"[10]::INT'
