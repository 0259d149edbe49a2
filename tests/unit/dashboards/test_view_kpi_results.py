"""The KPI results view: filters in the address, detail, chart, small numbers, order."""

from __future__ import annotations

import re

from streamlit.testing.v1 import AppTest

from tests.unit.dashboards.conftest import HomeOf, Opener, words

SPEECH = "Speech and language therapy"


def first_cells(app: AppTest) -> list[str]:
    table = next(one.value for one in app.html if "KPI results, Quarter" in one.value)
    return re.findall(r'<th scope="row"><a[^>]*>([^<]+)</a>', table)


def test_filters_come_from_the_address(home_of: HomeOf, open_app: Opener) -> None:
    app = open_app(home_of("one_late"), "board", provider="Whittington", status="Not met")
    assert app.selectbox(key="provider").value == "Whittington"
    assert first_cells(app) == ["Whittington", SPEECH]


def test_an_address_that_means_nothing_gets_the_default(home_of: HomeOf, open_app: Opener) -> None:
    app = open_app(home_of("one_late"), "board", quarter="1999-00 Q9", show="Nobody")
    assert not app.exception
    assert app.selectbox(key="quarter").value == "2026-27 Q2"


def test_a_filter_that_leaves_nothing_says_so_and_can_be_cleared(
    home_of: HomeOf, open_app: Opener
) -> None:
    app = open_app(home_of("all_good"), "board", status="Not met", provider="Tavistock")
    assert "No provider or service matches these filters." in words(app)
    next(button for button in app.button if button.label == "Clear filters").click().run()
    assert "Child and adolescent mental health" in words(app)


def test_problems_stand_first_unless_contract_order_is_asked_for(
    home_of: HomeOf, open_app: Opener
) -> None:
    problems = first_cells(open_app(home_of("one_late"), "operational"))
    contract = first_cells(open_app(home_of("one_late"), "operational", order="Contract order"))
    assert problems[:4] == [
        "The partnership",
        "CNWL",
        "Bladder and bowel",
        "MOSAIC child development team",
    ]
    assert contract[:3] == ["The partnership", "CNWL", "MOSAIC child development team"]
    assert sorted(problems) == sorted(contract)


def test_detail_shows_months_waits_exclusions_definition_and_revisions(
    home_of: HomeOf, open_app: Opener
) -> None:
    said = words(open_app(home_of("one_late"), "operational", show=SPEECH, quarter="2026-27 Q1"))
    for part in (
        "By month",
        "Who is still waiting",
        "92nd percentile",
        "Who was left out",
        "Duplicate of another referral",
        "How it is defined",
        "At least 90% (assumed, not confirmed)",
        "What changed since",
        "Whittington sent May again",
        "Revised: was 91%",
    ):
        assert part in said, part


def test_the_chart_says_what_the_table_says(home_of: HomeOf, open_app: Opener) -> None:
    app = open_app(home_of("one_late"), "operational", show="Physiotherapy")
    chart = app.get("vega_lite_chart")[0].proto
    assert "Threshold 90%" in chart.alt
    assert "No figure: September 2026 (late)" in chart.alt
    assert "September 2026 Late" in words(app)


def test_small_numbers_are_withheld_on_the_board_and_true_on_operational(
    home_of: HomeOf, open_app: Opener
) -> None:
    board = words(open_app(home_of("tiny_numbers"), "board", show="Dietetics"))
    true = words(open_app(home_of("tiny_numbers"), "operational", show="Dietetics"))
    assert "Fewer than 8" in board
    assert "Fewer than 8" not in true


def test_no_count_from_1_to_7_is_drawn_on_the_board(home_of: HomeOf, open_app: Opener) -> None:
    for show in ("Dietetics", "CNWL", "The partnership"):
        app = open_app(home_of("tiny_numbers"), "board", show=show)
        tables = " ".join(one.value for one in app.html if "<table" in one.value)
        cells = re.findall(r"<td[^>]*>(?:about )?([\d,]+)(?: of| cases|<)", tables)
        assert not [cell for cell in cells if 0 < int(cell.replace(",", "")) < 8]


def test_the_export_says_what_it_is(home_of: HomeOf, open_app: Opener) -> None:
    app = open_app(home_of("one_late"), "board")
    assert [button.label for button in app.get("download_button")] == ["Download as CSV"]


def test_a_service_manager_sees_own_services_only(home_of: HomeOf, open_app: Opener) -> None:
    app = open_app(home_of("one_late"), "operational", role="Service manager, Whittington")
    said = first_cells(app)
    assert said == ["Whittington", SPEECH, "End-of-life and continuing care"]
    assert "Dietetics" not in app.selectbox(key="show").options
