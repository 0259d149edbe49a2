"""The read side: one build per run, the new one after a swap, the last good one when it fails."""

from __future__ import annotations

import inspect
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import duckdb
import pytest

from dashboards.access.scope import Scope
from dashboards.published import operations as operations_module  # noqa: F401 - registers its query
from dashboards.published import queries
from dashboards.published.operations import open_operations
from dashboards.published.pointer import (
    NothingPublishedError,
    SnapshotUnavailableError,
    read_pointer,
)
from dashboards.published.query import QUERIES
from dashboards.published.snapshot import current_snapshot
from dashboards.settings import Settings
from tests.unit.dashboards.conftest import HomeOf, everyone
from tests.unit.dashboards.snapshots import point_to, publish

SettingsOf = Callable[..., Settings]
pytestmark = pytest.mark.usefixtures("cold")


@pytest.fixture
def home(tmp_path: Path, home_of: HomeOf) -> Path:
    """A copy that a test may change."""
    return shutil.copytree(home_of("first_quarter"), tmp_path / "home")


def test_after_a_swap_the_next_run_reads_the_new_build_and_a_running_one_the_old(
    home: Path, settings_of: SettingsOf
) -> None:
    settings = settings_of(home, "board")
    before = current_snapshot(settings)
    publish(home, "first_quarter", "2026-11-11.1", partnership="Renamed")
    after = current_snapshot(settings)
    assert after.build.partnership == "Renamed"
    assert after.rows("select partnership from build", {}) == [("Renamed",)]
    assert before.rows("select build_id from build", {}) == [("2026-11-10.1",)]
    before.close()
    with pytest.raises(duckdb.ConnectionException):
        before.lender.lend()


def test_a_build_that_will_not_open_leaves_the_last_good_one(
    home: Path, settings_of: SettingsOf
) -> None:
    settings = settings_of(home, "board")
    current_snapshot(settings)
    torn = home / "published" / "2026-11-11.1"
    torn.mkdir()
    (torn / "board.duckdb").write_bytes(b"torn")
    point_to(home, "2026-11-11.1")
    held = current_snapshot(settings)
    assert held.is_fallback
    assert held.build.build_id == "2026-11-10.1"


def test_readers_never_fail_nor_mix_builds_while_new_ones_are_published(
    home: Path, settings_of: SettingsOf
) -> None:
    settings = settings_of(home, "board")
    publish(home, "first_quarter", "2026-11-11.1")
    done = Event()

    def read(_: int) -> int:
        runs = 0
        while not done.is_set():
            snapshot = current_snapshot(settings)
            for table in ("build", "partner", "kpi_result"):
                found = snapshot.rows(f"select distinct build_id from {table}", {})
                assert found == [(snapshot.build.build_id,)]
            snapshot.close()
            runs += 1
        return runs

    with ThreadPoolExecutor(8) as readers:
        running = [readers.submit(read, number) for number in range(8)]
        for swap in range(12):
            point_to(home, f"2026-11-1{swap % 2}.1")
            current_snapshot(settings).close()
        done.set()
        assert all(one.result() > 0 for one in running)


def test_a_file_of_another_build_than_announced_is_refused(
    home: Path, settings_of: SettingsOf
) -> None:
    (home / "published" / "2026-11-12.1").mkdir()
    (home / "published" / "2026-11-10.1" / "board.duckdb").rename(
        home / "published" / "2026-11-12.1" / "board.duckdb"
    )
    point_to(home, "2026-11-12.1")
    with pytest.raises(SnapshotUnavailableError, match="cannot be read"):
        current_snapshot(settings_of(home, "board"))


def test_the_board_server_works_without_the_operational_key(
    home: Path, settings_of: SettingsOf
) -> None:
    (home / "secrets" / "operational.key").unlink()
    settings = settings_of(home, "board")
    assert current_snapshot(settings).build.build_id == "2026-11-10.1"
    assert open_operations(settings) is None


def test_a_wrong_key_is_refused_and_never_repeated(
    home: Path, settings_of: SettingsOf, caplog: pytest.LogCaptureFixture
) -> None:
    wrong = "ab" * 32
    (home / "secrets" / "board.key").write_text(wrong)
    with pytest.raises(SnapshotUnavailableError):
        current_snapshot(settings_of(home, "board"))
    assert wrong not in caplog.text


@pytest.mark.parametrize(
    "statement",
    [
        "attach '/etc/hostname' as other",
        "select * from read_text('/etc/hostname')",
        "set enable_external_access = true",
        "create table published.main.x (i int)",
    ],
)
def test_a_query_can_reach_nothing_but_the_snapshot(
    statement: str, home_of: HomeOf, settings_of: SettingsOf
) -> None:
    snapshot = current_snapshot(settings_of(home_of("all_good"), "board"))
    with pytest.raises(duckdb.Error):
        snapshot.rows(statement, {})


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"build_id": "x"}', '{"build_id": "", "folder": ""}']
)
def test_an_unreadable_pointer_is_named_as_such(content: str, tmp_path: Path) -> None:
    (tmp_path / "current.json").write_text(content)
    with pytest.raises(SnapshotUnavailableError):
        read_pointer(tmp_path)


def test_no_pointer_means_nothing_is_published_yet(tmp_path: Path) -> None:
    with pytest.raises(NothingPublishedError):
        read_pointer(tmp_path)


def test_a_pointer_cannot_lead_out_of_the_published_folder(tmp_path: Path) -> None:
    (tmp_path / "current.json").write_text('{"build_id": "x", "folder": "../../etc"}')
    assert read_pointer(tmp_path).folder == tmp_path / "etc"


def test_operations_are_read_anew_when_the_file_is_replaced(
    home: Path, settings_of: SettingsOf
) -> None:
    settings = settings_of(home, "operational")
    first = open_operations(settings)
    path = home / "published" / "operations.duckdb"
    path.with_suffix(".new").write_bytes(path.read_bytes())
    path.with_suffix(".new").replace(path)
    second = open_operations(settings)
    assert first is not None
    assert second is not None
    assert first.version != second.version
    assert second.has_files
    assert not second.has_calendar


def test_a_torn_operations_file_falls_back_to_the_snapshot(
    home: Path, settings_of: SettingsOf
) -> None:
    (home / "published" / "operations.duckdb").write_bytes(b"torn")
    assert open_operations(settings_of(home, "operational")) is None


@pytest.mark.parametrize("name", sorted(QUERIES))
def test_a_query_takes_the_scope_first_and_looks_at_no_session(name: str) -> None:
    function = QUERIES[name]
    first = next(iter(inspect.signature(function, eval_str=True).parameters.values()))
    assert first.annotation is Scope
    source = inspect.getsource(function)
    assert "session_state" not in source
    assert not re.search(r"\bst\.", source)


def test_every_public_function_of_queries_is_a_named_query() -> None:
    public = {
        name
        for name, value in vars(queries).items()
        if inspect.isfunction(value)
        and value.__module__ == queries.__name__
        and not name.startswith("_")
    }
    assert public <= set(QUERIES)


def test_answers_of_one_scope_never_reach_another(home_of: HomeOf, settings_of: SettingsOf) -> None:
    snapshot = current_snapshot(settings_of(home_of("all_good"), "operational"))
    everything = queries.kpi_results(everyone("operational"), snapshot)
    own = queries.kpi_results(Scope("Service manager", ("RKE",), "operational"), snapshot)
    assert {row.provider_code for row in everything} == {None, "RV3", "RKE", "RAL", "RNK"}
    assert {row.provider_code for row in own} == {"RKE"}


@pytest.mark.parametrize("show", ["Every provider and service", "Speech and language therapy"])
def test_a_page_asks_at_most_eight_queries(
    show: str, home_of: HomeOf, open_app: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", logger="dashboards")
    open_app(home_of("one_late"), "operational", show=show)
    asked = [int(record.args[2]) for record in caplog.records if "queries=" in record.msg]
    assert 0 < max(asked) <= 8
