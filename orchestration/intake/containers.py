"""ZIP deliveries: members are unpacked under numbers, never under their own names, within limits."""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from orchestration.settings import Settings

BLOCK = 1 << 20


class RefusedArchiveError(ValueError):
    """The ZIP is refused whole; the message says which limit or fault."""


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
        while block := source.read(BLOCK):
            left -= len(block)
            if left < 0:
                raise RefusedArchiveError("a member of the ZIP is larger than it declares")
            out.write(block)
    return Member(index, PurePosixPath(info.filename).name, target)
