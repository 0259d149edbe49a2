"""Load: replace units of `raw` in one transaction; and the throw-away staging beside it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from orchestration.contracts.model import Catalogue, Contract
from orchestration.duck import attach
from orchestration.intake.item import Item
from orchestration.intake.read import column_list
from orchestration.warehouse.raw import ensure_raw_tables, raw_columns

LARGE_FILE_BYTES = 64 << 20


def prepare(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make the raw tables, and `raw.loaded_unit`: which submission each unit's rows are of.

    A table of an older release, with other columns, is made anew; its rows come back from the archive.
    """
    con.execute("CREATE SCHEMA IF NOT EXISTS raw")
    con.execute("""
        CREATE TABLE IF NOT EXISTS raw.loaded_unit (
            partner_code VARCHAR, standard VARCHAR, table_name VARCHAR, period_start DATE, submission_id BIGINT
        )
    """)
    for contract in catalogue.contracts.values():
        if (columns := columns_of(con, contract)) and columns != raw_columns(contract):
            con.execute(f'DROP TABLE raw."{contract.raw_table}"')
            con.execute(
                "DELETE FROM raw.loaded_unit WHERE standard = ? AND table_name = ?",
                [contract.standard, contract.table],
            )
    ensure_raw_tables(con, catalogue)


def columns_of(con: duckdb.DuckDBPyConnection, contract: Contract) -> tuple[tuple[str, str], ...]:
    """Name and type of the columns a raw table has now; none when there is no such table."""
    found = con.execute(
        """
        SELECT column_name, data_type FROM duckdb_columns()
        WHERE database_name = current_database() AND schema_name = 'raw' AND table_name = ?
        ORDER BY column_index
        """,
        [contract.raw_table],
    ).fetchall()
    return tuple((name, kind) for name, kind in found)


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


def load(con: duckdb.DuckDBPyConnection, items: Mapping[int, Item]) -> None:
    """Replace the units of `items`, by file number, by their good rows in `stage`; one transaction."""
    heading, _ = next(iter(items.values())).recognised
    contract = heading.contract
    table = f'raw."{contract.raw_table}"'
    columns = column_list(contract)
    values = ", ".join(f'rows."{c.name}"' for c in contract.columns)
    con.execute("""
        CREATE OR REPLACE TABLE stage.units (
            file_number INTEGER, submission_id BIGINT, partner_code VARCHAR, standard VARCHAR,
            table_name VARCHAR, period_start DATE
        )
    """)
    con.execute(
        "INSERT INTO stage.units SELECT unnest(?), unnest(?), unnest(?), ?, ?, unnest(?)",
        [
            list(items),
            [item.ledger_id for item in items.values()],
            [item.partner_code for item in items.values()],
            contract.standard,
            contract.table,
            [item.recognised[1].start for item in items.values()],
        ],
    )
    con.execute("BEGIN")
    try:
        con.execute(f"""
            DELETE FROM {table} WHERE (partner_code, period_start) IN (
                SELECT (partner_code, period_start) FROM stage.units
            )
        """)
        con.execute(f"""
            INSERT INTO {table} (
                submission_id, partner_code, period_start, row_number, is_released, {columns}
            )
            SELECT units.submission_id, units.partner_code, units.period_start,
                rows.rowid - min_row.first_row + 1,
                rows.broken_text IS NOT NULL, {values}
            FROM stage.rows AS rows
            JOIN stage.units AS units ON rows.file_number = units.file_number
            JOIN (SELECT file_number, min(rowid) AS first_row FROM stage.rows GROUP BY ALL) AS min_row
                ON rows.file_number = min_row.file_number
            WHERE rows.rowid NOT IN (SELECT ordinal FROM stage.held)
        """)
        con.execute("""
            DELETE FROM raw.loaded_unit WHERE (partner_code, standard, table_name, period_start) IN (
                SELECT (partner_code, standard, table_name, period_start) FROM stage.units
            )
        """)
        con.execute("""
            INSERT INTO raw.loaded_unit
            SELECT partner_code, standard, table_name, period_start, submission_id FROM stage.units
        """)
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
