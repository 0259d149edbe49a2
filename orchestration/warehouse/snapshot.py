"""Read a published snapshot: by the pointer, read-only, with nothing else within reach."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import duckdb
import pandas as pd

from orchestration import duck
from orchestration.keys import Keys
from orchestration.settings import Settings

Audience = Literal["board", "operational"]
POINTER = "current.json"


class NoSnapshotError(RuntimeError):
    """Nothing has been published yet."""


@dataclass(frozen=True)
class Snapshot:
    """A published build."""

    build_id: str
    folder: Path
    published_at: str

    def file(self, audience: Audience) -> Path:
        """The database of one audience."""
        return self.folder / f"{audience}.duckdb"

    @property
    def manifest(self) -> dict[str, Any]:
        """What the publisher wrote beside the databases."""
        content: dict[str, Any] = json.loads(
            (self.folder / "manifest.json").read_text(encoding="utf-8")
        )
        return content


def current(settings: Settings) -> Snapshot | None:
    """The snapshot `current.json` names, or None before the first one."""
    try:
        pointer = json.loads((settings.published / POINTER).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Snapshot(
        build_id=pointer["build_id"],
        folder=settings.published / pointer["folder"],
        published_at=pointer["published_at"],
    )


def open_snapshot(settings: Settings, keys: Keys, audience: Audience) -> duckdb.DuckDBPyConnection:
    """A connection to the current snapshot; it can reach no other file and change no setting."""
    snapshot = current(settings)
    if snapshot is None:
        raise NoSnapshotError("Nothing has been published yet. Run `cics run` first.")
    key = keys.board if audience == "board" else keys.operational
    con = duck.connect(settings)
    try:
        duck.attach(con, snapshot.file(audience), "snapshot", key, read_only=True)
        con.execute("USE snapshot")
        con.execute("SET enable_external_access = false")
        con.execute("SET lock_configuration = true")
    except BaseException:
        con.close()
        raise
    return con


def query(settings: Settings, keys: Keys, audience: Audience, sql: str) -> pd.DataFrame:
    """The rows of one statement on the current snapshot."""
    con = open_snapshot(settings, keys, audience)
    try:
        return con.execute(sql).fetch_df()
    finally:
        con.close()
