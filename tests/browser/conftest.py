"""A real server on loopback and a real Chromium, with the figures of one home.

Nothing leaves the machine: a request to any other address fails the test that made it.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from dashboards.serve import server_command
from dashboards.settings import Audience
from tests.unit.dashboards.snapshots import make_home

HERE = Path(__file__).parent
OUTPUT = HERE.parent / "output"
AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
READY = "[data-testid='stApp'][data-test-script-state='notRunning']"
AXE_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

Serve = Callable[[Path, Audience], str]
Open = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs a browser."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def serve() -> Iterator[Serve]:
    """Start a server for a home and an audience; one per pair, ended with the session."""
    running: dict[tuple[Path, Audience], tuple[subprocess.Popen[bytes], str]] = {}

    def start(home: Path, audience: Audience) -> str:
        if (home, audience) not in running:
            port = _free_port()
            argv, env = server_command(audience, port, home)
            env = {**os.environ, **env, "CICS_CHECK_SECONDS": "1"}
            # another folder than the repository's: settings must be found from anywhere
            process = subprocess.Popen(argv, env=env, cwd=home, stdout=subprocess.DEVNULL)
            address = f"http://127.0.0.1:{port}"
            _wait_for(f"{address}/_stcore/health", process)
            running[home, audience] = (process, address)
        return running[home, audience][1]

    yield start
    for process, _ in running.values():
        process.terminate()
    for process, _ in running.values():
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The home of a scenario, made once and only read."""
    made: dict[str, Path] = {}

    def home(scenario: str) -> Path:
        if scenario not in made:
            made[scenario] = make_home(tmp_path_factory.mktemp("browser"), scenario)
        return made[scenario]

    return home


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A reader in London with nothing remembered."""
    reader = browser.new_context(
        viewport={"width": 1360, "height": 900},
        locale="en-GB",
        timezone_id="Europe/London",
        reduced_motion="reduce",
        accept_downloads=True,
    )
    yield reader
    reader.close()


@pytest.fixture
def open_page(context: BrowserContext) -> Iterator[Open]:
    """Open an address and wait until the app has drawn it."""
    outside: list[str] = []

    def opened(address: str, width: int = 1360) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.on(
            "request",
            lambda r: (
                outside.append(r.url)
                if r.url.startswith("http") and "127.0.0.1" not in r.url
                else None
            ),
        )
        page.goto(address)
        settle(page)
        return page

    yield opened
    assert outside == [], "a page asked for something from another address"


def settle(page: Page) -> None:
    """Wait until the footer stands and no script runs."""
    page.locator(".cics-footer, [data-testid='stAlert'], h1").last.wait_for(timeout=30_000)
    page.locator(".cics-footer").wait_for(timeout=30_000)
    page.locator(READY).wait_for(timeout=30_000)


def axe(page: Page) -> list[tuple[str, str, str]]:
    """What axe finds wrong: rule, element, markup."""
    if not AXE.exists():
        if shutil.which("npm") is None:
            pytest.skip("npm is not installed, so axe-core cannot be: apt-get install npm")
        pytest.fail("axe-core is missing: npm ci --prefix tests/browser")
    page.add_script_tag(path=AXE)
    report = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", list(AXE_TAGS)
    )
    return [
        (violation["id"], str(node["target"]), node["html"][:160])
        for violation in report["violations"]
        for node in violation["nodes"]
    ]


def picture(page: Page, name: str) -> None:
    """Keep the whole page as a picture, for eyes."""
    OUTPUT.mkdir(exist_ok=True)
    size = page.viewport_size or {"width": 1360, "height": 900}
    tall = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": min(max(900, tall + 20), 5000)})
    page.wait_for_timeout(400)  # charts redraw at the new size
    page.screenshot(path=OUTPUT / f"{name}.png", animations="disabled")
    page.set_viewport_size(size)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        assert process.poll() is None, "the server ended at once"
        with suppress(OSError), urllib.request.urlopen(address, timeout=2):
            return
        time.sleep(0.2)
    raise TimeoutError(address)
