"""A connection many runs read from, closed when it is out of date and the last of them is done.

DuckDB closes a connection's cursors with it, so closing at once would fail a run half-way.
"""

from __future__ import annotations

from threading import Lock

import duckdb

from dashboards.published.duck import cursor_on


class Lender:
    """Lends cursors of one connection and knows when nobody needs it any more."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection
        self._lock = Lock()
        self._lent = 0
        self._is_retired = False

    def lend(self) -> duckdb.DuckDBPyConnection:
        """A cursor of one's own, to be given back."""
        with self._lock:
            self._lent += 1
            return cursor_on(self._connection)

    def give_back(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """The run that borrowed `cursor` is done."""
        cursor.close()
        with self._lock:
            self._lent -= 1
            self._close_if_done()

    def retire(self) -> None:
        """Newer figures have come: close as soon as nobody reads these."""
        with self._lock:
            self._is_retired = True
            self._close_if_done()

    def _close_if_done(self) -> None:
        if self._is_retired and self._lent == 0:
            self._connection.close()
