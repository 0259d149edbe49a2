"""Every view, for both audiences, in every state the data can be in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.unit.dashboards.conftest import VIEWS, HomeOf, Opener, words
from tests.unit.dashboards.figures import SCENARIOS

WITH_FIGURES = [scenario for scenario in SCENARIOS if scenario != "corrupt_pointer"]
AUDIENCES = ("board", "operational")
BANNERS = {
    "one_late": [
        "Royal Free London NHS Foundation Trust: the September 2026 return, community "
        "services (CSDS), has not arrived and is 20 days late. It was due 21 October 2026."
    ],
    "stale": ["Figures are 4 days old. Last successful load 10 November 2026 at 06:12."],
}


@pytest.mark.parametrize("audience", AUDIENCES)
@pytest.mark.parametrize("scenario", WITH_FIGURES)
def test_every_view_renders_with_its_stamp_and_only_the_banner_it_needs(
    scenario: str, audience: str, home_of: HomeOf, open_app: Opener
) -> None:
    app = open_app(home_of(scenario), audience)
    for view, script in VIEWS.items():
        app.switch_page(script).run()
        assert not app.exception
        assert not app.error
        assert [title.value for title in app.title] == [view]
        assert [one.value for one in app.warning] == BANNERS.get(scenario, [])
        said = words(app)
        assert "build 2026-11-10.1" in said
        assert ("Data to 30 September 2026" in said) == (scenario != "empty")


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_corrupt_pointer_is_a_calm_sentence(
    audience: str, home_of: HomeOf, open_app: Opener
) -> None:
    app = open_app(home_of("corrupt_pointer"), audience)
    assert not app.exception
    assert app.title[0].value == "Figures cannot be shown at the moment"
    assert "What partners have sent is safe" in app.error[0].value


def test_before_the_first_build_nothing_is_wrong(
    tmp_path_factory: pytest.TempPathFactory, open_app: Opener
) -> None:
    home = tmp_path_factory.mktemp("new")
    (home / "cics.env").write_text("CICS_DEMO=true\n")
    app = open_app(home, "board")
    assert not app.exception
    assert app.title[0].value == "No figures yet"


@pytest.mark.usefixtures("cold")
def test_when_newer_figures_will_not_open_the_last_good_ones_stay_and_say_so(
    tmp_path: Path, home_of: HomeOf, open_app: Opener
) -> None:
    home = shutil.copytree(home_of("first_quarter"), tmp_path / "home")
    app = open_app(home, "board")
    (home / "published" / "current.json").write_text("{")
    app.run()
    assert not app.exception
    assert "These are the last good ones" in app.error[0].value
    assert "build 2026-11-10.1" in words(app)


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_status_and_data_state_has_its_word(
    audience: str, home_of: HomeOf, open_app: Opener
) -> None:
    said = words(open_app(home_of("one_late"), audience))
    assert "In Quarter 2 of 2026-27, one of four providers met" in said
    assert "Not assessed for Royal Free London NHS Foundation Trust because data are late" in said
    for word in ("Met 4", "Not met 2", "Not assessed 3 (3 late)", "Late: due 21 Oct"):
        assert word in said, word
    assert "Other reading of the contract: met" in said


def test_a_quarter_that_is_not_due_says_when(home_of: HomeOf, open_app: Opener) -> None:
    said = words(open_app(home_of("all_good"), "board", quarter="2026-27 Q3"))
    assert "Quarter 3 of 2026-27 is not due yet" in said
    assert "Not due Due 21 Nov" in said


def test_zero_cases_are_not_applicable_and_never_a_percentage(
    home_of: HomeOf, open_app: Opener
) -> None:
    said = words(open_app(home_of("all_zero"), "operational"))
    assert "Not applicable" in said
    assert "%" not in said.replace("90%", "")


def test_a_page_opens_on_the_newest_quarter_that_is_due(home_of: HomeOf, open_app: Opener) -> None:
    app = open_app(home_of("all_good"), "board")
    assert app.selectbox(key="quarter").value == "2026-27 Q2"
