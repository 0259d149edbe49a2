"""The home's keys: made by the demo, refused when absent elsewhere, never printed.

| file | protects |
|---|---|
| archive.agekey | archive, quarantine and reports (age, X25519) |
| warehouse.key | build.duckdb and its spill files |
| board.key, operational.key | the two published snapshots |
| pseudonym.key | `child_key`: HMAC-SHA-256 of a cluster's anchor |
"""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path

import pyrage

from orchestration.settings import Settings

DEMO_MARK = "demo-keys"
ARCHIVE_KEY = "archive.agekey"
HEX_KEY = r"[0-9a-f]{64}"
HEX_KEYS = ("warehouse.key", "board.key", "operational.key", "pseudonym.key")


class MissingKeyError(RuntimeError):
    """A key is missing or unusable; the message names the file and what to do."""


@dataclass(frozen=True)
class Keys:
    """The keys of a home. Their values never appear in a repr, so never in a log."""

    archive: pyrage.x25519.Identity = field(repr=False)
    warehouse: str = field(repr=False)
    board: str = field(repr=False)
    operational: str = field(repr=False)
    pseudonym: bytes = field(repr=False)


def make_keys(settings: Settings, *, is_demo: bool) -> None:
    """Write the keys that do not exist yet; an existing key is never replaced."""
    settings.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    if is_demo:
        _write_new(settings.secrets / DEMO_MARK, "made by the demo: not for real data\n")
    _write_new(settings.secrets / ARCHIVE_KEY, str(pyrage.x25519.Identity.generate()))
    for name in HEX_KEYS:
        _write_new(settings.secrets / name, secrets.token_hex(32))


def load_keys(settings: Settings) -> Keys:
    """Read the keys; a demo home makes its own, any other refuses to go on without."""
    if settings.demo:
        make_keys(settings, is_demo=True)
    elif (settings.secrets / DEMO_MARK).exists():
        raise MissingKeyError(
            f"{settings.secrets} holds keys made by the demo. Use a new home, or CICS_DEMO=true."
        )
    archive = _read_identity(settings.secrets / ARCHIVE_KEY)
    values = {name: _read_hex(settings.secrets / name) for name in HEX_KEYS}
    return Keys(
        archive=archive,
        warehouse=values["warehouse.key"],
        board=values["board.key"],
        operational=values["operational.key"],
        pseudonym=bytes.fromhex(values["pseudonym.key"]),
    )


def _write_new(path: Path, text: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)


def _read_identity(path: Path) -> pyrage.x25519.Identity:
    try:
        return pyrage.x25519.Identity.from_str(_read(path))
    except pyrage.IdentityError:
        raise _unusable(path, "an age identity") from None


def _read_hex(path: Path) -> str:
    text = _read(path)
    if not re.fullmatch(HEX_KEY, text):
        raise _unusable(path, "64 hexadecimal digits")
    return text


def _unusable(path: Path, expected: str) -> MissingKeyError:
    """Raised `from None`: the cause would show what the file holds."""
    return MissingKeyError(
        f"The key {path} does not hold {expected}. Put back the key the home was written with."
    )


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode("ascii", errors="replace").strip()
    except FileNotFoundError as error:
        raise MissingKeyError(
            f"The key {path} is missing. `cics keys make` writes new keys for an empty home; "
            "a home with data needs the keys it was written with."
        ) from error
