"""Which file stands for a unit: duplicates, corrections, late and old versions, in any order."""

from __future__ import annotations

import itertools

import pytest

from tests.unit.intake.conftest import Counter
from tests.unit.intake.test_bad_input import contacts, good


def header(created: str, period: str = "2026-09") -> str:
    last = {"2026-08": "31", "2026-09": "30"}[period]
    return (
        "Version,OrgID_Provider,OrgID_Submitter,RP_StartDate,RP_EndDate,FileCreation_DateTime\n"
        f"1.6,RAL,RAL,{period}-01,{period}-{last},{created}\n"
    )


def send(counter: Counter, created: str, *lines: str, at: int = 0) -> None:
    counter.drop(f"RAL/{created[:10]}-{at}/header.csv", header(created), at=at)
    counter.drop(f"RAL/{created[:10]}-{at}/contacts.csv", contacts(*lines), at=at)
    counter.take_in()


def ids(counter: Counter) -> list[object]:
    return [row[0] for row in counter.rows("csds__cyp201", "care_contact_id")]


def statuses(counter: Counter) -> list[str]:
    frame = counter.submissions()
    return list(frame[frame.table_name == "cyp201"].status)


def test_the_same_file_twice_is_a_duplicate(counter: Counter) -> None:
    send(counter, "2026-10-08T09:00:00", good(1))
    send(counter, "2026-10-08T09:00:00", good(1), at=60)
    assert statuses(counter) == ["loaded", "duplicate"]
    assert ids(counter) == ["C1"]


def test_a_corrected_file_replaces_the_whole_unit(counter: Counter) -> None:
    send(counter, "2026-10-08T09:00:00", good(1), good(2))
    send(counter, "2026-10-09T09:00:00", good(2), good(3), at=60)
    assert ids(counter) == ["C2", "C3"]
    frame = counter.submissions().query("table_name == 'cyp201'")
    assert list(frame.is_active) == [False, True]


def test_a_file_put_back_after_a_correction_stands_only_when_made_again(counter: Counter) -> None:
    send(counter, "2026-10-08T09:00:00", good(1))
    send(counter, "2026-10-09T09:00:00", good(2), at=60)
    send(counter, "2026-10-08T09:00:00", good(1), at=120)
    assert ids(counter) == ["C2"]
    send(counter, "2026-10-10T09:00:00", good(1), at=180)
    assert ids(counter) == ["C1"]
    assert statuses(counter) == ["loaded", "loaded", "superseded", "loaded"]


VERSIONS = [
    ("2026-10-08T09:00:00", good(1)),
    ("2026-10-09T09:00:00", good(2)),
    ("2026-10-10T09:00:00", good(3)),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_order_of_arrival_never_changes_which_version_stands(
    counter: Counter, order: tuple[int, ...]
) -> None:
    for at, number in enumerate(order):
        created, line = VERSIONS[number]
        send(counter, created, line, at=at)
    assert ids(counter) == ["C3"]


def test_a_correction_without_one_table_keeps_that_tables_earlier_version(counter: Counter) -> None:
    counter.drop("RAL/first/header.csv", header("2026-10-08T09:00:00"))
    counter.drop("RAL/first/contacts.csv", contacts(good(1)))
    counter.drop("RAL/first/gp.csv", "LocalPatientID,OrgID_GP\nP1,F83001\n")
    counter.take_in()
    counter.drop("RAL/second/header.csv", header("2026-10-09T09:00:00"), at=60)
    counter.drop("RAL/second/contacts.csv", contacts(good(2)), at=60)
    counter.take_in()
    assert ids(counter) == ["C2"]
    assert counter.rows("csds__cyp002", "local_patient_id") == [("P1",)]


def test_an_identical_file_in_a_new_month_is_no_duplicate(counter: Counter) -> None:
    gp = "LocalPatientID,OrgID_GP\nP1,F83001\n"
    counter.drop("RAL/2026-08/gp.csv", gp)
    counter.drop("RAL/2026-09/gp.csv", gp, at=60)
    counter.take_in()
    assert list(counter.submissions().status) == ["loaded", "loaded"]
    assert len(counter.rows("csds__cyp002")) == 2


def test_two_versions_of_a_unit_in_one_pass_end_with_the_newer(counter: Counter) -> None:
    counter.drop("RAL/b/header.csv", header("2026-10-09T09:00:00"))
    counter.drop("RAL/b/contacts.csv", contacts(good(2)))
    counter.drop("RAL/a/header.csv", header("2026-10-08T09:00:00"))
    counter.drop("RAL/a/contacts.csv", contacts(good(1)))
    counter.take_in()
    assert ids(counter) == ["C2"]


def test_a_warehouse_thrown_away_is_filled_again_from_the_archive(counter: Counter) -> None:
    send(counter, "2026-10-08T09:00:00", good(1), "C2,R2,CAM-OT,31/02/2026,01,5")
    counter.con.execute("DELETE FROM raw.csds__cyp201; DELETE FROM raw.loaded_unit")
    counter.pick_up()
    assert ids(counter) == ["C1"]
    assert statuses(counter) == ["loaded"]


def test_what_a_killed_run_received_is_taken_in_by_the_next(counter: Counter) -> None:
    path = counter.drop("RAL/2026-09/contacts.csv", contacts(good(1)))
    from orchestration.intake.files import deliveries, look
    from orchestration.intake.receive import receive

    landing = counter.desk.settings.landing
    (delivery,) = deliveries(landing, look(landing, ["RAL"]).values())
    receive(delivery, counter.desk.settings.tmp / "work", counter.desk)
    assert not path.exists()
    assert list(counter.submissions().status) == ["received"]
    counter.pick_up()
    assert list(counter.submissions().status) == ["loaded"]
    assert ids(counter) == ["C1"]


def test_a_file_that_changes_while_it_is_read_is_left_for_the_next_look(counter: Counter) -> None:
    path = counter.drop("RAL/2026-09/contacts.csv", contacts(good(1)))
    from orchestration.intake.files import deliveries, look
    from orchestration.intake.receive import receive

    landing = counter.desk.settings.landing
    (delivery,) = deliveries(landing, look(landing, ["RAL"]).values())
    path.write_text(contacts(good(1), good(2)))
    assert receive(delivery, counter.desk.settings.tmp / "work", counter.desk) is None
    assert path.exists()
    assert counter.submissions().empty
