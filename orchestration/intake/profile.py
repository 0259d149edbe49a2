"""Profile: what a submission looks like in numbers, beside its sender's own history.

One row per file, made in SQL from `stage`, so that what the expectations cost does not grow with
rows. Shares are of the rows read, from 0 to 1. A statistic that cannot be told is null: no rows,
no history yet, the parent table not there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

import duckdb
import pandas as pd

from orchestration.contracts.model import Catalogue, Column, ColumnType, Contract
from orchestration.duck import quote
from orchestration.intake.examine import Examination
from orchestration.intake.item import Item
from orchestration.state.ledger import Change

MOST_ROWS = 1_000_000
"""A larger file is profiled from this many rows, evenly spaced."""
LEAST_HISTORY, MOST_HISTORY = 3, 12
"""Earlier periods a comparison needs, and how many it looks back on."""
UNKNOWN = "(unknown)"
SHORT_CODE = "[A-Za-z]{1,2}|[A-Za-z]{0,2}[0-9]{1,3}[A-Za-z]?"
"""What may be told of a value no list holds: a code looks like this, and no name or number does."""
MOST_NEW_CODES = 20
DAYS = (ColumnType.DATE, ColumnType.DATETIME)
NUMBERS = (ColumnType.INTEGER, ColumnType.DECIMAL)


@dataclass(frozen=True)
class Memory:
    """What the state keeps of a profile: rows, and how often each listed code occurred."""

    rows: int
    codes: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def as_json(self) -> str:
        """The text the state holds."""
        return json.dumps({"rows": self.rows, "codes": self.codes}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Memory:
        """A profile back from the state."""
        return cls(**json.loads(text))


@dataclass(frozen=True)
class Profile:
    """The statistics of a batch: `frame` has a row per file, `memories` what to keep of each."""

    frame: pd.DataFrame
    memories: tuple[Memory, ...]
    new_codes: tuple[tuple[Change, ...], ...]
    """Codes the list does not hold, by file."""


def profile(
    con: duckdb.DuckDBPyConnection,
    items: Sequence[Item],
    seen: Sequence[Examination],
    standing: Mapping[tuple[str, date], Memory],
    catalogue: Catalogue,
) -> Profile:
    """Statistics of the files in `stage`; `standing` has the profiles of the table's submissions that
    stand, by partner and period. A file is compared with earlier periods of its sender, those that
    are read beside it included.

    Columns of the frame: `ledger_id`, `partner_code`, `period_start`, `rows` (read), `held_share`,
    `usual_rows` (the median of the history), `volume_ratio` (rows by it), `declared_rows`, `declared_difference`,
    `orphans__<parent>`, and per column sent `missing__`, `default__`, `other__`, `invalid__`,
    `distinct__` (a share); of days `first_days__` and `last_days__`, counted from the period's last
    day; of numbers `median__`; of listed codes `shift__`, the population stability index against
    the history.
    """
    heading, _ = items[0].recognised
    contract = heading.contract
    columns = [c for c in contract.columns if c.name in heading.positions]
    listed = {c.name: _listed(contract, c, catalogue) for c in columns if c.code_list}
    found = _statistics(con, items, columns, listed, contract, catalogue)
    held = _held_by_column(con)
    orphans = {
        r.table: _orphans(con, items, contract, r.table, r.columns) for r in contract.references
    }
    declared = _declared(con, items, contract)
    memories = []
    for number, examined in enumerate(seen):
        own = found.get(number, {})
        codes = {name: dict(own.get(f"codes__{name}") or {}) for name in listed}
        memories.append(Memory(examined.rows_read, codes))
    everything = dict(standing) | {
        (item.partner_code, item.recognised[1].start): memory
        for item, memory in zip(items, memories, strict=True)
    }
    rows, new_codes = [], []
    for number, (item, examined) in enumerate(zip(items, seen, strict=True)):
        own, used = found.get(number, {}), memories[number].codes
        earlier = _earlier(everything, item)
        usual = _usual_rows(earlier)
        row: dict[str, Any] = {
            "ledger_id": item.ledger_id,
            "partner_code": item.partner_code,
            "period_start": item.recognised[1].start,
            "rows": examined.rows_read,
            "held_share": _share(examined.rows_held, examined.rows_read),
            "usual_rows": usual,
            "volume_ratio": examined.rows_read / usual if usual else None,
            "declared_rows": declared.get(number),
            "declared_difference": None
            if declared.get(number) is None
            else examined.rows_read - declared[number],
        }
        for table, shares in orphans.items():
            row[f"orphans__{table}"] = shares.get(number)
        for column in columns:
            row |= _of_column(column, own, examined.rows_read, held.get((number, column.name), 0))
            if column.name in listed:
                row[f"shift__{column.name}"] = _shift(column.name, used[column.name], earlier)
        rows.append(row)
        new_codes.append(
            tuple(
                Change("code_new", name, value)
                for name in listed
                for value in sorted(own.get(f"new__{name}") or ())
            )
        )
    return Profile(pd.DataFrame(rows), tuple(memories), tuple(new_codes))


def _earlier(known: Mapping[tuple[str, date], Memory], item: Item) -> list[Memory]:
    """The sender's profiles of earlier periods, newest first."""
    start = item.recognised[1].start
    found = [
        (period, memory)
        for (partner, period), memory in known.items()
        if partner == item.partner_code and period < start
    ]
    return [memory for _, memory in sorted(found, key=lambda f: f[0], reverse=True)][:MOST_HISTORY]


def _statistics(
    con: duckdb.DuckDBPyConnection,
    items: Sequence[Item],
    columns: Sequence[Column],
    listed: Mapping[str, Mapping[str, list[str]]],
    contract: Contract,
    catalogue: Catalogue,
) -> dict[int, dict[str, Any]]:
    """What one statement over the staged rows tells, by file; held-back rows do not count."""
    ends = "[" + ", ".join(f"DATE '{i.recognised[1].end}'" for i in items) + "][file_number + 1]"
    parts = ["count(*) AS counted"]
    for column in columns:
        name = f'"{column.name}"'
        parts.append(f'count({name}) AS "present__{column.name}"')
        parts.append(f'approx_count_distinct({name}) AS "distinct__{column.name}"')
        codes = listed.get(column.name)
        if codes is not None:
            known = _in(name, codes["valid"] + codes["other"] + codes["default"])
            parts.append(
                f"histogram(CASE WHEN {known} THEN {name} ELSE {quote(UNKNOWN)} END)"
                f' FILTER ({name} IS NOT NULL) AS "codes__{column.name}"'
            )
            parts += [
                f'count(*) FILTER ({_in(name, codes[kind])}) AS "{kind}__{column.name}"'
                for kind in ("other", "default")
            ]
            is_unknown = f"{name} IS NOT NULL AND NOT {known}"
            parts.append(f'count(*) FILTER ({is_unknown}) AS "unknown__{column.name}"')
            parts.append(
                f"(list(DISTINCT {name}) FILTER ({is_unknown} AND"
                f" regexp_full_match({name}, {quote(SHORT_CODE)})))[:{MOST_NEW_CODES}]"
                f' AS "new__{column.name}"'
            )
        elif column.defaults:
            text = f"replace(CAST({name} AS VARCHAR), ' ', '')"
            values = [d.replace(" ", "") for d in column.defaults]
            parts.append(f'count(*) FILTER ({_in(text, values)}) AS "default__{column.name}"')
        if column.type in DAYS:
            for end, function in (("first", "min"), ("last", "max")):
                parts.append(
                    f"{function}(date_diff('day', {ends}, {name}::DATE)) AS"
                    f' "{end}_days__{column.name}"'
                )
        if column.type in NUMBERS:
            parts.append(f'approx_quantile({name}, 0.5) AS "median__{column.name}"')
    cursor = con.execute(f"""
        WITH numbered AS (SELECT max(rowid) AS last_row FROM stage.rows),
        rows AS (
            SELECT rows.* FROM stage.rows AS rows CROSS JOIN numbered
            WHERE broken_text IS NULL
                AND (last_row < {MOST_ROWS} OR rows.rowid % (last_row // {MOST_ROWS} + 1) = 0)
        )
        SELECT file_number, {", ".join(parts)} FROM rows GROUP BY file_number
    """)
    names = [d[0] for d in cursor.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in cursor.fetchall()}


def _in(name: str, values: Sequence[str]) -> str:
    return f"{name} IN ({', '.join(quote(v) for v in values)})" if values else "false"


def _listed(contract: Contract, column: Column, catalogue: Catalogue) -> dict[str, list[str]]:
    codes = catalogue.codes(contract, column)
    assert codes is not None
    return {
        kind: sorted({c.code for c in codes.codes if c.means == kind})
        for kind in ("valid", "other", "default")
    }


def _held_by_column(con: duckdb.DuckDBPyConnection) -> dict[tuple[int, str], int]:
    """Rows held back for the value of a column, by file and column."""
    found = con.execute("""
        SELECT file_number, split_part(r, ':', 2) AS column_name, count(*)
        FROM (SELECT file_number, unnest(rules) AS r FROM stage.faults)
        WHERE r NOT LIKE 'mandatory_blank:%' GROUP BY ALL
    """).fetchall()
    return {(number, column): failed for number, column, failed in found}


def _of_column(column: Column, own: Mapping[str, Any], rows: int, held: int) -> dict[str, Any]:
    name = column.name
    counted = own.get("counted") or 0
    unknown = own.get(f"unknown__{name}") or 0
    found = {
        f"missing__{name}": _share(counted - (own.get(f"present__{name}") or 0), counted),
        f"default__{name}": _share(own.get(f"default__{name}") or 0, counted),
        f"other__{name}": _share(own.get(f"other__{name}") or 0, counted),
        f"invalid__{name}": _sum(_share(held, rows), _share(unknown, counted)),
        f"distinct__{name}": _share(own.get(f"distinct__{name}") or 0, counted),
    }
    if column.type in DAYS:
        found |= {
            f"{end}_days__{name}": own.get(f"{end}_days__{name}") for end in ("first", "last")
        }
    if column.type in NUMBERS:
        found[f"median__{name}"] = own.get(f"median__{name}")
    return found


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None else first + (second or 0.0)


def _usual_rows(earlier: Sequence[Memory]) -> float | None:
    return median(m.rows for m in earlier) if len(earlier) >= LEAST_HISTORY else None


def _shift(name: str, now: Mapping[str, int], earlier: Sequence[Memory]) -> float | None:
    """Population stability index: sum of (p - q) ln(p / q); half a case stands for none."""
    if len(earlier) < LEAST_HISTORY or not now:
        return None
    before: dict[str, float] = {}
    for memory in earlier:
        for code, count in memory.codes.get(name, {}).items():
            before[code] = before.get(code, 0) + count
    if not before:
        return None
    codes = sorted({*now, *before})
    p = [now.get(c, 0) + 0.5 for c in codes]
    q = [before.get(c, 0) + 0.5 for c in codes]
    total_p, total_q = sum(p), sum(q)
    return sum(
        (x / total_p - y / total_q) * math.log((x / total_p) / (y / total_q))
        for x, y in zip(p, q, strict=True)
    )


def _orphans(
    con: duckdb.DuckDBPyConnection,
    items: Sequence[Item],
    contract: Contract,
    parent: str,
    columns: Sequence[str],
) -> dict[int, float | None]:
    """Share of good rows whose parent is not in the same unit of the parent table, by file."""
    table = f'raw."{contract.standard}__{parent}"'
    units = ", ".join(
        f"({n}, {quote(i.partner_code)}, DATE '{i.recognised[1].start}')"
        for n, i in enumerate(items)
    )
    same = " AND ".join(f'rows."{c}" = parents."{c}"' for c in columns)
    keys = ", ".join(f'parents."{c}"' for c in columns)
    found = con.execute(f"""
        WITH units(file_number, partner_code, period_start) AS (VALUES {units}),
        parents AS (
            SELECT DISTINCT units.file_number, {keys} FROM {table} AS parents
            JOIN units USING (partner_code, period_start)
        ),
        known AS (SELECT DISTINCT file_number FROM parents),
        numbered AS (SELECT max(rowid) AS last_row FROM stage.rows),
        rows AS (
            SELECT rows.* FROM stage.rows AS rows CROSS JOIN numbered
            WHERE broken_text IS NULL
                AND (last_row < {MOST_ROWS} OR rows.rowid % (last_row // {MOST_ROWS} + 1) = 0)
        )
        SELECT rows.file_number, count(*) FILTER (parents.file_number IS NULL) / count(*)
        FROM rows JOIN known USING (file_number)
        LEFT JOIN parents ON rows.file_number = parents.file_number AND {same}
        GROUP BY rows.file_number
    """).fetchall()
    return dict(found)


def _declared(
    con: duckdb.DuckDBPyConnection, items: Sequence[Item], contract: Contract
) -> dict[int, int]:
    """The sender's own count of the table's rows, where it declared one for the period."""
    if (contract.standard, contract.table) == ("local", "declared_total"):
        return {}
    found = {
        (partner, start): declared
        for partner, start, declared in con.execute(
            """
            SELECT partner_code, period_start, max("rows") FROM raw.local__declared_total
            WHERE standard = ? AND table_name = ? GROUP BY ALL
            """,
            [contract.standard, contract.table],
        ).fetchall()
    }
    wanted = {n: (i.partner_code, i.recognised[1].start) for n, i in enumerate(items)}
    return {n: int(found[unit]) for n, unit in wanted.items() if found.get(unit) is not None}
