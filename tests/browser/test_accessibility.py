"""Zero axe violations on every view, and usable on the narrowest screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from dashboards.settings import Audience
from tests.browser.conftest import Open, Serve, axe, picture, settle

Homes = Callable[[str], Path]
PAGES: dict[str, tuple[Audience, str]] = {
    "kpi_board": ("board", "/kpi-results"),
    "kpi_operational": ("operational", "/kpi-results"),
    "detail_service": ("operational", "/kpi-results?show=Speech+and+language+therapy"),
    "detail_late_board": ("board", "/kpi-results?show=Physiotherapy"),
    "returns_board": ("board", "/returns"),
    "returns_tables": ("operational", "/returns?rows=By+table"),
}
NARROW = ("kpi_board", "detail_service", "returns_board")


@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_and_a_narrow_page_scrolls_one_way(
    name: str, homes: Homes, serve: Serve, open_page: Open
) -> None:
    audience, path = PAGES[name]
    page = open_page(serve(homes("one_late"), audience) + path)
    picture(page, name)
    if name in NARROW:
        assert not scrolls_sideways(page, 320)
        assert page.get_by_role("combobox").first.is_visible()
        picture(page, f"{name}_320")
        page.set_viewport_size({"width": 1360, "height": 900})
        settle(page)
    for summary in page.locator("[data-testid='stExpander'] summary").all():
        summary.click()
    page.wait_for_timeout(300)  # unfolding is animated
    assert page.locator("[data-testid='stErrorElementStack']").count() == 0, "a chart failed"
    assert axe(page) == []


def scrolls_sideways(page: Page, width: int) -> bool:
    """Whether the page itself, not a table in it, is wider than the window."""
    page.set_viewport_size({"width": width, "height": 900})
    page.wait_for_timeout(500)  # charts and the sidebar follow the width
    wider: bool = page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollWidth > window.innerWidth"
    )
    return wider
