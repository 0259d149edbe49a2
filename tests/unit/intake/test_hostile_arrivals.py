"""What once stopped a run or lost a row: each found by somebody who tried to break intake."""

from __future__ import annotations

import io
import itertools
import os
import zipfile
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from orchestration.intake.quarantine import Quarantine, QuarantineError
from orchestration.settings import Settings
from orchestration.state.database import MIGRATIONS, open_state
from tests.unit.intake.conftest import Counter
from tests.unit.intake.test_bad_input import HEADING, contacts, good
from tests.unit.intake.test_containers import CENSUS
from tests.unit.intake.test_versions import header

FUTURE = "C2,R2,CAM-OT,2026-12-02,01,5"


def ids(counter: Counter) -> list[object]:
    return [row[0] for row in counter.rows("csds__cyp201", "care_contact_id")]


def test_blank_headings_behind_the_last_column_are_no_drift(counter: Counter) -> None:
    counter.drop("RAL/2026-09/a.csv", contacts(good(1) + ",,", heading=HEADING + ",,"))
    counter.take_in()
    assert ids(counter) == ["C1"]
    assert counter.desk.ledger.frame("drift").kind.tolist() == []


def test_headings_alike_in_their_first_characters_are_one_change(counter: Counter) -> None:
    extra = f",{'x' * 90}1,{'x' * 90}2"
    counter.drop("RAL/2026-09/a.csv", contacts(good(1) + ",1,2", heading=HEADING + extra))
    counter.take_in()
    assert len(counter.desk.ledger.frame("drift")) == 1


def test_a_state_of_the_first_release_is_migrated_with_its_rows(settings: Settings) -> None:
    engine = sa.create_engine(settings.state_url)
    with engine.begin() as connection:
        config = Config()
        config.set_main_option("script_location", str(MIGRATIONS))
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql(
            "INSERT INTO submission (run_id, partner_code, received_at, file_name, archive_sha256,"
            " member, sha256, bytes, status, is_active) VALUES"
            " ('r', 'RAL', '2026-10-01', 'a.csv', 'x', 3, 'y', 1, 'loaded', 1)"
        )
        connection.exec_driver_sql(
            "INSERT INTO submission_issue VALUES (1, 'bad_date', 'contact_date', 'reject', 2, 'm')"
        )
    engine.dispose()
    migrated = open_state(settings)
    with migrated.connect() as connection:
        rows = connection.exec_driver_sql("SELECT member, rows_released FROM submission").all()
        assert [tuple(row) for row in rows] == [("3", None)]
        assert connection.exec_driver_sql("SELECT failed FROM submission_issue").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    migrated.dispose()


def test_a_census_made_with_an_offset_is_compared_in_one_clock(counter: Counter) -> None:
    for number, moment in enumerate(("2026-06-01T09:00:00Z", "2026-06-01T11:00:00+01:00")):
        text = CENSUS.replace("2026-06-01T09:00:00", moment).replace("N2", f"N{number + 3}")
        counter.drop("E09000007/census.xml", text, at=number)
        counter.take_in()
    assert counter.rows("cin__cin_details", "primary_need_code") == [("N4",)]


@pytest.mark.parametrize(
    "end", ["0001-03-31", "9999-12-31", "2026-03-30"], ids=["first year", "last year", "no year"]
)
def test_a_census_of_an_impossible_year_is_refused(counter: Counter, end: str) -> None:
    counter.drop("E09000007/census.xml", CENSUS.replace("2026-03-31", end))
    counter.take_in()
    assert set(counter.submissions().status) == {"rejected"}


def test_a_header_made_before_time_began_is_refused(counter: Counter) -> None:
    counter.drop("RAL/2026-09/h.csv", header("0001-01-01T00:00:00+14:00"))
    counter.take_in()
    assert set(counter.issues()) == {("header_invalid", "", 0)}


def test_a_zip_with_a_name_in_no_encoding_is_refused(counter: Counter) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("é.csv", contacts(good(1)))
    broken = buffer.getvalue().replace("é".encode(), b"\xff\xfe")
    counter.drop("RAL/2026-09.zip", broken)
    counter.take_in()
    (row,) = counter.submissions().itertuples()
    assert row.status == "rejected"


def test_a_file_name_in_another_encoding_is_taken_in(counter: Counter) -> None:
    folder = counter.desk.settings.landing / "RAL" / "2026-09"
    folder.mkdir(parents=True)
    with open(os.fsencode(folder) + b"/Jos\xe9.csv", "wb") as file:
        file.write(contacts(good(1), "C2").encode())
    counter.take_in()
    assert ids(counter) == ["C1"]


def test_a_file_nobody_may_read_stops_nobody(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = counter.drop("RAL/2026-09/gone.csv", contacts(good(1)))
    counter.drop("RKE/2026-09/contacts.csv", contacts(good(2)))
    from orchestration.intake import archive

    store = archive.store

    def vanish(path, *rest):  # type: ignore[no-untyped-def]
        if path == gone:
            gone.unlink(missing_ok=True)
        return store(path, *rest)

    monkeypatch.setattr(archive, "store", vanish)
    counter.take_in()
    assert ids(counter) == ["C2"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_the_same_bytes_made_again_stand_in_whatever_order_they_arrive(
    counter: Counter, order: tuple[int, ...]
) -> None:
    sent = [("2026-10-08T09:00:00", 1), ("2026-10-09T09:00:00", 2), ("2026-10-10T09:00:00", 1)]
    for number in order:
        created, contact = sent[number]
        folder = f"RAL/{number}-2026-09"
        counter.drop(f"{folder}/header.csv", header(created), at=number)
        counter.drop(f"{folder}/contacts.csv", contacts(good(contact)), at=number)
        counter.take_in()
    assert ids(counter) == ["C1"]


def test_versions_of_one_pass_in_several_layouts_end_with_the_newest(counter: Counter) -> None:
    other = ";".join(good(2).split(","))
    counter.drop("RAL/1-2026-09/contacts.csv", contacts(good(1)), at=1)
    counter.drop(
        "RAL/2-2026-09/contacts.csv", contacts(other, heading=HEADING.replace(",", ";")), at=2
    )
    counter.drop("RAL/3-2026-09/contacts.csv", contacts(good(1)), at=3)
    counter.take_in()
    assert ids(counter) == ["C1"]


def test_a_row_is_not_let_in_beside_another_of_its_key(counter: Counter) -> None:
    twin = "C1,R1,CAM-OT,2026-12-02,01,5"
    counter.drop("RAL/2026-09/contacts.csv", contacts(good(1), twin, FUTURE, FUTURE))
    counter.take_in()
    Quarantine(counter.desk.settings).decide(1, [3, 4, 5], "release", "A. Analyst", "agreed")
    counter.pick_up()
    assert ids(counter) == ["C1", "C2"]


def test_rows_that_share_a_line_are_not_let_in_for_one_another(counter: Counter) -> None:
    late = CENSUS.replace("\n", " ").replace("2015-01-01", "2015-02-31")
    counter.drop("E09000007/census.xml", late)
    counter.take_in()
    held = [r for r in Quarantine(counter.desk.settings).waiting() if "cin.child " in r["unit"]]
    frame = counter.submissions().set_index("table_name")
    number = int(frame.loc["child", "ledger_id"])
    assert held == []  # both children are held, so the submission was refused
    with pytest.raises(QuarantineError, match="does not stand"):
        Quarantine(counter.desk.settings).decide(number, [1], "release", "A", "agreed")


def test_a_release_taken_back_holds_the_row_again(counter: Counter) -> None:
    counter.drop("RAL/2026-09/contacts.csv", contacts(good(1), FUTURE))
    counter.take_in()
    work = Quarantine(counter.desk.settings)
    work.decide(1, [3], "release", "A. Analyst", "agreed")
    counter.pick_up()
    assert ids(counter) == ["C1", "C2"]
    assert work.rows(1) == []
    work.decide(1, [3], "reject", "B. Manager", "it was not")
    counter.pick_up()
    assert ids(counter) == ["C1"]


def test_what_stands_goes_on_standing_when_it_may_not_be_read_again(counter: Counter) -> None:
    counter.drop("RAL/2026-09/contacts.csv", contacts(good(1)))
    counter.take_in()
    counter.con.execute("DELETE FROM raw.csds__cyp201")
    counter.con.execute("DELETE FROM raw.loaded_unit")
    lapsed = tuple(
        a.model_copy(update={"valid_to": date(2026, 10, 1)})
        for a in counter.desk.partnership.sharing
    )
    without = counter.desk.partnership.model_copy(update={"sharing": lapsed})
    Counter(replace(counter.desk, partnership=without), counter.con).pick_up()
    assert ids(counter) == []
    assert counter.submissions().is_active.tolist() == [True]
    counter.pick_up()
    assert ids(counter) == ["C1"]


def test_a_zip_with_something_before_it_comes_back_from_the_archive(counter: Counter) -> None:
    buffer = io.BytesIO(b"PK00")
    buffer.seek(4)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("contacts.csv", contacts(good(1)))
    counter.drop("RAL/2026-09.zip", buffer.getvalue())
    counter.take_in()
    assert ids(counter) == ["C1"]
    counter.con.execute("DELETE FROM raw.csds__cyp201")
    counter.con.execute("DELETE FROM raw.loaded_unit")
    counter.pick_up()
    assert ids(counter) == ["C1"]


def test_a_header_sent_twice_in_a_folder_is_no_ambiguity(counter: Counter) -> None:
    counter.drop("RAL/september/h.csv", header("2026-10-08T09:00:00"))
    counter.drop("RAL/september/h copy.csv", header("2026-10-08T09:00:00"))
    counter.drop("RAL/september/contacts.csv", contacts(good(1)))
    counter.take_in()
    assert ids(counter) == ["C1"]
