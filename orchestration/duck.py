"""Open DuckDB the one way this project does: in memory, hardened, encrypted files attached.

Extensions come from wheels and are loaded by path, because nothing is downloaded at run time;
httpfs brings the OpenSSL without which an encrypted file cannot be written. Spill files are
encrypted too: by default they are not, and surnames were found in them.
"""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import duckdb

from orchestration.settings import Settings


def extension_path(name: str) -> Path:
    """Path of an extension inside its wheel."""
    root = files(f"duckdb_extension_{name}") / "extensions" / f"v{duckdb.__version__}"
    return Path(str(root)) / f"{name}.duckdb_extension"


def connect(settings: Settings, *, preserve_order: bool = True) -> duckdb.DuckDBPyConnection:
    """A fresh in-memory connection with this home's limits and nothing attached."""
    temp = settings.tmp / "duckdb"
    temp.mkdir(parents=True, exist_ok=True, mode=0o700)
    config: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "memory_limit": settings.memory_limit,
        "temp_directory": str(temp),
        "temp_file_encryption": "true",
        "preserve_insertion_order": str(preserve_order).lower(),
    }
    if settings.threads:
        config["threads"] = settings.threads
    con = duckdb.connect(":memory:", config=config)
    con.execute("SET enable_progress_bar = false")
    con.load_extension(str(extension_path("httpfs")))
    return con


def attach(
    con: duckdb.DuckDBPyConnection, path: Path, alias: str, key: str, *, read_only: bool = False
) -> None:
    """Attach the encrypted file `path` as `alias`; made when absent unless read-only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    options = f"ENCRYPTION_KEY {quote(key)}" + (", READ_ONLY" if read_only else "")
    try:
        con.execute(f"ATTACH {quote(str(path))} AS {alias} ({options})")
    except duckdb.Error as error:
        # DuckDB's message repeats the statement, and the statement holds the key
        reason = str(error).split("\n", 1)[0].replace(key, "***")
        raise duckdb.IOException(f"cannot open {path.name}: {reason}") from None


def quote(text: str) -> str:
    """`text` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"
