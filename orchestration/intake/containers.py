"""Containers: what holds several tables becomes one flat file per table, within limits.

A ZIP holds files; a workbook holds sheets; an XML message holds tables. A ZIP may hold the other
two. Members lie under numbers, never under their own names.
"""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from orchestration.contracts.model import Catalogue
from orchestration.intake.archive import READ_BYTES
from orchestration.intake.message import Opened, is_message, unpack_message
from orchestration.intake.recognise import Heading, RefusedFileError, heading_of
from orchestration.intake.workbook import is_workbook, unpack_workbook
from orchestration.settings import Settings
from orchestration.state.ledger import Issue


class RefusedArchiveError(ValueError):
    """The ZIP is refused whole; the message says which limit or fault."""


@dataclass(frozen=True)
class Leaf:
    """One flat file of what arrived, or one thing in it that is refused."""

    name: str
    path: Path
    member: str | None
    refusal: RefusedFileError | None = None
    heading: Heading | None = None
    """Known already when the file is a table of a message."""
    message: Opened | None = None
    warnings: tuple[Issue, ...] = field(default=())


def leaves(
    path: Path, name: str, into: Path, settings: Settings, catalogue: Catalogue
) -> list[Leaf]:
    """Everything in `path` that is one table, in the order it stands there.

    The same bytes give the same leaves, so a `member` finds its file again in the archive.
    """
    try:
        if not _is_zip(path, name):
            return list(_tables(path, name, into, None, settings, catalogue))
        members = unpack(path, into, settings)
        if not members:
            raise RefusedArchiveError("the ZIP is empty")
        found: list[Leaf] = []
        for member in members:
            inside = into / f"in-{member.index}"
            found += _tables(
                member.path, member.name, inside, str(member.index), settings, catalogue
            )
        return found
    except RefusedArchiveError as error:
        refusal = RefusedFileError("zip_refused", f"The archive is refused: {error}")
        return [Leaf(name, path, None, refusal)]


def _tables(
    path: Path,
    name: str,
    into: Path,
    member: str | None,
    settings: Settings,
    catalogue: Catalogue,
) -> Iterator[Leaf]:
    """The tables of a workbook or message; a file that is neither is one itself."""

    def place(number: int) -> str:
        return str(number) if member is None else f"{member}/{number}"

    try:
        if is_workbook(path):
            into.mkdir(parents=True, exist_ok=True, mode=0o700)
            book = unpack_workbook(path, into, settings)
            hidden = f"hidden sheets were not read: {', '.join(book.hidden)}"
            warnings = (Issue("sheet_hidden", "", "warn", 0, hidden),) if book.hidden else ()
            for number, sheet in enumerate(book.sheets):
                yield Leaf(f"{name} [{sheet.name}]", sheet.path, place(number), warnings=warnings)
            if not book.sheets:
                raise RefusedFileError("workbook_empty", "The workbook holds no visible table")
        elif is_message(path):
            into.mkdir(parents=True, exist_ok=True, mode=0o700)
            opened = unpack_message(path, into, catalogue)
            for number, (contract, table, _) in enumerate(opened.tables):
                yield Leaf(
                    f"{name} [{contract.national}]",
                    table,
                    place(number),
                    heading=heading_of(table, contract),
                    message=opened,
                )
        else:
            yield Leaf(name, path, member)
    except RefusedFileError as error:
        yield Leaf(name, path, member, error)


def _is_zip(path: Path, name: str) -> bool:
    """By content, so that the archive's copy is told alike; a broken `.zip` is refused as one."""
    if zipfile.is_zipfile(path) and not is_workbook(path):
        return True
    return name.lower().endswith(".zip")


@dataclass(frozen=True)
class Member:
    """One unpacked member: its place in the archive, its name for people, its bytes on disk."""

    index: int
    name: str
    path: Path


def unpack(path: Path, into: Path, settings: Settings) -> list[Member]:
    """Unpack the files of a ZIP; RefusedArchiveError when it breaks a limit or cannot be read."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = [i for i in archive.infolist() if not i.is_dir()]
            _within_limits(infos, path.stat().st_size, settings)
            return [_unpack_one(archive, index, info, into) for index, info in enumerate(infos)]
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        UnicodeDecodeError,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
    ) as error:
        raise RefusedArchiveError(f"the ZIP cannot be read ({type(error).__name__})") from error


def _within_limits(infos: list[zipfile.ZipInfo], packed: int, settings: Settings) -> None:
    total = sum(i.file_size for i in infos)
    if len(infos) > settings.max_zip_members:
        raise RefusedArchiveError(
            f"the ZIP holds {len(infos)} files; {settings.max_zip_members} is the limit"
        )
    if total > settings.max_file_bytes:
        raise RefusedArchiveError(
            f"the ZIP unpacks to {total} bytes; {settings.max_file_bytes} is the limit"
        )
    if total > packed * settings.max_zip_ratio:
        raise RefusedArchiveError(
            f"the ZIP unpacks to {total // max(packed, 1)} times its size; {settings.max_zip_ratio} is the limit"
        )
    for info in infos:
        if PurePosixPath(info.filename).is_absolute() or ".." in PurePosixPath(info.filename).parts:
            raise RefusedArchiveError("the ZIP names a file outside itself")
        if info.flag_bits & 0x1:
            raise RefusedArchiveError("the ZIP is protected with a password")
        if info.filename.lower().endswith(".zip"):
            raise RefusedArchiveError("the ZIP holds another ZIP")


def _unpack_one(archive: zipfile.ZipFile, index: int, info: zipfile.ZipInfo, into: Path) -> Member:
    """Copy one member, never more bytes than its entry declares: a forged size stops the copy."""
    target = into / f"member-{index}"
    left = info.file_size
    with archive.open(info) as source, target.open("wb") as out:
        while block := source.read(READ_BYTES):
            left -= len(block)
            if left < 0:
                raise RefusedArchiveError("a member of the ZIP is larger than it declares")
            out.write(block)
    name = PurePosixPath(info.filename).name.encode("utf-8", "replace").decode("utf-8")
    return Member(index, name, target)
