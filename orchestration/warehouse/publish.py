"""A build that passed becomes a snapshot: written aside, made durable, then named by the pointer.

A kill at any moment leaves the last good snapshot: nothing is written where a reader looks until
`current.json` is replaced in one step.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from orchestration import duck
from orchestration.contracts.model import Catalogue
from orchestration.keys import Keys
from orchestration.settings import Settings
from orchestration.warehouse.context import BuildStamp, Rows, records
from orchestration.warehouse.restatement import find_restatements
from orchestration.warehouse.results import BuildResult
from orchestration.warehouse.snapshot import POINTER, Snapshot, current
from orchestration.warehouse.stamp import BUILD_ID, build_order

NEW = ".new-"
OPERATIONS = "operations.duckdb"

AGGREGATES = (
    "build",
    "partner",
    "service",
    "submission",
    "kpi_definition",
    "kpi_result",
    "kpi_month",
    "kpi_exclusion",
    "waiting_month",
    "wait_summary_month",
    "restatement",
    "dq_result",
    "dq_score",
    "drift",
)
"""Published to both audiences: `mart_<name>` as it is, `board_<name>` disclosed."""

CHILD_LEVEL = {
    "child": "core.dim_child",
    "referral": "core.fct_referral",
    "contact": "core.fct_contact",
    "measure_unit": "measures.int_kpi__unit",
}
"""Published to the operational audience alone, and without whoever opted out."""

NOT_OPTED_OUT = {
    **dict.fromkeys(("child", "referral", "contact"), "NOT is_opted_out"),
    "measure_unit": "exclusion_reason IS DISTINCT FROM 'opted_out'",
}

CARRY_THEIR_BUILD = ("build", "restatement")  # a restatement keeps the id of the build that made it


class NotPassedError(RuntimeError):
    """A build with a failed test was offered for publishing."""


@dataclass(frozen=True)
class Published:
    """The new snapshot, and the quarters it corrects."""

    snapshot: Snapshot
    restatements: list[dict[str, Any]]


def publish(
    settings: Settings,
    keys: Keys,
    catalogue: Catalogue,
    stamp: BuildStamp,
    result: BuildResult,
    *,
    submissions: Rows,
    fingerprint: str,
) -> Published:
    """Publish the build file as `stamp.build_id`; the caller stores the restatements it returns."""
    if not result.passed:
        raise NotPassedError(", ".join(node.name for node in result.failed))
    ledger = records(submissions)
    clean_leftovers(settings)
    previous = current(settings)
    folder = settings.published / f"{NEW}{stamp.build_id}"
    folder.mkdir(parents=True, mode=0o700)
    con = duck.connect(settings, preserve_order=False)
    try:
        duck.attach(con, settings.build_file, "warehouse", keys.warehouse)
        _add_test_results(con, result, stamp)
        restatements = find_restatements(con, keys, previous, stamp.build_id, ledger)
        _append(con, "warehouse.marts.mart_restatement", restatements, leave_out=("audience",))
        _copy(con, folder / "board.duckdb", keys.board, stamp.build_id, _board_tables())
        _copy(con, folder / "operational.duckdb", keys.operational, stamp.build_id, _all_tables())
    finally:
        con.close()
    manifest = _manifest(folder, catalogue, stamp, ledger, fingerprint)
    _write_durably(folder / "manifest.json", manifest)
    return Published(_point_to(settings, folder, stamp.build_id), restatements)


def last_fingerprint(settings: Settings) -> str | None:
    """Fingerprint of the published build, if there is one."""
    snapshot = current(settings)
    return None if snapshot is None else snapshot.manifest.get("fingerprint")


def clean_leftovers(settings: Settings) -> None:
    """Remove what a killed publisher left behind; no reader was ever pointed there."""
    for path in settings.published.glob(f"{NEW}*"):
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink()


def write_operations(settings: Settings, keys: Keys, tables: Mapping[str, pd.DataFrame]) -> Path:
    """Replace `operations.duckdb` in one step; written after every run, passed or not."""
    settings.published.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = settings.published / OPERATIONS
    new = settings.published / f"{NEW}{os.getpid()}-{OPERATIONS}"
    new.unlink(missing_ok=True)
    con = duck.connect(settings)
    try:
        duck.attach(con, new, "operations", keys.operational)
        for name, frame in tables.items():
            con.register("frame", frame)
            con.execute(f'CREATE TABLE operations."{name}" AS SELECT * FROM frame')
            con.unregister("frame")
        con.execute("DETACH operations")
    finally:
        con.close()
    _sync(new)
    os.replace(new, target)
    _sync(settings.published)
    return target


def prune(settings: Settings) -> list[str]:
    """Remove the oldest snapshots beyond `keep_snapshots`, never the current one."""
    pointed = current(settings)
    ids = sorted(
        (p.name for p in settings.published.iterdir() if BUILD_ID.fullmatch(p.name)),
        key=build_order,
        reverse=True,
    )
    surplus = [i for i in ids[settings.keep_snapshots :] if pointed and i != pointed.build_id]
    for build_id in surplus:
        shutil.rmtree(settings.published / build_id)
    return surplus


def _board_tables() -> dict[str, str]:
    return {name: f"board.board_{name}" for name in AGGREGATES}


def _all_tables() -> dict[str, str]:
    return {name: f"marts.mart_{name}" for name in AGGREGATES} | CHILD_LEVEL


def _copy(
    con: duckdb.DuckDBPyConnection, path: Path, key: str, build_id: str, tables: Mapping[str, str]
) -> None:
    """Copy relations of the warehouse into a new encrypted file, each with its build id."""
    duck.attach(con, path, "snapshot", key)
    # a view names its tables without their database
    con.execute("USE warehouse")
    for name, source in tables.items():
        own = "" if name in CARRY_THEIR_BUILD else f"{duck.quote(build_id)} AS build_id, "
        kept = f" WHERE {NOT_OPTED_OUT[name]}" if name in NOT_OPTED_OUT else ""
        con.execute(f"CREATE TABLE snapshot.{name} AS SELECT {own}* FROM warehouse.{source}{kept}")
    con.execute("USE memory")
    con.execute("CHECKPOINT snapshot")
    con.execute("DETACH snapshot")
    _sync(path)


def _add_test_results(
    con: duckdb.DuckDBPyConnection, result: BuildResult, stamp: BuildStamp
) -> None:
    con.execute("DELETE FROM warehouse.marts.mart_dq_result WHERE kind = 'warehouse_test'")
    rows = [{**row, "is_latest": True} for row in result.dq_rows(stamp.built_at)]
    _append(con, "warehouse.marts.mart_dq_result", rows)


def _append(
    con: duckdb.DuckDBPyConnection,
    table: str,
    rows: Sequence[Mapping[str, Any]],
    leave_out: Sequence[str] = (),
) -> None:
    if not rows:
        return
    names = [name for name in rows[0] if name not in leave_out]
    frame = pd.DataFrame({n: pd.Series([r[n] for r in rows], dtype=object) for n in names})
    con.register("new_rows", frame)
    con.execute(f"INSERT INTO {table} BY NAME SELECT * FROM new_rows")
    con.unregister("new_rows")


def _manifest(
    folder: Path,
    catalogue: Catalogue,
    stamp: BuildStamp,
    submissions: Iterable[Mapping[str, Any]],
    fingerprint: str,
) -> dict[str, Any]:
    active = [s for s in submissions if s["is_active"]]
    data_to: dict[str, str] = {}
    for submission in active:
        partner, end = str(submission["partner_code"]), str(submission["period_end"])[:10]
        data_to[partner] = max(end, data_to.get(partner, ""))
    return {
        "build_id": stamp.build_id,
        "built_at": stamp.built_at.isoformat(),
        "git_commit": stamp.git_commit,
        "software_version": stamp.software_version,
        "fingerprint": fingerprint,
        "data_to": dict(sorted(data_to.items())),
        "contracts": {f"{c.standard}.{c.table}": c.version for c in catalogue.contracts.values()},
        "submissions": sorted(int(s["ledger_id"]) for s in active),
        "files": {path.name: _sha256(path) for path in sorted(folder.glob("*.duckdb"))},
    }


def _point_to(settings: Settings, folder: Path, build_id: str) -> Snapshot:
    """Give the finished folder its name, then let the pointer name it."""
    final = settings.published / build_id
    _sync(folder)
    os.rename(folder, final)
    _sync(settings.published)
    published_at = datetime.now(UTC).isoformat(timespec="seconds")
    pointer = {"build_id": build_id, "folder": build_id, "published_at": published_at}
    new = settings.published / f"{NEW}{POINTER}"
    _write_durably(new, pointer)
    os.replace(new, settings.published / POINTER)
    _sync(settings.published)
    prune(settings)
    return Snapshot(build_id, final, published_at)


def _write_durably(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    _sync(path)


def _sync(path: Path) -> None:
    """Force a file, or a folder's entries, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
