"""Load: replace one unit of `raw` in one transaction; and the throw-away staging beside it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from orchestration.contracts.model import Catalogue
from orchestration.duck import attach
from orchestration.intake.examine import Examination
from orchestration.intake.read import column_list
from orchestration.warehouse.raw import ensure_raw_tables

LARGE_FILE_BYTES = 64 << 20


def prepare(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make the raw tables, and `raw.loaded_unit`: which submission each unit's rows are of."""
    ensure_raw_tables(con, catalogue)
    con.execute("""
        CREATE TABLE IF NOT EXISTS raw.loaded_unit (
            partner_code VARCHAR, standard VARCHAR, table_name VARCHAR, period_start DATE, submission_id BIGINT
        )
    """)


def loaded_units(con: duckdb.DuckDBPyConnection) -> set[int]:
    """Ledger ids of the submissions whose rows stand in `raw`."""
    return {row[0] for row in con.execute("SELECT submission_id FROM raw.loaded_unit").fetchall()}


def open_stage(con: duckdb.DuckDBPyConnection, size: int, folder: Path, key: str) -> None:
    """Attach `stage`: in memory for a small file, an encrypted throw-away file for a large one.

    A dropped table's space stays in its file, so staging never happens in the build file.
    """
    close_stage(con)
    if size < LARGE_FILE_BYTES:
        con.execute("ATTACH ':memory:' AS stage")
        return
    path = folder / "stage.duckdb"
    path.unlink(missing_ok=True)
    attach(con, path, "stage", key)


def close_stage(con: duckdb.DuckDBPyConnection) -> None:
    """Detach `stage` and let go of what it held."""
    con.execute("DETACH DATABASE IF EXISTS stage")


def load(
    con: duckdb.DuckDBPyConnection, examination: Examination, partner: str, ledger_id: int
) -> None:
    """Replace one unit of `raw` by the good rows of `stage`, in one transaction."""
    contract, period = examination.heading.contract, examination.period
    table = f'raw."{contract.raw_table}"'
    columns = column_list(contract)
    unit = [partner, contract.standard, contract.table, period.start]
    con.execute("BEGIN")
    try:
        con.execute(
            f"DELETE FROM {table} WHERE partner_code = ? AND period_start = ?",
            [partner, period.start],
        )
        con.execute(
            f"""
            INSERT INTO {table} (submission_id, partner_code, period_start, row_number, {columns})
            SELECT ?, ?, ?, rowid + 1, {columns} FROM stage.rows
            WHERE broken_text IS NULL AND rowid NOT IN (SELECT ordinal FROM stage.held)
            """,
            [ledger_id, partner, period.start],
        )
        con.execute(
            "DELETE FROM raw.loaded_unit WHERE (partner_code, standard, table_name, period_start) = (?, ?, ?, ?)",
            unit,
        )
        con.execute("INSERT INTO raw.loaded_unit VALUES (?, ?, ?, ?, ?)", [*unit, ledger_id])
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
