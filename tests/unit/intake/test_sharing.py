"""The sharing register at the door: no agreement, no feed; no granted group, no column."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from orchestration.contracts.model import ColumnGroup
from orchestration.partnership.model import Partnership, SharingAgreement
from tests.unit.intake.conftest import Counter
from tests.unit.intake.test_bad_input import contacts, good, only

INDEX = (
    "LocalPatientID,NHSNumber,NHSNumberStatus,Forename,Surname,DateOfBirth,Sex\n"
    "L1,9990000018,01,Ada,Example,2015-02-03,2\n"
)


def with_agreements(counter: Counter, **changes: Any) -> Counter:
    """The same counter, where RAL's agreements for service evaluation are changed."""
    partnership = counter.desk.partnership
    changed: list[SharingAgreement] = [
        agreement.model_copy(update=changes)
        if (agreement.partner_code, agreement.purpose) == ("RAL", "service_evaluation")
        else agreement
        for agreement in partnership.sharing
    ]
    other: Partnership = partnership.model_copy(update={"sharing": tuple(changed)})
    return Counter(replace(counter.desk, partnership=other), counter.con)


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_to": date(2026, 10, 30)},
        {"valid_from": date(2026, 11, 1)},
        {"tables": ("cyp101",)},
        {"purpose": "quality_learning"},
        {"standard": "sen2"},
    ],
    ids=["ended yesterday", "not begun", "another table", "another purpose", "another standard"],
)
def test_a_feed_without_an_agreement_in_force_is_refused_saying_which(
    counter: Counter, changes: dict[str, Any]
) -> None:
    refusing = with_agreements(counter, **changes)
    refusing.drop("RAL/2026-09/contacts.csv", contacts(good(1)))
    refusing.take_in()
    row: Any = only(refusing)
    assert row.status == "rejected"
    assert row.reason == (
        "No data-sharing agreement in force on 2026-10-31 covers RAL csds.cyp201 for service_evaluation"
    )
    assert refusing.rows("csds__cyp201") == []


def test_an_agreement_holds_on_its_first_and_last_day(counter: Counter) -> None:
    day = date(2026, 10, 31)
    allowing = with_agreements(counter, valid_from=day, valid_to=day)
    allowing.drop("RAL/2026-09/contacts.csv", contacts(good(1)))
    allowing.take_in()
    assert len(allowing.rows("csds__cyp201")) == 1


def test_a_column_nobody_grants_is_not_taken_and_said(counter: Counter) -> None:
    narrow = with_agreements(counter, column_groups=(ColumnGroup.IDENTITY, ColumnGroup.ACTIVITY))
    narrow.drop("RAL/2026-09/index.csv", INDEX)
    narrow.take_in()
    assert narrow.rows("local__person_index", "forename, sex") == [("Ada", None)]
    assert ("column_not_shared", "sex", 0) in narrow.issues()


def test_a_held_back_row_keeps_nothing_of_a_column_nobody_grants(counter: Counter) -> None:
    narrow = with_agreements(counter, column_groups=(ColumnGroup.IDENTITY, ColumnGroup.ACTIVITY))
    narrow.drop("RAL/2026-09/index.csv", INDEX + "L2,9990000026,01,Ben,Example,31/02/2015,1\n")
    narrow.take_in()
    from orchestration.intake.quarantine import Quarantine

    (held,) = Quarantine(narrow.desk.settings).rows(1, with_values=True)
    assert "sex" not in held["values"]
    assert held["values"]["forename"] == "Ben"


def test_a_table_that_cannot_do_without_an_ungranted_column_is_refused(counter: Counter) -> None:
    narrow = with_agreements(counter, column_groups=(ColumnGroup.ACTIVITY,))
    narrow.drop("RAL/2026-09/index.csv", INDEX)
    narrow.take_in()
    row: Any = only(narrow)
    assert row.status == "rejected"
    assert "grants the identity columns of RAL local.person_index" in row.reason
