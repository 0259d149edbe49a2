"""Archive: received bytes, encrypted, named by their SHA-256; and how to get them back.

One pass over a file hashes it, encrypts it and notes what the reader needs to know about it.
"""

from __future__ import annotations

import codecs
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from uuid import uuid4

import pyrage

from orchestration.keys import Keys

READ_BYTES = 1 << 20


@dataclass(frozen=True)
class Bytes:
    """What one pass over a file found."""

    sha256: str
    size: int
    line_feeds: int
    carriage_returns: int
    ends_with_line_feed: bool
    has_nul: bool
    has_formula_mark: bool
    encoding: str

    @property
    def lines(self) -> int:
        """Physical lines, the heading included; a last line without an end counts."""
        return self.line_feeds + (0 if self.ends_with_line_feed or not self.size else 1)

    @property
    def has_odd_line_ends(self) -> bool:
        """Whether line ends are mixed, or carriage returns alone."""
        return self.carriage_returns not in (0, self.line_feeds)


class _Surveyor:
    """A reader that notes what passes through it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self._decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
        self._start = self._end = b""
        self.size = self.line_feeds = self.carriage_returns = 0
        self.has_nul = self.has_formula_mark = False

    def read(self, size: int = -1) -> bytes:
        """The next bytes of the file."""
        block = self._file.read(READ_BYTES if size < 0 else size)
        if self.size == 0:
            self._start = block[:4]
        self._end = block[-1:] or self._end
        self._hash.update(block)
        self.size += len(block)
        self.line_feeds += block.count(b"\n")
        self.carriage_returns += block.count(b"\r")
        self.has_nul = self.has_nul or b"\x00" in block
        self.has_formula_mark = self.has_formula_mark or b"=" in block or b"@" in block
        if self._decoder is not None:
            try:
                self._decoder.decode(block, final=not block)
            except UnicodeDecodeError:
                self._decoder = None
        return block

    def found(self) -> Bytes:
        """The sum of it, once everything was read."""
        if self._start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            encoding = "utf-16"
        else:
            encoding = "utf-8" if self._decoder is not None else "cp1252"
        return Bytes(
            self._hash.hexdigest(),
            self.size,
            self.line_feeds,
            self.carriage_returns,
            self._end == b"\n",
            self.has_nul,
            self.has_formula_mark,
            encoding,
        )


def survey(path: Path) -> Bytes:
    """What `store` finds, without storing."""
    with path.open("rb") as file:
        surveyor = _Surveyor(file)
        while surveyor.read(READ_BYTES):
            pass
    return surveyor.found()


def store(path: Path, archive: Path, keys: Keys) -> Bytes:
    """Encrypt `path` into the archive, named by its SHA-256; its bytes are on disk on return.

    The name is, too, once the caller has called `sync_folder`: once for all files of a delivery.
    """
    partial = archive / f".{uuid4().hex}"
    try:
        with path.open("rb") as file, partial.open("wb") as out:
            surveyor = _Surveyor(file)
            pyrage.encrypt_io(surveyor, out, [keys.archive.to_public()])
            while surveyor.read(READ_BYTES):
                pass
            out.flush()
            os.fsync(out.fileno())
        found = surveyor.found()
        os.replace(partial, location(archive, found.sha256))
    finally:
        partial.unlink(missing_ok=True)
    return found


def restore(archive: Path, sha256: str, target: Path, keys: Keys) -> None:
    """Decrypt an archived file to `target`."""
    pyrage.decrypt_file(str(location(archive, sha256)), str(target), [keys.archive])


def location(archive: Path, sha256: str) -> Path:
    """Where the bytes with this SHA-256 lie."""
    return archive / f"{sha256}.age"


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
