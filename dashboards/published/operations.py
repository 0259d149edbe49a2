"""`operations.duckdb`: what arrived, known after every run, passed or not. Operational server only.

It stands at one path and is replaced whole, so it is opened again whenever the file changes.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, fields
from pathlib import Path
from threading import Lock

import duckdb

from dashboards.access.scope import Scope
from dashboards.published.duck import ALIAS, open_read_only
from dashboards.published.lending import Lender
from dashboards.published.queries import OF_PARTNER
from dashboards.published.query import named_query, select
from dashboards.published.rows import ReceivedFile, Submission
from dashboards.published.snapshot import Source
from dashboards.settings import Settings

log = logging.getLogger(__name__)


@dataclass
class Operations(Source):
    """The operations file for one run. `columns` are those of its submission table."""

    columns: frozenset[str] = field(kw_only=True)

    @property
    def has_calendar(self) -> bool:
        """Whether it holds what was owed as well as what came, so that it can stand for the snapshot."""
        return self.columns >= {item.name for item in fields(Submission)}

    @property
    def has_files(self) -> bool:
        """Whether it holds the ledger: a row per file."""
        return self.columns >= {item.name for item in fields(ReceivedFile)}


@dataclass(frozen=True)
class _Open:
    version: str
    lender: Lender
    columns: frozenset[str]


_lock = Lock()
_open: dict[Path, _Open] = {}


def open_operations(settings: Settings) -> Operations | None:
    """The operations file as it is now; None on the board server, or when it cannot be read."""
    if settings.audience != "operational":
        return None
    path = settings.published / "operations.duckdb"
    try:
        stat = path.stat()
        version = f"{path}:{stat.st_ino}:{stat.st_mtime_ns}"
        with _lock:
            held = _open.get(path)
            if held is None or held.version != version:
                fresh = _attach(path, version, settings)
                if held is not None:
                    held.lender.retire()
                held = _open[path] = fresh
            return Operations(version, held.lender, columns=held.columns)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, duckdb.Error):
        log.exception("operations file")
        return None


def _attach(path: Path, version: str, settings: Settings) -> _Open:
    con = open_read_only(path, settings.key_file.read_text(encoding="ascii").strip())
    found = con.execute(
        "select column_name from duckdb_columns() where database_name = ? and table_name = ?",
        [ALIAS, "submission"],
    ).fetchall()
    return _Open(version, Lender(con), frozenset(name for (name,) in found))


@named_query
def received_files(scope: Scope, operations: Operations, limit: int) -> list[ReceivedFile]:
    """The newest files of the partners in scope, newest first."""
    return select(
        operations,
        ReceivedFile,
        f"""
        select {{columns}} from submission where {OF_PARTNER}
        order by received_at desc, partner_code, table_name limit $limit
        """,
        limit=limit,
        providers=scope.provider_list,
    )
