"""`current.json`: which snapshot to read. Readers go by it, never by a fixed path."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path


class SnapshotUnavailableError(Exception):
    """No figures can be shown; the message says why to a reader and names no path."""


class NothingPublishedError(SnapshotUnavailableError):
    """No build has been published yet."""


@dataclass(frozen=True)
class Pointer:
    """The current build and its folder."""

    build_id: str
    folder: Path


def read_pointer(published: Path) -> Pointer:
    """The pointer in `published`.

    Raises NothingPublishedError before the first build, SnapshotUnavailableError when it cannot be
    read. Only the folder's last name is used, so a pointer cannot lead out of `published`.
    """
    path = published / "current.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        build_id, folder = str(content["build_id"]), Path(str(content["folder"])).name
    except FileNotFoundError as error:
        raise NothingPublishedError("Nothing has been published yet.") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SnapshotUnavailableError(
            "The record of which figures are current cannot be read."
        ) from error
    if not build_id or not folder:
        raise SnapshotUnavailableError("The record of which figures are current is empty.")
    return Pointer(build_id, published / folder)
