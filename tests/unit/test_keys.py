"""The home's keys: private, never shown, never replaced, and never the demo's in production."""

from __future__ import annotations

import os
import re
import traceback
from pathlib import Path

import pyrage
import pytest

from orchestration.keys import (
    ARCHIVE_KEY,
    DEMO_MARK,
    HEX_KEYS,
    Keys,
    MissingKeyError,
    load_keys,
    make_keys,
)
from orchestration.settings import Settings

EVERY_KEY = (ARCHIVE_KEY, *HEX_KEYS)


@pytest.fixture
def production(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, demo=False)


@pytest.fixture
def demo(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, demo=True)


def contents(settings: Settings) -> dict[str, str]:
    """What each file of the home's secrets holds."""
    return {p.name: p.read_text(encoding="ascii") for p in settings.secrets.iterdir()}


# Made


def test_all_keys_are_made(production: Settings) -> None:
    make_keys(production, is_demo=False)
    assert set(contents(production)) == set(EVERY_KEY)


def test_keys_can_be_read_by_their_owner_alone(production: Settings) -> None:
    make_keys(production, is_demo=False)
    modes = {p.name: p.stat().st_mode & 0o777 for p in production.secrets.iterdir()}
    assert modes == dict.fromkeys(EVERY_KEY, 0o600)


def test_keys_are_private_whatever_the_users_mask(production: Settings) -> None:
    before = os.umask(0)
    try:
        make_keys(production, is_demo=False)
    finally:
        os.umask(before)
    modes = {p.stat().st_mode & 0o777 for p in production.secrets.iterdir()}
    assert modes | {production.secrets.stat().st_mode & 0o777} == {0o600, 0o700}


def test_every_key_is_another(production: Settings) -> None:
    make_keys(production, is_demo=False)
    assert len(set(contents(production).values())) == len(EVERY_KEY)


def test_two_homes_have_different_keys(tmp_path: Path) -> None:
    homes = [Settings(home=tmp_path / name) for name in ("one", "two")]
    for settings in homes:
        make_keys(settings, is_demo=False)
    one, two = (set(contents(settings).values()) for settings in homes)
    assert one & two == set()


@pytest.mark.parametrize("name", HEX_KEYS)
def test_a_key_has_256_bits(production: Settings, name: str) -> None:
    make_keys(production, is_demo=False)
    assert re.fullmatch(r"[0-9a-f]{64}", contents(production)[name])


def test_existing_keys_are_never_replaced(production: Settings) -> None:
    make_keys(production, is_demo=False)
    before = contents(production)
    make_keys(production, is_demo=False)
    assert contents(production) == before


@pytest.mark.parametrize("name", EVERY_KEY)
def test_only_a_key_that_is_missing_is_made(production: Settings, name: str) -> None:
    make_keys(production, is_demo=False)
    before = contents(production)
    (production.secrets / name).unlink()
    make_keys(production, is_demo=False)
    changed = {n for n, text in contents(production).items() if text != before[n]}
    assert changed == {name}


# Loaded


def test_what_is_loaded_is_what_was_made(production: Settings) -> None:
    make_keys(production, is_demo=False)
    made, keys = contents(production), load_keys(production)
    assert made == {
        ARCHIVE_KEY: str(keys.archive),
        "warehouse.key": keys.warehouse,
        "board.key": keys.board,
        "operational.key": keys.operational,
        "pseudonym.key": keys.pseudonym.hex(),
    }


def test_a_newline_an_editor_added_does_no_harm(production: Settings) -> None:
    make_keys(production, is_demo=False)
    path = production.secrets / "board.key"
    before = path.read_text(encoding="ascii")
    path.write_text(f"{before}\n", encoding="ascii")
    assert load_keys(production).board == before


def test_the_archive_key_opens_what_it_closed(production: Settings) -> None:
    make_keys(production, is_demo=False)
    identity = load_keys(production).archive
    closed = pyrage.encrypt(b"a received file", [identity.to_public()])
    assert pyrage.decrypt(closed, [identity]) == b"a received file"


# Never shown


@pytest.mark.parametrize("shown", [repr, str, "{}".format, "{!r}".format])
def test_keys_are_never_shown(production: Settings, shown: object) -> None:
    make_keys(production, is_demo=False)
    assert callable(shown)
    text = shown(load_keys(production))
    assert text == "Keys()"


def test_an_error_about_one_key_shows_no_other(production: Settings) -> None:
    make_keys(production, is_demo=False)
    (production.secrets / "pseudonym.key").unlink()
    secrets = list(contents(production).values())
    with pytest.raises(MissingKeyError) as caught:
        load_keys(production)
    shown = "".join(traceback.format_exception(caught.value))
    assert not [text for text in secrets if text in shown]


# Refused


@pytest.mark.parametrize("name", EVERY_KEY)
def test_production_refuses_to_go_on_without_a_key(production: Settings, name: str) -> None:
    make_keys(production, is_demo=False)
    (production.secrets / name).unlink()
    with pytest.raises(MissingKeyError, match=re.escape(str(production.secrets / name))):
        load_keys(production)


def test_production_makes_no_keys_by_itself(production: Settings) -> None:
    with pytest.raises(MissingKeyError):
        load_keys(production)
    assert not production.secrets.exists()


def test_production_refuses_keys_made_by_the_demo(production: Settings) -> None:
    make_keys(production, is_demo=True)
    with pytest.raises(MissingKeyError, match="holds keys made by the demo"):
        load_keys(production)


@pytest.mark.parametrize("name", EVERY_KEY)
@pytest.mark.parametrize("text", ["", "not a key", "00ff"])
def test_a_key_that_is_no_key_is_refused_by_name(
    production: Settings, name: str, text: str
) -> None:
    make_keys(production, is_demo=False)
    (production.secrets / name).write_text(text, encoding="ascii")
    with pytest.raises(MissingKeyError, match=re.escape(str(production.secrets / name))):
        load_keys(production)


def test_a_key_that_is_not_text_is_refused_by_name(production: Settings) -> None:
    make_keys(production, is_demo=False)
    path = production.secrets / "board.key"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(MissingKeyError, match=re.escape(str(path))):
        load_keys(production)


def test_an_error_about_a_bad_key_does_not_show_it(production: Settings) -> None:
    make_keys(production, is_demo=False)
    path = production.secrets / "board.key"
    almost = path.read_text(encoding="ascii")[:-1]
    path.write_text(almost, encoding="ascii")
    with pytest.raises(MissingKeyError) as caught:
        load_keys(production)
    assert almost not in "".join(traceback.format_exception(caught.value))


# The demo


def test_a_demo_makes_its_own_keys(demo: Settings) -> None:
    assert isinstance(load_keys(demo), Keys)


def test_a_demo_marks_its_keys(demo: Settings) -> None:
    load_keys(demo)
    assert set(contents(demo)) == {*EVERY_KEY, DEMO_MARK}


def test_a_demo_keeps_its_keys(demo: Settings) -> None:
    first, second = load_keys(demo), load_keys(demo)
    assert first.pseudonym == second.pseudonym
