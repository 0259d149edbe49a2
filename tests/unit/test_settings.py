"""Where settings come from, what wins, and where the home puts things."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from orchestration.partnership.load import SHIPPED
from orchestration.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's own CICS_* settings, and a working folder without a home."""
    for name in [n for n in os.environ if n.upper().startswith("CICS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def write_env(home: Path, text: str) -> None:
    (home / "cics.env").write_text(text, encoding="utf-8")


# Which home


def test_the_home_is_var_in_the_working_folder_by_default(tmp_path: Path) -> None:
    assert load_settings().home == (tmp_path / "var").resolve()


def test_the_environment_names_the_home(monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setenv("CICS_HOME", str(home))
    assert load_settings().home == home


def test_a_home_given_by_the_caller_wins_over_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    monkeypatch.setenv("CICS_HOME", str(tmp_path / "another"))
    assert load_settings(home).home == home


def test_a_relative_home_is_made_absolute(home: Path) -> None:
    assert load_settings(Path("home")).home == home


def test_a_relative_home_of_the_environment_is_made_absolute(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    monkeypatch.setenv("CICS_HOME", "home")
    assert load_settings().home == home


def test_a_relative_home_stays_where_it_was_when_the_working_folder_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, home: Path
) -> None:
    settings = load_settings(Path("home"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert settings.landing.resolve() == home / "landing"


def test_the_file_of_a_home_cannot_move_the_home(home: Path, tmp_path: Path) -> None:
    write_env(home, f"CICS_HOME={tmp_path / 'another'}\n")
    assert load_settings(home).home == home


# Which value


def test_the_file_of_the_home_is_read(home: Path) -> None:
    write_env(home, "CICS_MEMORY_LIMIT=3GB\n")
    assert load_settings(home).memory_limit == "3GB"


def test_the_environment_wins_over_the_file_of_the_home(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    write_env(home, "CICS_MEMORY_LIMIT=3GB\n")
    monkeypatch.setenv("CICS_MEMORY_LIMIT", "5GB")
    assert load_settings(home).memory_limit == "5GB"


def test_the_file_of_a_home_the_environment_names_is_read(
    monkeypatch: pytest.MonkeyPatch, home: Path
) -> None:
    write_env(home, "CICS_MEMORY_LIMIT=3GB\n")
    monkeypatch.setenv("CICS_HOME", str(home))
    assert load_settings().memory_limit == "3GB"


def test_a_home_without_a_file_has_the_defaults(home: Path) -> None:
    settings = load_settings(home)
    assert (settings.demo, settings.received_at, settings.keep_snapshots) == (False, "clock", 5)


def test_the_shipped_partnership_is_the_default(home: Path) -> None:
    assert load_settings(home).partnership_file == SHIPPED


def test_names_of_the_file_without_the_prefix_are_not_settings(home: Path) -> None:
    write_env(home, "MEMORY_LIMIT=3GB\n")
    assert load_settings(home).memory_limit == "4GB"


def test_other_programs_lines_in_the_file_do_no_harm(home: Path) -> None:
    write_env(home, "PATH_TO_SOMETHING=here\nCICS_THREADS=2\n")
    assert load_settings(home).threads == 2


@pytest.mark.parametrize(
    "line",
    [
        "CICS_RECEIVED_AT=yesterday",
        "CICS_KEEP_SNAPSHOTS=1",
        "CICS_AS_AT=31/02/2026",
        "CICS_THREADS=all",
    ],
)
def test_a_value_that_cannot_be_is_refused(home: Path, line: str) -> None:
    write_env(home, f"{line}\n")
    with pytest.raises(ValidationError) as caught:
        load_settings(home)
    assert caught.value.errors()[0]["loc"] == (line.split("=")[0].removeprefix("CICS_").lower(),)


def test_settings_do_not_change_once_read(home: Path) -> None:
    settings = load_settings(home)
    with pytest.raises(ValidationError, match="frozen"):
        settings.demo = True


# Days and places


def test_a_pinned_day_is_today(home: Path) -> None:
    write_env(home, "CICS_AS_AT=2026-05-15\n")
    assert load_settings(home).today() == date(2026, 5, 15)


def test_without_a_pinned_day_today_is_the_machines(home: Path) -> None:
    settings = load_settings(home)
    before = datetime.now(UTC).date()
    assert before <= settings.today() <= datetime.now(UTC).date()


def test_the_state_is_in_the_home_unless_a_database_is_named(home: Path) -> None:
    assert load_settings(home).state_url == f"sqlite:///{home / 'state' / 'state.sqlite'}"


def test_a_named_database_holds_the_state(home: Path) -> None:
    write_env(home, "CICS_DATABASE_URL=postgresql://state.example/cics\n")
    assert load_settings(home).state_url == "postgresql://state.example/cics"


def test_everything_is_under_the_home(home: Path) -> None:
    settings = load_settings(home)
    places = (
        settings.landing,
        settings.archive,
        settings.quarantine,
        settings.state,
        settings.build_file,
        settings.published,
        settings.reports,
        settings.secrets,
        settings.tmp,
        settings.dagster_home,
        settings.lock_file,
    )
    assert all(place.is_relative_to(home) for place in places)


def test_the_folders_of_a_home_are_private_to_its_owner(home: Path) -> None:
    load_settings(home).make_folders()
    modes = {f.name: f.stat().st_mode & 0o777 for f in home.iterdir()}
    assert set(modes.values()) == {0o700}


def test_making_the_folders_again_keeps_what_is_in_them(home: Path) -> None:
    settings = load_settings(home)
    settings.make_folders()
    (settings.landing / "file.csv").touch()
    settings.make_folders()
    assert (settings.landing / "file.csv").exists()


def test_a_home_that_does_not_exist_yet_is_private_too(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "deep" / "home")
    settings.make_folders()
    assert settings.home.stat().st_mode & 0o777 == 0o700
