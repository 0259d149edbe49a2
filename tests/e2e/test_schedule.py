"""With the scheduler running: a new month, the same again, a correction, a power cut.

A reader's server stays up all the while, and a page open in a browser is what is looked at.
"""

from __future__ import annotations

import contextlib
import csv
import os
import shutil
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from playwright.sync_api import Error as PlaywrightError

from orchestration.serving import Server, serve
from tests.e2e.conftest import CICS, Home, free_port, kill_tree, make_alliance, make_home, wait_for

pytestmark = [pytest.mark.e2e, pytest.mark.browser, pytest.mark.xdist_group("e2e-schedule")]
BEFORE = ("RV3", "RAL", "RNK", "E09000007")


@dataclass
class Readers:
    """Readers who ask the published snapshot again and again; what went wrong for them."""

    home: Home
    failures: list[str] = field(default_factory=list)
    reads: int = 0
    _stop: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        while not self._stop.wait(0.3):
            try:
                (row,) = self.home.rows(
                    "SELECT count(*) AS n, count(DISTINCT build_id) AS b FROM kpi_result"
                )
                if row["n"] == 0 or row["b"] != 1:
                    self.failures.append(str(row))
                self.reads += 1
            except Exception as error:
                self.failures.append(f"{type(error).__name__}: {error}")

    def stop(self) -> None:
        self._stop.set()


@contextmanager
def scheduler(home: Home, **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """`cics schedule` on a free port, killed at the end if it still runs."""
    log = (home.folder / "scheduler.log").open("ab")
    process = subprocess.Popen(
        [*CICS, "schedule", "--home", str(home.folder), "--port", str(free_port())],
        env={**os.environ, "CICS_SENSOR_SECONDS": "2", **environment},
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        kill_tree(process.pid)
        log.close()


def correct(home: Home, created: str, turned_down: int) -> None:
    """RV3's September again: made later, and with its first referrals turned down."""
    source = home.extracts / "RV3" / "2026-09"
    target = home.folder / "landing" / "RV3" / f"2026-09-made-{created[11:13]}"
    shutil.copytree(source, target)
    with edited(target / "CYP000Header.csv") as rows:
        rows[0]["FileCreation_DateTime"] = created
    with edited(target / "CYP102ServiceTypeReferredTo.csv") as rows:
        for row in rows[:turned_down]:
            row["Referral_RejectionDate"] = "2026-09-15"


@contextmanager
def edited(path: Path) -> Iterator[list[dict[str, str]]]:
    """The rows of a CSV, written back when the block ends."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    yield rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    reader = browser.new_context()
    yield reader.new_page()
    reader.close()


@pytest.fixture
def server(home: Home) -> Iterator[Server]:
    started = serve(home.folder, "operational", free_port())
    started.wait_until_ready()
    yield started
    started.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    make_alliance(tmp_path / "extracts", 120, date(2026, 4, 1), date(2026, 9, 1))
    made = make_home(tmp_path / "home", tmp_path / "extracts")
    for partner in BEFORE:
        made.drop(partner, "*2026-0[4-8]*")
    made.drop("RKE", "*")
    return made


def shows(page: Page, text: str) -> bool:
    """Whether the open page says `text`; its reader takes up the offer of newer figures."""
    offer = page.get_by_role("button", name="Show the new figures")
    with contextlib.suppress(PlaywrightError):  # the page may be redrawing under the pointer
        if offer.is_visible():
            offer.click(timeout=2000)
    return text in page.locator("body").inner_text()


def is_quiet(home: Home) -> bool:
    """Whether nothing waits in landing and no run is under way."""
    waiting = any(path.is_file() for path in (home.folder / "landing").rglob("*"))
    return not waiting and not (home.state("run").status == "started").any()


def count(home: Home, status: str) -> int:
    """Submissions of a status."""
    return int((home.state("submission").status == status).sum())


def test_a_year_in_the_life_of_landing(home: Home, server: Server, page: Page) -> None:
    readers = Readers(home)
    with scheduler(home) as process:
        first = wait_for("the first build", home.build_id, seconds=400)
        thread = threading.Thread(target=readers.read, daemon=True)
        thread.start()
        page.goto(server.address)
        wait_for("the page to show the first build", lambda: shows(page, first))

        home.drop("RV3", "2026-09")
        home.drop("RAL", "2026-09")
        second = wait_for(
            "a new month's build", lambda: home.build_id() != first and home.build_id()
        )
        wait_for("the open page to show it", lambda: shows(page, second))
        received = home.rows(
            "SELECT DISTINCT status FROM submission "
            "WHERE partner_code = 'RV3' AND period = '2026-09-01'"
        )
        assert {row["status"] for row in received} <= {"on_time", "late"}

        # the two partners' files may have been seen at two looks
        wait_for("everything to be taken in", lambda: is_quiet(home))
        second = home.build_id()
        sent = list((home.extracts / "RV3" / "2026-09").rglob("*.csv"))
        home.drop("RV3", "2026-09")
        wait_for("the duplicates to be seen", lambda: count(home, "duplicate") == len(sent) > 0)
        wait_for("that run to end", lambda: is_quiet(home))
        assert home.build_id() == second

        correct(home, "2026-10-30T09:00:00", turned_down=10_000)
        third = wait_for(
            "the correction's build", lambda: home.build_id() != second and home.build_id()
        )
        changed = home.rows(f"SELECT * FROM restatement WHERE build_id = '{third}'")
        assert changed
        assert all("RV3 csds" in row["cause"] for row in changed)

        correct(home, "2026-10-30T10:00:00", turned_down=3)
        wait_for("a run half way", lambda: (home.state("run").status == "started").any())
        kill_tree(process.pid)
    assert home.build_id() == third
    urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=5).close()

    with scheduler(home):
        wait_for("the next start to finish the work", lambda: home.build_id() not in (None, third))
        runs_seen = home.state("run")
        assert (runs_seen.status == "killed").sum() == 1
    readers.stop()
    thread.join(timeout=30)
    assert readers.failures == []
    assert readers.reads > 20
    frame = home.state("submission")
    assert not (frame.status == "received").any()
    active = frame[frame.is_active.astype(bool)]
    assert not active.duplicated(["partner_code", "standard", "table_name", "period_start"]).any()
    assert not list((home.folder / "landing").rglob("*.csv"))
