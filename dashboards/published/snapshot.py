"""The current snapshot, opened once per build and shared by every reader of this process.

A run asks for a `Snapshot` once and keeps it to its end: one build, never a mix.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

import duckdb

from dashboards.published.duck import cursor_on, open_read_only
from dashboards.published.lending import Lender
from dashboards.published.pointer import Pointer, SnapshotUnavailableError, read_pointer
from dashboards.published.rows import Build, fetch_rows
from dashboards.settings import Settings

log = logging.getLogger(__name__)


@dataclass
class Source:
    """A cursor on one published file. `version` tells its content apart in caches."""

    version: str
    lender: Lender = field(repr=False)
    queries: int = 0

    def __post_init__(self) -> None:
        self._cursor = self.lender.lend()

    def rows(self, sql: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
        """The result of one query; counted, because a page has a budget of eight."""
        self.queries += 1
        return self._cursor.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Give the cursor back."""
        self.lender.give_back(self._cursor)


@dataclass
class Snapshot(Source):
    """One build for one run; `announced` is what the pointer named, None when it names nothing."""

    build: Build = field(kw_only=True)
    announced: str | None = None

    @property
    def is_fallback(self) -> bool:
        """Whether the announced build would not open and this is the one before."""
        return self.announced != self.build.build_id


@dataclass(frozen=True)
class _Open:
    pointer: Pointer
    lender: Lender
    build: Build


_lock = Lock()
_open: dict[tuple[Path, str], _Open] = {}


def current_snapshot(settings: Settings) -> Snapshot:
    """The build the pointer names, or the last good one when that cannot be opened.

    Raises SnapshotUnavailableError when there is neither.
    """
    place = (settings.published, settings.audience)
    with _lock:
        held = _open.get(place)
        announced = None
        try:
            pointer = read_pointer(settings.published)
            announced = pointer.build_id
            if held is None or held.pointer != pointer:
                fresh = _attach(settings, pointer)
                _open[place] = fresh
                if held is not None:
                    held.lender.retire()
                held = fresh
        except SnapshotUnavailableError:
            if held is None:
                raise
            log.exception("keeping build %s", held.build.build_id)
        return _lend(held, announced)


def _lend(held: _Open, announced: str | None) -> Snapshot:
    return Snapshot(
        version=f"{held.pointer.folder}:{held.build.build_id}",
        lender=held.lender,
        build=held.build,
        announced=announced,
    )


def _attach(settings: Settings, pointer: Pointer) -> _Open:
    try:
        key = settings.key_file.read_text(encoding="ascii").strip()
    except (OSError, ValueError) as error:
        log.exception("key of the %s snapshot", settings.audience)
        raise SnapshotUnavailableError("The key of these figures is missing.") from error
    try:
        con = open_read_only(pointer.folder / f"{settings.audience}.duckdb", key)
    except duckdb.Error as error:
        log.exception("build %s", pointer.build_id)
        raise SnapshotUnavailableError("The current figures cannot be opened.") from error
    try:
        builds = fetch_rows(Build, cursor_on(con), "SELECT {columns} FROM build", {})
        if [build.build_id for build in builds] != [pointer.build_id]:
            raise SnapshotUnavailableError("The current figures are not the ones announced.")
    except (duckdb.Error, SnapshotUnavailableError) as error:
        con.close()
        log.exception("build %s", pointer.build_id)
        raise SnapshotUnavailableError("The current figures cannot be read.") from error
    log.info("opened build %s for %s", pointer.build_id, settings.audience)
    return _Open(pointer, Lender(con), builds[0])
