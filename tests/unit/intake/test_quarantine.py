"""Held-back rows are worked: listed, shown, let in on the same path, or settled as out."""

from __future__ import annotations

from typing import Any

import pytest

from orchestration.intake.quarantine import Quarantine, QuarantineError
from tests.unit.intake.conftest import Counter
from tests.unit.intake.test_bad_input import contacts, good

FUTURE = "C2,R2,CAM-OT,2026-12-02,01,5"
BAD_DATE = "C3,R3,CAM-OT,31/02/2026,01,5"


@pytest.fixture
def held(counter: Counter) -> Counter:
    counter.drop("RAL/2026-09/contacts.csv", contacts(good(1), FUTURE, BAD_DATE))
    counter.take_in()
    return counter


def quarantine(counter: Counter) -> Quarantine:
    return Quarantine(counter.desk.settings)


def test_what_waits_is_listed_with_how_much_is_undecided(held: Counter) -> None:
    (row,) = quarantine(held).waiting()
    assert (row["submission"], row["held"], row["undecided"]) == (1, 2, 2)
    quarantine(held).decide(1, [4], "reject", "A. Analyst", "the sender will correct it")
    (row,) = quarantine(held).waiting()
    assert row["undecided"] == 1


def test_rows_are_shown_without_values_unless_asked(held: Counter) -> None:
    rows = quarantine(held).rows(1)
    assert [(r["line"], r["rules"]) for r in rows] == [
        (3, "contact_outside_period:contact_date"),
        (4, "bad_date:contact_date"),
    ]
    assert "values" not in rows[0]
    shown: Any = quarantine(held).rows(1, with_values=True)[0]
    assert shown["values"]["care_contact_id"] == "C2"


def test_a_released_row_takes_the_same_path_and_is_marked(held: Counter) -> None:
    quarantine(held).decide(1, [3], "release", "A. Analyst", "the month was agreed")
    held.pick_up()
    rows = held.rows("csds__cyp201", "care_contact_id, is_released")
    assert rows == [("C1", False), ("C2", True)]
    (row,) = held.submissions().itertuples()
    assert (row.status, row.is_active, row.rows_quarantined, row.rows_released) == (
        "loaded",
        True,
        1,
        1,
    )
    (kept,) = held.desk.ledger.decisions()
    assert (kept["author"], kept["reason"]) == ("A. Analyst", "the month was agreed")


def test_a_release_survives_a_warehouse_thrown_away(held: Counter) -> None:
    quarantine(held).decide(1, [3], "release", "A. Analyst", "agreed")
    held.pick_up()
    held.con.execute("DELETE FROM raw.csds__cyp201")
    held.con.execute("DELETE FROM raw.loaded_unit")
    held.pick_up()
    assert held.rows("csds__cyp201", "care_contact_id, is_released") == [
        ("C1", False),
        ("C2", True),
    ]


def test_the_latest_decision_stands(held: Counter) -> None:
    quarantine(held).decide(1, [3], "release", "A. Analyst", "agreed")
    quarantine(held).decide(1, [3], "reject", "B. Manager", "it was not")
    held.pick_up()
    assert held.rows("csds__cyp201", "care_contact_id") == [("C1",)]


@pytest.mark.parametrize(
    ("lines", "action", "author", "reason", "message"),
    [
        ([9], "reject", "A", "because", "holds back no line 9"),
        ([3], "reject", " ", "because", "needs an author"),
        ([3], "release", "A", "", "needs an author and a reason"),
        ([4], "release", "A", "because", "breaks bad_date"),
    ],
    ids=["no such line", "no author", "no reason", "a key cannot be made up"],
)
def test_a_decision_that_cannot_be_taken_is_refused(
    held: Counter, lines: list[int], action: str, author: str, reason: str, message: str
) -> None:
    with pytest.raises(QuarantineError, match=message):
        quarantine(held).decide(1, lines, action, author, reason)
    assert held.desk.ledger.decisions() == []


def test_rows_of_a_submission_that_no_longer_stands_are_not_decided(held: Counter) -> None:
    held.drop("RAL/2026-09/contacts.csv", contacts(good(1)), at=60)
    held.take_in()
    with pytest.raises(QuarantineError, match="does not stand"):
        quarantine(held).decide(1, [3], "release", "A. Analyst", "agreed")
