"""Reading a landing folder back, by the contracts' spellings, as text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
from lxml import etree

from orchestration.contracts.model import Contract, normalise_header, shipped_catalogue

Row = dict[str, str]
Files = dict[tuple[str, str, str], list[Row]]
"""Rows by (partner, table, period), by the contracts' column names."""


def read_files(out: Path, truth: dict[str, Any]) -> Files:
    """Every file the truth lists."""
    return {
        (f["partner"], f["table"], f["period"]): (
            _elements(out / f["path"], _contract(f))
            if f["path"].endswith(".xml")
            else _rows(_contract(f), _text(out, f))
        )
        for f in truth["files"]
    }


def headings(out: Path, entry: dict[str, Any]) -> list[str]:
    """The first line of one file, without a byte order mark."""
    return next(csv.reader(io.StringIO(_text(out, entry))))


def all_paths(out: Path) -> Iterator[Path]:
    """Every file under `out`, sorted."""
    return (p for p in sorted(out.rglob("*")) if p.is_file())


def _contract(entry: dict[str, Any]) -> Contract:
    end = last_day_of(entry)
    contract = shipped_catalogue().contract_on(entry["standard"], entry["table"], end)
    assert contract is not None
    return contract


def last_day_of(entry: dict[str, Any]) -> date:
    """The last day of the period a file is for."""
    received = datetime.fromisoformat(entry["received_at"]).date()
    return received - timedelta(days=entry["days_after_period_end"])


def _text(out: Path, entry: dict[str, Any]) -> str:
    path = out / entry["path"]
    if path.suffix == ".zip":
        contract = _contract(entry)
        name = contract.table if contract.standard == "local" else contract.national
        with zipfile.ZipFile(path) as archive:
            return archive.read(f"{name}.csv").decode("utf-8")
    if path.suffix == ".xlsx":
        return _sheet(path, entry["table"])
    return path.read_text(encoding="utf-8-sig")


def _sheet(path: Path, name: str) -> str:
    """A sheet of a workbook as CSV, days as ISO."""
    text = io.StringIO()
    writer = csv.writer(text)
    for row in openpyxl.load_workbook(path)[name].iter_rows(values_only=True):
        writer.writerow([v.date().isoformat() if isinstance(v, datetime) else v for v in row])
    return text.getvalue()


def _elements(path: Path, contract: Contract) -> list[Row]:
    """A table's rows of a message, found by the contract's own paths."""
    found = []
    for element in etree.parse(path).iter(contract.element):
        values = {c.name: element.xpath(c.xpath or c.national) for c in contract.columns}
        found.append({name: _plain(value) for name, value in values.items()})
    return found


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return (value[0].text or "") if value else ""
    return str(int(value))


def _rows(contract: Contract, text: str) -> list[Row]:
    names = {normalise_header(s): c.name for c in contract.columns for s in c.spellings}
    lines = csv.reader(io.StringIO(text))
    columns = [names[normalise_header(heading)] for heading in next(lines)]
    return [dict(zip(columns, line, strict=True)) for line in lines]
