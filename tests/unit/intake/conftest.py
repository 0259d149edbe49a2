"""A home of its own for each test, and a way to drop files and take them in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import pandas as pd
import pytest
import sqlalchemy as sa

from expectations.finding import Finding
from orchestration import duck
from orchestration.contracts.model import shipped_catalogue
from orchestration.intake.files import deliveries, look
from orchestration.intake.load import prepare
from orchestration.intake.receive import Desk
from orchestration.intake.take_in import Summary, pick_up, take_in
from orchestration.keys import load_keys
from orchestration.partnership.load import load_partnership
from orchestration.settings import Settings
from orchestration.state.database import open_state
from orchestration.state.ledger import Ledger
from orchestration.state.tables import metadata


@dataclass
class Counter:
    """The receiving end: a landing folder, the desk and the build file."""

    desk: Desk
    con: duckdb.DuckDBPyConnection

    def drop(self, where: str, content: bytes | str, *, at: int = 0) -> Path:
        """Put a file under landing; `at` sets its time in seconds after an arbitrary start."""
        path = self.desk.settings.landing / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        os.utime(path, (1_790_000_000 + at, 1_790_000_000 + at))
        return path

    def take_in(self) -> Summary:
        """Take in all that lies there."""
        codes = self.desk.partnership.partner_codes
        files = look(self.desk.settings.landing, codes).values()
        return take_in(self.con, deliveries(self.desk.settings.landing, files), self.desk, _quiet)

    def pick_up(self) -> Summary:
        """What a start after a kill does."""
        summary = Summary()
        pick_up(self.con, self.desk, summary, _quiet)
        return summary

    def submissions(self, file_name: str = "") -> pd.DataFrame:
        """The ledger, or what it holds of the files whose name begins so."""
        table = metadata.tables["submission"]
        query = sa.select(table).where(table.c.file_name.startswith(file_name, autoescape=True))
        with self.desk.ledger.engine.connect() as con:
            result = con.execute(query.order_by(table.c.ledger_id))
            return pd.DataFrame(result.fetchall(), columns=list(result.keys()))

    def issues(self) -> set[tuple[str, str, int]]:
        """(rule, column, rows) of every submission."""
        frame = self.desk.ledger.frame("submission_issue")
        return {(r.rule_id, r.column_name, r.failed) for r in frame.itertuples()}

    def rows(self, table: str, columns: str = "*") -> list[tuple[object, ...]]:
        """Rows of a raw table."""
        return self.con.execute(f"SELECT {columns} FROM raw.{table} ORDER BY ALL").fetchall()


def _no_expectations(_frame: pd.DataFrame, _standard: str, _table: str) -> list[Finding]:
    """The library takes seconds to import; tests of the suites give the real ones."""
    return []


def _quiet(_label: str, _done: int, _total: int) -> None:
    pass


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(
        home=tmp_path / "home", demo=True, as_at=date(2026, 10, 31), received_at="mtime", threads=1
    )
    made.make_folders()
    return made


@pytest.fixture
def counter(settings: Settings) -> Iterator[Counter]:
    keys = load_keys(settings)
    ledger = Ledger(open_state(settings))
    desk = Desk(
        settings, load_partnership(), shipped_catalogue(), keys, ledger, "run-1", _no_expectations
    )
    con = duck.connect(settings)
    duck.attach(con, settings.build_file, "warehouse", keys.warehouse)
    con.execute("USE warehouse")
    prepare(con, desk.catalogue)
    ledger.start_run("run-1", "test")
    yield Counter(desk, con)
    con.close()
    ledger.engine.dispose()
