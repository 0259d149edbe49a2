"""The rules of the six-week measure, on referrals made by hand."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import duckdb
import pytest

from orchestration.partnership.load import load_partnership
from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import Window
from orchestration.synthetic.truth import judge

RECEIVED = date(2024, 6, 3)
LIMIT = RECEIVED + timedelta(days=42)
TEAMS = {"physiotherapy": "CAM-PHY", "autism_assessment": "CAM-ASC", "dietetics": "CAM-DIET"}


class Desk:
    """Referrals of one child, laid out as the simulation lays them out."""

    def __init__(self) -> None:
        self.con = duckdb.connect()
        self.con.execute("""
            CREATE TABLE child (child INTEGER, born DATE, deceased DATE, opted_out DATE);
            CREATE TABLE unit (unit INTEGER, request INTEGER, child INTEGER, service VARCHAR,
                received DATE, closed DATE, rejected DATE, closure_reason VARCHAR);
            CREATE TABLE contact (request INTEGER, team VARCHAR, day DATE, attendance VARCHAR,
                mechanism VARCHAR);
        """)

    def child(
        self,
        born: date = date(2018, 1, 1),
        deceased: date | None = None,
        opted_out: date | None = None,
    ) -> None:
        self.con.execute("INSERT INTO child VALUES (1, ?, ?, ?)", [born, deceased, opted_out])

    def referral(
        self,
        number: int,
        received: date = RECEIVED,
        service: str = "physiotherapy",
        closed: date | None = None,
        reason: str | None = None,
        rejected: date | None = None,
    ) -> None:
        row = [number, number, 1, service, received, closed, rejected, reason]
        self.con.execute("INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", row)

    def contact(
        self,
        number: int,
        day: date,
        team: str = "CAM-PHY",
        attendance: str = "5",
        mechanism: str = "01",
    ) -> None:
        row = [number, team, day, attendance, mechanism]
        self.con.execute("INSERT INTO contact VALUES (?, ?, ?, ?, ?)", row)

    def verdicts(self) -> dict[int, tuple[bool | None, str | None]]:
        """(met, reason for not counting) by referral."""
        partnership = load_partnership()
        window = Window.between(date(2024, 4, 1), date(2024, 9, 1))
        alliance = Alliance.on(partnership, window.months[0], window.months[-1])
        judge(self.con, partnership, alliance, window)
        rows: list[Any] = self.con.execute(
            "SELECT unit, coalesce(is_met, false), reason FROM judged"
        ).fetchall()
        return {unit: (met, reason) for unit, met, reason in rows}


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.mark.parametrize(("days", "met"), [(0, True), (42, True), (43, False)])
def test_a_child_seen_by_day_42_is_seen_in_time(desk: Desk, days: int, met: bool) -> None:
    desk.child()
    desk.referral(1)
    desk.contact(1, RECEIVED + timedelta(days=days))
    assert desk.verdicts() == {1: (met, None)}


@pytest.mark.parametrize(
    "contact",
    [
        {"attendance": "3"},
        {"attendance": "7"},
        {"mechanism": "05"},
        {"team": "CAM-SPOR", "mechanism": "02"},
        {"team": "CAM-DIET"},
    ],
)
def test_a_contact_that_does_not_qualify_leaves_the_child_unseen(
    desk: Desk, contact: dict[str, str]
) -> None:
    desk.child()
    desk.referral(1)
    desk.contact(1, RECEIVED, **contact)
    assert desk.verdicts() == {1: (False, None)}


def test_a_telephone_call_of_the_treating_team_counts(desk: Desk) -> None:
    desk.child()
    desk.referral(1)
    desk.contact(1, RECEIVED, mechanism="02")
    assert desk.verdicts() == {1: (True, None)}


def test_a_repeat_within_five_days_is_a_duplicate_and_its_contacts_count_for_the_first(
    desk: Desk,
) -> None:
    desk.child()
    desk.referral(1)
    desk.referral(2, RECEIVED + timedelta(days=5))
    desk.referral(3, RECEIVED + timedelta(days=10))
    desk.contact(3, LIMIT)
    assert desk.verdicts() == {1: (True, None), 2: (True, "duplicate"), 3: (True, "duplicate")}


def test_a_repeat_after_six_days_is_a_referral_of_its_own(desk: Desk) -> None:
    desk.child()
    desk.referral(1)
    desk.referral(2, RECEIVED + timedelta(days=6))
    assert desk.verdicts() == {1: (False, None), 2: (False, None)}


def test_a_rejected_referral_links_no_chain(desk: Desk) -> None:
    desk.child()
    desk.referral(1)
    desk.referral(2, RECEIVED + timedelta(days=4), rejected=RECEIVED + timedelta(days=9))
    desk.referral(3, RECEIVED + timedelta(days=8))
    assert desk.verdicts() == {1: (False, None), 2: (False, "rejected"), 3: (False, None)}


def test_two_disciplines_on_one_day_are_no_duplicates(desk: Desk) -> None:
    desk.child()
    desk.referral(1)
    desk.referral(2, service="dietetics")
    assert desk.verdicts() == {1: (False, None), 2: (False, None)}


@pytest.mark.parametrize(
    ("born", "reason"), [(date(2005, 6, 3), "over_age"), (date(2005, 6, 4), None)]
)
def test_a_child_is_too_old_from_the_nineteenth_birthday(
    desk: Desk, born: date, reason: str | None
) -> None:
    desk.child(born=born)
    desk.referral(1)
    assert desk.verdicts() == {1: (False, reason)}


def test_autism_comes_before_a_contact_that_precedes_receipt(desk: Desk) -> None:
    desk.child()
    desk.referral(1, service="autism_assessment")
    desk.contact(1, RECEIVED - timedelta(days=1), team="CAM-ASC")
    assert desk.verdicts()[1][1] == "autism_pathway"


def test_a_contact_before_receipt_excludes(desk: Desk) -> None:
    desk.child()
    desk.referral(1)
    desk.contact(1, RECEIVED - timedelta(days=1))
    desk.contact(1, LIMIT)
    assert desk.verdicts()[1][1] == "negative_wait"


@pytest.mark.parametrize(("days", "reason"), [(41, "died"), (42, None)])
def test_a_death_before_the_limit_day_excludes_an_unseen_child(
    desk: Desk, days: int, reason: str | None
) -> None:
    desk.child(deceased=RECEIVED + timedelta(days=days))
    desk.referral(1)
    assert desk.verdicts() == {1: (False, reason)}


@pytest.mark.parametrize(
    ("days", "closure_reason", "reason"),
    [(41, "03", "withdrawn"), (41, "04", "withdrawn"), (42, "04", None), (41, "05", None)],
)
def test_a_family_that_leaves_before_the_limit_day_is_excluded(
    desk: Desk, days: int, closure_reason: str, reason: str | None
) -> None:
    desk.child()
    desk.referral(1, closed=RECEIVED + timedelta(days=days), reason=closure_reason)
    assert desk.verdicts() == {1: (False, reason)}


def test_a_family_that_leaves_after_being_seen_counts(desk: Desk) -> None:
    desk.child()
    desk.referral(1, closed=RECEIVED + timedelta(days=20), reason="04")
    desk.contact(1, RECEIVED + timedelta(days=20))
    assert desk.verdicts() == {1: (True, None)}


@pytest.mark.parametrize(
    ("opted_out", "reason"),
    [(date(2024, 9, 30), "opted_out"), (date(2024, 10, 1), None)],
    ids=["on the last day", "the day after"],
)
def test_a_family_that_opted_out_by_the_end_of_the_run_is_left_out(
    desk: Desk, opted_out: date, reason: str | None
) -> None:
    desk.child(opted_out=opted_out)
    desk.referral(1)
    desk.contact(1, RECEIVED)
    assert desk.verdicts()[1][1] == reason
