"""The Returns view: the calendar, its lists, the ledger on the operational server."""

from __future__ import annotations

from tests.unit.dashboards.conftest import HomeOf, Opener, words


def test_the_headline_names_who_is_late_and_what_is_outstanding(
    home_of: HomeOf, open_app: Opener
) -> None:
    said = words(open_app(home_of("one_late"), "board", "Returns"))
    assert "For September 2026, seven of eight returns are in." in said
    assert (
        "Not in: Royal Free London NHS Foundation Trust community services (CSDS), Sep 26 "
        "(missing, 20 days late)." in said
    )
    assert "Still outstanding from earlier months: London Borough of Camden local tables" in said


def test_the_calendar_has_a_word_for_every_state(home_of: HomeOf, open_app: Opener) -> None:
    said = words(open_app(home_of("one_late"), "board", "Returns"))
    for word in (
        "On time",
        "Missing",
        "Late 6 days",
        "Rejected",
        "Sent again version 2",
        "Not due",
    ):
        assert word in said, word
    assert "Header missing" in said


def test_tables_of_a_return_can_be_unfolded(home_of: HomeOf, open_app: Opener) -> None:
    folded = words(open_app(home_of("all_good"), "board", "Returns", partner="CNWL"))
    unfolded = words(
        open_app(home_of("all_good"), "board", "Returns", partner="CNWL", rows="By table")
    )
    assert "CYP102" not in folded
    assert "CYP102" in unfolded


def test_row_counts_are_disclosed_on_the_board(home_of: HomeOf, open_app: Opener) -> None:
    assert "about 490 Fewer than 8" in words(open_app(home_of("all_good"), "board", "Returns"))
    assert "490 3" in words(open_app(home_of("all_good"), "operational", "Returns"))


def test_only_the_operational_server_lists_files_of_the_ledger(
    home_of: HomeOf, open_app: Opener
) -> None:
    assert "Newest files" in words(open_app(home_of("all_good"), "operational", "Returns"))
    assert "Newest files" not in words(open_app(home_of("all_good"), "board", "Returns"))


def test_a_partners_manager_sees_no_other_partners_rows(home_of: HomeOf, open_app: Opener) -> None:
    app = open_app(
        home_of("one_late"), "operational", "Returns", role="Service manager, Whittington"
    )
    tables = " ".join(one.value for one in app.html if "<table" in one.value)
    assert "Whittington" in tables
    assert "Tavistock" not in tables
