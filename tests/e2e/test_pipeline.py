"""The main job from extracts to figures: made up, taken in, built, published, and right."""

from __future__ import annotations

import csv
import io
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration import duck
from orchestration.keys import load_keys
from orchestration.warehouse.snapshot import current
from tests.e2e.conftest import AS_AT, Home, make_alliance, make_home
from tests.independent.compare import differences, truth_differences
from tests.independent.timeliness import measure

PARTNERSHIP = Path("orchestration/partnership/camden.yaml")
pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-pipeline")]


@pytest.fixture(scope="module")
def truth_and_home(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Home]:
    folder = tmp_path_factory.mktemp("pipeline")
    truth = make_alliance(folder / "extracts", 250, date(2025, 10, 1), date(2026, 9, 1))
    home = make_home(folder / "home", folder / "extracts")
    for partner in ("RV3", "RKE", "RAL", "RNK", "E09000007"):
        home.drop(partner, "*")
    report = home.cics("run")
    assert report["status"] == "published", report
    return truth, home


@pytest.fixture
def home(truth_and_home: tuple[dict[str, Any], Home]) -> Home:
    return truth_and_home[1]


def test_every_row_sent_is_loaded_or_held_back_as_the_truth_says(
    truth_and_home: tuple[dict[str, Any], Home],
) -> None:
    truth, home = truth_and_home
    frame = home.state("submission")
    assert set(frame.status) == {"loaded"}
    ours = {
        (r.partner_code, r.table_name, f"{r.period_start:%Y-%m}"): (r.rows_read, r.rows_quarantined)
        for r in frame.itertuples()
    }
    theirs = {
        (f["partner"], f["table"], f["period"]): (f["rows"], sum(f["quarantined"].values()))
        for f in truth["files"]
    }
    assert ours == theirs
    assert (frame.rows_read == frame.rows_loaded + frame.rows_quarantined).all()


def test_timeliness_equals_the_truth_and_the_second_implementation(
    truth_and_home: tuple[dict[str, Any], Home],
) -> None:
    truth, home = truth_and_home
    expected = measure(home.extracts, PARTNERSHIP, AS_AT)
    published = {
        table: home.rows(f"SELECT * FROM {table}")
        for table in ("kpi_result", "kpi_exclusion", "waiting_month")
    }
    assert differences(expected, published) == []
    assert truth_differences(expected, truth) == []
    assert any(row["status"] == "not_met" for row in published["kpi_result"])


def test_nothing_new_is_nothing_built(home: Home) -> None:
    before = home.build_id()
    assert home.cics("run")["status"] == "unchanged"
    assert home.build_id() == before


def test_the_board_snapshot_holds_no_small_number(home: Home) -> None:
    small = home.rows(
        "SELECT * FROM kpi_result WHERE numerator BETWEEN 1 AND 7 OR denominator BETWEEN 1 AND 7 "
        "OR denominator - numerator BETWEEN 1 AND 4",
        "board",
    )
    assert small == []
    assert home.rows("SELECT * FROM kpi_exclusion WHERE count BETWEEN 1 AND 7", "board") == []
    assert home.rows("SELECT * FROM waiting_month WHERE waiting BETWEEN 1 AND 7", "board") == []


def _identifiers(extracts: Path) -> set[str]:
    """Names, numbers, postcodes and local ids that the alliance sent."""
    wanted = {
        "nhsnumber",
        "surname",
        "postcode",
        "localpatientid",
        "servicerequestid",
        "carecontactid",
        "upn",
    }
    found: set[str] = set()
    for content in _files(extracts):
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
        for name in rows[0] if rows else []:
            if name.lower().replace("_", "").replace(" ", "") in wanted:
                found |= {row[name] for row in rows if row[name]}
    return {value for value in found if len(value) >= 6}


def _files(extracts: Path) -> Iterator[bytes]:
    for path in extracts.rglob("*"):
        if path.suffix == ".csv":
            yield path.read_bytes()
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    yield archive.read(name)


def _words_of(text: str) -> set[str]:
    return set("".join(c if c.isalnum() or c in "-_" else " " for c in text).split())


def test_no_identifier_stands_in_logs_reports_state_or_published_tables(home: Home) -> None:
    identifiers = _identifiers(home.extracts)
    assert len(identifiers) > 1000
    plain = [
        path
        for folder in ("logs", "reports", "dbt", "dagster", "published")
        for path in (home.folder / folder).rglob("*")
        if path.is_file() and path.suffix not in {".duckdb", ".msgpack", ".pyc"}
    ]
    assert any(path.suffix == ".jsonl" for path in plain)
    for path in plain:
        leaked = identifiers & _words_of(path.read_text(encoding="utf-8", errors="ignore"))
        assert not leaked, f"{path.name} holds {len(leaked)} identifiers"
    state = sqlite3.connect(home.settings.state / "state.sqlite")
    assert not identifiers & _words_of("\n".join(state.iterdump()))
    state.close()
    for audience in ("board", "operational"):
        tables = home.rows("SELECT table_name FROM information_schema.tables", audience)
        for table in tables:
            rows = home.rows(f'SELECT * FROM "{table["table_name"]}"', audience)  # type: ignore[arg-type]
            values = {v for row in rows for v in row.values() if isinstance(v, str)}
            assert not identifiers & values, table


def test_every_store_is_encrypted_and_a_wrong_key_is_refused(home: Home) -> None:
    import duckdb

    settings = home.settings
    stores = [*home.folder.rglob("*.duckdb")]
    assert len(stores) >= 4
    for path in stores:
        con = duckdb.connect()
        with pytest.raises(duckdb.Error):
            con.execute(f"ATTACH '{path}' (READ_ONLY)")
        con = duck.connect(settings)
        with pytest.raises(duckdb.Error):
            duck.attach(con, path, "x", "0" * 64, read_only=True)
        con.close()
    snapshot = current(settings)
    assert snapshot is not None
    con = duck.connect(settings)
    with pytest.raises(duckdb.Error):
        duck.attach(
            con, snapshot.file("operational"), "x", load_keys(settings).board, read_only=True
        )
    con.close()


def test_a_warehouse_deleted_is_rebuilt_from_the_archive_to_the_same_figures(home: Home) -> None:
    asked = "SELECT * EXCLUDE (build_id) FROM kpi_result ORDER BY ALL"
    before = home.rows(asked)
    shutil.rmtree(home.folder / "warehouse")
    shutil.rmtree(home.folder / "published")
    assert home.cics("run")["status"] == "published"
    assert str(home.rows(asked)) == str(before)


def test_a_refused_file_leaves_everything_else_and_says_why(home: Home) -> None:
    bad = home.folder / "landing" / "RAL" / "2026-09" / "contacts.csv"
    bad.parent.mkdir(parents=True, exist_ok=True)
    bad.write_text("CareContactID,ServiceRequestID\nC1,R1\n")
    report = home.cics("run")
    assert report["submissions"] == {"rejected": 1}
    assert "Contact_Date" in report["not_loaded"][0]


def test_sql_is_read_only_and_reaches_no_file(home: Home) -> None:
    for statement in (
        "DELETE FROM kpi_result",
        "SELECT * FROM read_csv('/etc/passwd')",
        "ATTACH '/tmp/x.duckdb'",
        "SELECT * FROM no_such_table",
    ):
        done = home.try_cics("sql", statement)
        assert done.returncode == 1, statement


def test_check_tries_a_file_without_storing_anything(home: Home, tmp_path: Path) -> None:
    file = tmp_path / "2026-09_contacts.csv"
    file.write_text(
        "CareContactID,ServiceRequestID,Contact_Date\nC1,R1,2026-09-01\nC2,R2,31/02/2026\n"
    )
    before = len(home.state("submission"))
    found = home.cics("check", str(file), "--partner", "RAL")
    assert (found["rows_read"], found["rows_good"]) == (2, 1)
    assert found["faults"] == [{"line": 3, "column": "contact_date", "rule": "bad_date"}]
    assert len(home.state("submission")) == before


def test_status_tells_what_is_published_and_missing(home: Home) -> None:
    found = home.cics("status")
    assert found["headline"]["Published build"] == home.build_id()
    by_return = {(r["partner"], r["standard"]): r for r in found["partners"]}
    assert by_return["RAL", "csds"]["data_to"].startswith("2026-09-30")
    assert by_return["RAL", "csds"]["missing"] == 30 * 20  # April 2023 to September 2025 never came
