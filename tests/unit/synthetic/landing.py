"""Reading a landing folder back, by the contracts' spellings, as text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from orchestration.contracts.model import Contract, normalise_header, shipped_catalogue

Row = dict[str, str]
Files = dict[tuple[str, str, str], list[Row]]
"""Rows by (partner, table, period), by the contracts' column names."""


def read_files(out: Path, truth: dict[str, Any]) -> Files:
    """Every file the truth lists."""
    return {
        (f["partner"], f["table"], f["period"]): _rows(_contract(f), _text(out, f))
        for f in truth["files"]
    }


def headings(out: Path, entry: dict[str, Any]) -> list[str]:
    """The first line of one file, without a byte order mark."""
    return next(csv.reader(io.StringIO(_text(out, entry))))


def all_paths(out: Path) -> Iterator[Path]:
    """Every file under `out`, sorted."""
    return (p for p in sorted(out.rglob("*")) if p.is_file())


def _contract(entry: dict[str, Any]) -> Contract:
    return shipped_catalogue().contracts[entry["standard"], entry["table"]]


def _text(out: Path, entry: dict[str, Any]) -> str:
    path = out / entry["path"]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            return archive.read(f"{_contract(entry).national}.csv").decode("utf-8")
    return path.read_text(encoding="utf-8-sig")


def _rows(contract: Contract, text: str) -> list[Row]:
    names = {normalise_header(s): c.name for c in contract.columns for s in c.spellings}
    lines = csv.reader(io.StringIO(text))
    columns = [names[normalise_header(heading)] for heading in next(lines)]
    return [dict(zip(columns, line, strict=True)) for line in lines]
