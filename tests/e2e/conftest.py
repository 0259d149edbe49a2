"""Homes with a small made-up alliance, and the ways a person uses them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from orchestration.keys import load_keys
from orchestration.partnership.load import load_partnership
from orchestration.settings import Settings, load_settings
from orchestration.state.database import open_state
from orchestration.state.ledger import Ledger
from orchestration.synthetic.generate import generate
from orchestration.synthetic.options import Options
from orchestration.warehouse.snapshot import current, query

AS_AT = date(2026, 11, 10)
CICS = [sys.executable, "-c", "from orchestration.cli import main; main()"]


@dataclass(frozen=True)
class Home:
    """A demo home and the extracts that may be dropped into it."""

    folder: Path
    extracts: Path

    @property
    def settings(self) -> Settings:
        return load_settings(self.folder)

    def drop(self, partner: str, pattern: str) -> None:
        """Copy a partner's deliveries into landing, times kept."""
        for source in sorted((self.extracts / partner).glob(pattern)):
            target = self.folder / "landing" / partner / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, dirs_exist_ok=True)
            else:
                shutil.copy2(source, target)

    def cics(self, *arguments: str, environment: dict[str, str] | None = None) -> Any:
        """Run a command with --json; its result."""
        done = self.try_cics(*arguments, environment=environment)
        assert done.returncode == 0, done.stderr[-3000:]
        return json.loads(done.stdout)

    def try_cics(
        self, *arguments: str, environment: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command with --json, however it ends."""
        return subprocess.run(
            [*CICS, *arguments, "--home", str(self.folder), "--json"],
            env={**os.environ, **(environment or {})},
            capture_output=True,
            text=True,
            check=False,
        )

    def rows(self, sql: str, audience: str = "operational") -> list[dict[str, Any]]:
        """Rows of the published snapshot."""
        settings = self.settings
        frame = query(settings, load_keys(settings), audience, sql)  # type: ignore[arg-type]
        return [{str(k): v for k, v in row.items()} for row in frame.to_dict("records")]

    def state(self, table: str) -> pd.DataFrame:
        """A table of the ledger."""
        engine = open_state(self.settings)
        try:
            return Ledger(engine).frame(table)
        finally:
            engine.dispose()

    def build_id(self) -> str | None:
        """The published build."""
        snapshot = current(self.settings)
        return snapshot.build_id if snapshot else None


def make_alliance(
    folder: Path, children: int, first: date, last: date, seed: int = 3
) -> dict[str, Any]:
    """Extracts of a small alliance, with faults; the truth."""
    return generate(Options(children, first, last, seed, 0.005, folder), load_partnership())


def make_home(folder: Path, extracts: Path) -> Home:
    """A demo home with an empty landing folder."""
    folder.mkdir(parents=True)
    (folder / "cics.env").write_text(
        f"CICS_DEMO=true\nCICS_AS_AT={AS_AT}\nCICS_RECEIVED_AT=mtime\n", encoding="utf-8"
    )
    return Home(folder, extracts)


def wait_for(what: str, test: Callable[[], Any], seconds: float = 240) -> Any:
    """Poll until `test` holds; fails saying what never came."""
    last = time.monotonic() + seconds
    while time.monotonic() < last:
        found = test()
        if found:
            return found
        time.sleep(0.5)
    return pytest.fail(f"waited {seconds} s for {what}")


def free_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def kill_tree(root: int) -> None:
    """kill -9 a process and everything below it, as a power cut would."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
                children.setdefault(parent, []).append(int(entry.name))
    doomed = [root]
    for pid in doomed:
        doomed += children.get(pid, [])
    for pid in doomed:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
