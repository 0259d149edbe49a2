"""Receive: what lies in the landing folder, and whether it has arrived whole.

A delivery is a ZIP, or the loose files of one folder. A file counts as settled when its size and
time are the same at two looks, and its name is not one an upload tool uses while writing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

UNFINISHED_SUFFIXES = (".part", ".tmp", ".filepart", ".crdownload", ".partial")


@dataclass(frozen=True)
class Look:
    """A file as one look saw it."""

    path: Path
    size: int
    mtime_ns: int


@dataclass(frozen=True)
class Delivery:
    """Files that arrived together; `name` is the folder or ZIP under the partner's landing folder."""

    partner_code: str
    name: str
    files: tuple[Look, ...]

    @property
    def is_zip(self) -> bool:
        """Whether the delivery is one archive."""
        return len(self.files) == 1 and self.files[0].path.suffix.lower() == ".zip"


def look(landing: Path, partner_codes: Iterable[str]) -> dict[Path, Look]:
    """Every finished-looking file under the partners' folders; links and dot files are passed over."""
    seen: dict[Path, Look] = {}
    for code in partner_codes:
        for path in sorted((landing / code).rglob("*")):
            relative = path.relative_to(landing)
            if any(part.startswith(".") for part in relative.parts) or path.is_symlink():
                continue
            if path.suffix.lower() in UNFINISHED_SUFFIXES:
                continue
            try:
                stat = path.stat()
            except FileNotFoundError:
                continue
            if path.is_file():
                seen[path] = Look(path, stat.st_size, stat.st_mtime_ns)
    return seen


def settled(current: dict[Path, Look], earlier: dict[Path, Look]) -> list[Look]:
    """The files two looks agree on, in path order."""
    return [seen for path, seen in sorted(current.items()) if earlier.get(path) == seen]


def deliveries(landing: Path, files: Iterable[Look]) -> list[Delivery]:
    """Group settled files: each ZIP alone, loose files by folder; oldest first, then by name."""
    grouped: dict[tuple[str, str], list[Look]] = {}
    for file in files:
        relative = file.path.relative_to(landing)
        partner = relative.parts[0]
        is_zip = file.path.suffix.lower() == ".zip"
        inside = Path(*relative.parts[1:])
        name = str(inside) if is_zip else str(inside.parent)
        grouped.setdefault((partner, name), []).append(file)
    made = [Delivery(partner, name, tuple(found)) for (partner, name), found in grouped.items()]
    return sorted(made, key=lambda d: (min(f.mtime_ns for f in d.files), d.partner_code, d.name))


def unknown_folders(landing: Path, partner_codes: Iterable[str]) -> list[str]:
    """Folders of the landing place that are no partner's: a misspelt code would wait for ever."""
    known = set(partner_codes)
    return sorted(p.name for p in landing.iterdir() if p.is_dir() and p.name not in known)
