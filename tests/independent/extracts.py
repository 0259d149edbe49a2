"""Reading a landing folder: deliveries, tables, rows; which rows hold, which are held back and why.

The contracts' YAML is read as plain data; what its words mean is written here a second time.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from .days import month_end
from .terms import YEARLY, OwedReturn, Terms

CONTRACTS = Path(__file__).resolve().parents[2] / "orchestration" / "contracts"
MENTAL_HEALTH = {
    "cyp000": "mhs000",
    "cyp001": "mhs001",
    "cyp002": "mhs002",
    "cyp101": "mhs101",
    "cyp102": "mhs102",
    "cyp201": "mhs201",
    "cyp202": "mhs202",
}
"""The table of mental health services that says what a table of community services does."""
TABLES = (*MENTAL_HEALTH, *MENTAL_HEALTH.values(), "person_index")
Row = dict[str, Any]


@dataclass(frozen=True)
class Submission:
    """One table of one partner for one month: the rows that hold, and why others do not."""

    partner: str
    table: str
    month: date
    created: datetime
    sent: int
    rows: list[Row]
    reasons: Counter[str] = field(default_factory=Counter)
    """Rows held back by reason; a row with two reasons counts under both."""

    @property
    def standard(self) -> str:
        """What the sender's extract keeps to."""
        return {"cyp": "csds", "mhs": "mhsds"}.get(self.table[:3], "local")


@dataclass
class Landing:
    """What has arrived: the latest version of every table, and what was refused."""

    submissions: dict[tuple[str, str, date], Submission] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def of(self, table: str) -> list[Submission]:
        """Every month of one table from every partner, oldest first.

        A table of community services stands for that of mental health services, too.
        """
        names = (table, MENTAL_HEALTH.get(table))
        found = [s for s in self.submissions.values() if s.table in names]
        return sorted(found, key=lambda s: (s.month, s.created, s.partner))

    def has_arrived(self, owed: OwedReturn, tables: tuple[str, ...], month: date) -> bool:
        """Whether every table of a return that is asked for is here, by its standard's names."""
        if owed.standard == "mhsds":
            tables = tuple(MENTAL_HEALTH[table] for table in tables)
        return all((owed.partner, table, month) in self.submissions for table in tables)

    @property
    def months(self) -> list[date]:
        """Months with any activity table, sorted."""
        referrals = ("cyp101", MENTAL_HEALTH["cyp101"])
        return sorted({month for _, table, month in self.submissions if table in referrals})


def read_landing(root: Path, terms: Terms, contracts: Path = CONTRACTS) -> Landing:
    """Read every delivery under `root/<partner>/`."""
    known = {table: read_contract(contracts, table) for table in TABLES}
    landing = Landing()
    for folder in sorted(p for p in root.iterdir() if p.is_dir()):
        organisation = terms.organisation(folder.name)
        if organisation is None:
            landing.refused.append(f"{folder.name}: not a partner")
            continue
        names = (organisation.code, *organisation.aliases)
        for delivery, files in _deliveries(folder):
            if _fold(delivery).startswith(YEARLY):
                continue
            _take_in(landing, known, terms, names, delivery, files)
    return landing


def _deliveries(folder: Path) -> Iterator[tuple[str, dict[str, bytes]]]:
    """A delivery is a ZIP, a folder of files or a loose file; its name and its files."""
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            files = sorted(p for p in path.rglob("*") if p.suffix.lower() == ".csv")
            yield path.name, {p.name: p.read_bytes() for p in files}
        elif path.suffix.lower() == ".zip":
            with zipfile.ZipFile(path) as archive:
                members = [m for m in archive.namelist() if m.lower().endswith(".csv")]
                yield path.name, {m: archive.read(m) for m in members}
        elif path.suffix.lower() == ".csv":
            yield path.name, {path.name: path.read_bytes()}


def _take_in(
    landing: Landing,
    known: dict[str, Row],
    terms: Terms,
    names: tuple[str, ...],
    delivery: str,
    files: dict[str, bytes],
) -> None:
    tables: dict[str, list[dict[str, str]]] = {}
    for name, content in files.items():
        table = next((t for t, c in known.items() if _is_named(name, t, c["national"])), None)
        rows = None if table is None else _rows_by_column(known[table], content)
        if table is None and _is_of_no_use_here(name):
            continue
        if table is None or rows is None:
            landing.refused.append(f"{names[0]} {delivery} {name}: not recognised")
        else:
            tables[table] = rows
    month, created = _month_in(" ".join((delivery, *files))), datetime.min
    for row in (*tables.get("cyp000", ()), *tables.get("mhs000", ())):
        start = _value("date", row.get("rp_start_date", ""))
        written = _value("datetime", row.get("file_creation_date_time", ""))
        if row.get("org_id_provider", "") not in names:
            landing.refused.append(f"{names[0]} {delivery}: belongs to another partner")
            return
        if isinstance(start, date) and isinstance(written, datetime):
            month, created = start.replace(day=1), written
    if month is None:
        landing.refused.append(f"{names[0]} {delivery}: no reporting period")
        return
    for table, rows in tables.items():
        if not terms.owes(names[0], table, month):
            landing.refused.append(f"{names[0]} {delivery}: {table} is not expected")
            continue
        held = landing.submissions.get((names[0], table, month))
        if held is None or held.created <= created:
            good, reasons = validate(known[table], rows, month)
            if not good and (rows or not known[table].get("may_be_empty")):
                landing.refused.append(f"{names[0]} {delivery}: {table} has no row that holds")
                continue
            landing.submissions[names[0], table, month] = Submission(
                names[0], table, month, created, len(rows), good, reasons
            )


def validate(
    contract: Row, rows: list[dict[str, str]], month: date
) -> tuple[list[Row], Counter[str]]:
    """The rows that hold, typed; and how many rows each rule held back.

    Of the rows with one key the first that holds is kept.
    """
    good: list[Row] = []
    held_back: Counter[str] = Counter()
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        broken: set[str] = set()
        typed: Row = {}
        for column in contract["columns"]:
            name, text = column["name"], row.get(column["name"], "")
            if not text:
                typed[name] = None
                if column.get("required") == "mandatory":
                    broken.add(f"{name} is blank")
                continue
            typed[name] = _value(column.get("type", "text"), text)
            if typed[name] is None:
                broken.add(f"{name} is not a {column['type']}")
        broken |= {r["id"] for r in contract.get("rules", ()) if _breaks(r, typed, month)}
        key = tuple(typed[name] for name in contract.get("key", ()))
        if key and key in seen and not broken:
            broken.add("duplicate key")
        if not broken:
            seen.add(key)
        held_back.update(broken)
        if not broken:
            good.append(typed)
    return good, held_back


def _breaks(rule: Row, row: Row, month: date) -> bool:
    value, last_day = row[rule["column"]], month_end(month)
    if value is None:
        return False
    if rule["kind"] == "not_before":
        other = row[rule["other"]]
        return other is not None and value < other
    if rule["kind"] == "not_after_period":
        return bool(value > last_day)
    if rule["kind"] == "in_period":
        return not month <= value <= last_day
    raise ValueError(f"unknown kind of rule: {rule['kind']}")


def _value(kind: str, text: str) -> Any:
    """The value of a text that is not blank; None when it is not of that kind."""
    try:
        if kind == "date":
            return _date(text)
        if kind == "datetime":
            return datetime.fromisoformat(text).replace(tzinfo=None)
        if kind == "time":
            return time.fromisoformat(text) if re.fullmatch(r"\d\d:\d\d(:\d\d)?", text) else None
        if kind == "integer":
            return int(text) if re.fullmatch(r"[+-]?\d+", text) else None
    except ValueError:
        return None
    if kind == "nhs_number":
        digits = re.sub(r"[ -]", "", text)
        return digits if re.fullmatch(r"[0-9]{10}", digits) else None
    return text


def _date(text: str) -> date | None:
    """ISO, a midnight behind it allowed, or dd/mm/yyyy; within living memory."""
    text = re.sub(r"[ T]00:00(:00(\.000)?)?$", "", text)
    if re.fullmatch(r"\d{2}/\d{2}/\d{4}", text):
        day = datetime.strptime(text, "%d/%m/%Y").date()
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        day = date.fromisoformat(text)
    else:
        return None
    return day if 1900 <= day.year < 2100 else None


def _rows_by_column(contract: Row, content: bytes) -> list[dict[str, str]] | None:
    """Rows with the contract's names for headings; None when a mandatory column is missing."""
    reader = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    headings = {}
    for column in contract["columns"]:
        spellings = (column["name"], column["national"], column.get("dictionary") or "")
        for spelling in (*spellings, *column.get("aliases", ())):
            headings[_fold(spelling)] = column["name"]
    names = [headings.get(_fold(heading)) for heading in next(reader, [])]
    mandatory = {c["name"] for c in contract["columns"] if c.get("required") == "mandatory"}
    if not mandatory <= set(names):
        return None
    return [
        {n: cell.strip() for n, cell in zip(names, cells, strict=False) if n is not None}
        for cells in reader
        if cells
    ]


def _is_named(file: str, table: str, national: str) -> bool:
    folded = _fold(Path(file).stem)
    return folded.startswith((_fold(national), _fold(table)))


def _is_of_no_use_here(file: str) -> bool:
    """Whether a file is a table this measure does not need."""
    return any(_is_named(file, *names) for names in _all_tables(CONTRACTS))


@cache
def _all_tables(folder: Path) -> tuple[tuple[str, str], ...]:
    contents = [
        yaml.safe_load(path.read_text(encoding="utf-8")) for path in folder.glob("*/*.yaml")
    ]
    return tuple((c["table"], c["national"]) for c in contents if "table" in c)


def _month_in(text: str) -> date | None:
    found = re.search(r"(\d{4})-(0[1-9]|1[0-2])(?!\d)", text)
    return date(int(found[1]), int(found[2]), 1) if found else None


def _fold(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


@cache
def read_contract(folder: Path, table: str) -> Row:
    """One contract as plain data."""
    path = next(folder.glob(f"*/{table}.yaml"))
    content: Row = yaml.safe_load(path.read_text(encoding="utf-8"))
    for earlier in content.get("differences", ()):
        for column in content["columns"]:
            other = earlier.get("changed", {}).get(column["name"], {}).get("national")
            if other:
                column["aliases"] = [*column.get("aliases", ()), other]
    return content
