"""The raw tables: one per contract in schema `raw`, holding the active version of each unit."""

from __future__ import annotations

import duckdb

from orchestration.contracts.model import Catalogue, Contract

RAW_SCHEMA = "raw"

LEADING_COLUMNS: tuple[tuple[str, str], ...] = (
    ("submission_id", "BIGINT"),
    ("partner_code", "VARCHAR"),
    ("period_start", "DATE"),
    ("row_number", "BIGINT"),
    ("is_released", "BOOLEAN"),
)
"""What every raw table begins with: where a row came from. The contract's columns follow."""


def raw_columns(contract: Contract) -> tuple[tuple[str, str], ...]:
    """Name and DuckDB type of every column of a contract's raw table, in order."""
    own = tuple((column.name, column.type.duckdb_type) for column in contract.all_columns)
    return LEADING_COLUMNS + own


def create_raw_table(contract: Contract) -> str:
    """The statement that makes a contract's raw table when it does not exist yet."""
    columns = ",\n    ".join(f'"{name}" {kind}' for name, kind in raw_columns(contract))
    table = f'{RAW_SCHEMA}."{contract.raw_table}"'
    return f"CREATE TABLE IF NOT EXISTS {table} (\n    {columns}\n)"


def ensure_raw_tables(con: duckdb.DuckDBPyConnection, catalogue: Catalogue) -> None:
    """Make every raw table that is missing in the current database of `con`, empty.

    An existing table is left alone; `con` must `USE` the build file.
    """
    con.execute(f"CREATE SCHEMA IF NOT EXISTS {RAW_SCHEMA}")
    for contract in catalogue.contracts.values():
        con.execute(create_raw_table(contract))
