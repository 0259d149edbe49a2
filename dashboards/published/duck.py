"""Open an encrypted DuckDB file to read, and nothing else.

A fresh in-memory connection per file, because opening a swapped path directly, in a process that
still holds the old handle, returned the old data. Once attached, the connection is locked: no other
file, no network, no setting can be reached from a query.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb

ALIAS = "published"


def open_read_only(path: Path, key: str) -> duckdb.DuckDBPyConnection:
    """A locked connection with the file at `path` attached; ask it through `cursor_on`.

    Raises duckdb.Error when the file is absent, damaged or has another key; the message never
    holds the key.
    """
    con = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "threads": 2,
            "memory_limit": "1GB",
        },
    )
    try:
        con.load_extension(str(_extension("httpfs")))
        con.execute(
            f"ATTACH {_quote(str(path))} AS {ALIAS} (READ_ONLY, ENCRYPTION_KEY {_quote(key)})"
        )
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    except duckdb.Error as error:
        con.close()
        # DuckDB's message repeats the statement, and the statement holds the key
        reason = str(error).split("\n", 1)[0].replace(key, "***")
        raise duckdb.IOException(f"cannot open {path.name}: {reason}") from None
    return con


def cursor_on(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A cursor whose default database is the attached file; a cursor does not inherit that."""
    cursor = con.cursor()
    cursor.execute(f"USE {ALIAS}")
    return cursor


def _extension(name: str) -> Path:
    """An extension inside its wheel: nothing is downloaded at run time."""
    root = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
    return Path(str(root)) / f"{name}.duckdb_extension"


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
