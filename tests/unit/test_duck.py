"""How DuckDB is opened: nothing downloaded, nothing in the clear, spill files included."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from orchestration import duck
from orchestration.settings import Settings

MARK = "Quixotesdottir"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(home=tmp_path / "home", demo=True, memory_limit="60MB", threads=1)
    made.make_folders()
    return made


def spilled(settings: Settings, con: duckdb.DuckDBPyConnection) -> list[Path]:
    """The spill files of a sort too large for memory, held open by an unread result."""
    con.execute(
        f"CREATE TABLE names AS SELECT '{MARK}' || (hash(range) % 1000003) AS surname FROM range(4000000)"
    )
    con.execute("SELECT surname FROM names ORDER BY surname")
    return [p for p in (settings.tmp / "duckdb").rglob("*") if p.is_file()]


def test_spill_files_hold_no_value_in_the_clear(settings: Settings) -> None:
    con = duck.connect(settings)
    files = spilled(settings, con)
    assert files, "the query did not spill, so this test shows nothing"
    assert not any(MARK.encode() in path.read_bytes() for path in files)
    con.close()


def test_the_search_would_find_a_value_in_an_unencrypted_spill_file(settings: Settings) -> None:
    con = duckdb.connect(config={"memory_limit": "60MB", "threads": 1})
    con.execute(f"SET temp_directory = '{settings.tmp / 'duckdb'}'")
    assert any(MARK.encode() in path.read_bytes() for path in spilled(settings, con))
    con.close()


def test_a_wrong_key_is_refused_and_the_key_is_not_repeated(
    settings: Settings, tmp_path: Path
) -> None:
    con = duck.connect(settings)
    duck.attach(con, tmp_path / "x.duckdb", "x", "right" * 8)
    con.execute("CREATE TABLE x.t AS SELECT 1")
    con.close()
    con = duck.connect(settings)
    with pytest.raises(duckdb.Error) as caught:
        duck.attach(con, tmp_path / "x.duckdb", "x", "wrong" * 8)
    assert "wrong" * 8 not in str(caught.value)
    con.close()


def test_no_extension_is_fetched(settings: Settings) -> None:
    con = duck.connect(settings)
    rows = con.execute(
        "SELECT value FROM duckdb_settings() WHERE name IN "
        "('autoinstall_known_extensions', 'autoload_known_extensions')"
    ).fetchall()
    assert rows == [("false",), ("false",)]
    con.close()
