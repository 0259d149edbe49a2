"""What a reader does: open a link, change a filter, send it on, leave the page open, use no mouse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import READY, Open, Serve, settle
from tests.unit.dashboards.snapshots import make_home, publish

Homes = Callable[[str], Path]


def chosen(page: Page, label: str) -> str:
    return page.get_by_role("combobox", name=label).input_value()


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()
    page.locator(READY).wait_for()


def address(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlsplit(page.url).query)


def test_a_filter_stands_in_the_address_and_the_address_brings_it_back(
    homes: Homes, serve: Serve, open_page: Open
) -> None:
    page = open_page(serve(homes("one_late"), "board"))
    assert urlsplit(page.url).path == "/kpi-results"
    choose(page, "Quarter", "2026-27 Q1")
    expect(page.locator(".cics-headline")).to_contain_text("In Quarter 1 of 2026-27")
    assert address(page)["quarter"] == ["2026-27 Q1"]
    again = open_page(page.url)
    expect(again.locator(".cics-headline")).to_contain_text("In Quarter 1 of 2026-27")


def test_a_row_leads_to_its_detail_and_back_with_the_quarter_kept(
    homes: Homes, serve: Serve, open_page: Open
) -> None:
    page = open_page(f"{serve(homes('one_late'), 'operational')}/kpi-results?quarter=2026-27+Q1")
    page.get_by_role("link", name="Speech and language therapy").click()
    expect(page.get_by_role("heading", name="By month")).to_be_visible()
    expect(page.locator(".cics-headline")).to_contain_text("In Quarter 1 of 2026-27, Speech and")
    settle(page)
    page.get_by_role("link", name="Back to every provider and service").click()
    expect(page.get_by_role("heading", name="Results by provider and service")).to_be_visible()
    expect(page.locator(".cics-headline")).to_contain_text("In Quarter 1 of 2026-27")


@pytest.fixture(scope="module")
def moving_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose figures change while it is served."""
    return make_home(tmp_path_factory.mktemp("moving"), "all_good")


def test_a_forbidden_address_shows_nothing_even_as_the_first_request_after_a_start(
    moving_home: Path, serve: Serve, browser: Browser
) -> None:
    reader = browser.new_context()
    page = reader.new_page()
    page.goto(f"{serve(moving_home, 'operational')}/kpi-results?role=Data+engineer")
    expect(page.get_by_role("heading", name="You do not have access to this page")).to_be_visible(
        timeout=30_000
    )
    assert page.locator("table").count() == 0
    reader.close()


def test_an_open_page_tells_of_new_figures_and_shows_them_when_asked(
    moving_home: Path, serve: Serve, open_page: Open
) -> None:
    page = open_page(serve(moving_home, "operational"))
    expect(page.locator(".cics-stamp")).to_contain_text("build 2026-11-10.1")
    publish(moving_home, "one_late", "2026-11-11.1")
    expect(page.get_by_text("New figures are available.")).to_be_visible(timeout=15_000)
    expect(page.locator(".cics-stamp")).to_contain_text("build 2026-11-10.1")
    page.get_by_role("button", name="Show the new figures").click()
    expect(page.locator(".cics-stamp")).to_contain_text("build 2026-11-11.1")
    expect(page.locator(".cics-headline")).to_contain_text("one of four providers met")
    expect(page.get_by_text("New figures are available.")).to_be_hidden()


def test_two_readers_with_different_roles_see_different_rows_after_a_warm_cache(
    homes: Homes, serve: Serve, browser: Browser
) -> None:
    start = f"{serve(homes('one_late'), 'operational')}/kpi-results"
    seen = {}
    for role in ("Performance team", "Service manager, Tavistock", "Performance team"):
        reader = browser.new_context()
        page = reader.new_page()
        page.goto(f"{start}?role={role.replace(' ', '+')}")
        settle(page)
        seen[role] = page.locator("table.cics").first.inner_text()
        reader.close()
    assert "Dietetics" in seen["Performance team"]
    assert "Dietetics" not in seen["Service manager, Tavistock"]


def test_filters_are_reached_and_changed_by_keyboard_alone(
    homes: Homes, serve: Serve, open_page: Open
) -> None:
    page = open_page(f"{serve(homes('one_late'), 'board')}/kpi-results")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        label = page.evaluate("document.activeElement.getAttribute('aria-label') || ''")
        reached.append(label)
        if "Status" in label:
            break
    assert any("Quarter" in label for label in reached)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator(READY).wait_for()
    expect(page.locator("table.cics tbody tr").first).to_be_visible()
    assert address(page)["status"] != ["All"]


def test_the_export_carries_its_build_and_audience(
    homes: Homes, serve: Serve, open_page: Open
) -> None:
    page = open_page(f"{serve(homes('one_late'), 'board')}/kpi-results")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download as CSV").first.click()
    text = Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert "Build,2026-11-10.1" in text
    assert "Board figures" in text
    assert "percentage" not in text.splitlines()[0]
