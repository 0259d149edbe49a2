"""All partners' extracts of all months and years, and what each file holds."""

from __future__ import annotations

import shutil
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.contracts.model import Contract, shipped_catalogue
from orchestration.synthetic.alliance import ACTIVITY, Alliance
from orchestration.synthetic.calendar_days import Window, as_date
from orchestration.synthetic.deliveries import Delivery, Style, plan_deliveries, style_of
from orchestration.synthetic.faults import UNKNOWN_CODE, make_faults
from orchestration.synthetic.feeds.stage import Stage
from orchestration.synthetic.feeds.themes import make_themes, monthly_sheets
from orchestration.synthetic.options import Options, random_stream
from orchestration.synthetic.sheets import Sheet, make_sources, prepare
from orchestration.synthetic.workbooks import write_workbook
from orchestration.synthetic.writing import (
    HEADERS,
    Packer,
    copy_sheet,
    headings,
    texts,
    write_header,
    write_text,
)
from orchestration.synthetic.yearly import Yearly

WORK_FOLDER = ".packing"
SMALL = 20_000
"""Up to this many children a table's months are made in one statement, and written at once."""
LARGE_TABLES = {
    "cyp001", "cyp002", "cyp004", "cyp005", "cyp101", "cyp102", "cyp104", "cyp201", "cyp202",
    "cyp607", "cyp609", "cyp612", "person_index", "goal", "goal_rating", "care_plan_participant",
}  # fmt: skip
REPEATED_TABLES = {"cyp001", "cyp002", "cyp101", "cyp102", "person_index"}
"""Large and sent many months running: their text is prepared once."""
MONTHS_AT_ONCE = 3
IN_WORKBOOK = ("fft_response", "confidence_response")
WORKBOOK = "voices"
OVERSTATED = 7

Faults = dict[tuple[str, str], dict[int, dict[str, int]]]


@dataclass
class Extracts:
    """Writes the months as the partners would. `files` lists what was written, a table an entry."""

    con: duckdb.DuckDBPyConnection
    options: Options
    alliance: Alliance
    window: Window
    packer: Packer = field(default_factory=Packer)
    files: list[dict[str, Any]] = field(default_factory=list)
    misdeclared: list[dict[str, Any]] = field(default_factory=list)

    def write(self) -> list[dict[str, Any]]:
        """Every file of the run; one entry a table, with its rows and what is wrong with them."""
        make_sources(self.con, self.alliance)
        stage = Stage(self.alliance, self.window, self.options.seed)
        make_themes(self.con, stage)
        sheets = {p: self._sheets(stage, p) for p in self.alliance.partners}
        faults = self._make_faults(sheets)
        partners, seed = self.alliance.partners, self.options.seed
        monthly = plan_deliveries(partners, self.window, seed, "monthly")
        apart = plan_deliveries(partners, self.window, seed, "apart")
        mistake = self._mistake()
        for months in self._months():
            for partner in partners:
                parcel = Parcel(self, partner, months, monthly, apart)
                parcel.write(sheets[partner], faults)
                parcel.finish(mistake)
        Yearly(self.con, stage, self.options.out, self.note).write()
        self.packer.finish()
        shutil.rmtree(self.options.out / WORK_FOLDER, ignore_errors=True)
        return self.files

    def is_large(self, sheet: Sheet) -> bool:
        """Whether a month of the table is better streamed by itself."""
        return self.options.children > SMALL and sheet.table in LARGE_TABLES

    def note(
        self,
        contract: Contract,
        delivery: Delivery,
        path: Path,
        rows: int,
        bad: dict[str, int],
        period: tuple[date, date] | None = None,
    ) -> None:
        """Enter a table of a file. A table with no good row is refused, unless it may be empty."""
        month = delivery.month
        start, end = period or (self.window.months[month], as_date(int(self.window.ends[month])))
        quarantined = {rule: n for rule, n in bad.items() if rule != UNKNOWN_CODE}
        is_empty = rows == sum(quarantined.values())
        self.files.append({
            "partner": delivery.partner,
            "standard": contract.standard,
            "table": contract.table,
            "period": f"{start:%Y-%m}",
            "path": path.relative_to(self.options.out).as_posix(),
            "rows": rows,
            "quarantined": quarantined,
            "warnings": {rule: n for rule, n in bad.items() if rule == UNKNOWN_CODE},
            "is_refused": is_empty and not (rows == 0 and contract.may_be_empty),
            "received_at": delivery.received_at.isoformat(),
            "created_at": delivery.created_at.isoformat(),
            "days_after_period_end": (delivery.received_at.date() - end) // timedelta(days=1),
        })  # fmt: skip

    def _months(self) -> Iterator[tuple[int, int]]:
        count = len(self.window.months)
        step = count if self.options.children <= SMALL else MONTHS_AT_ONCE
        for first in range(0, count, step):
            yield first, min(first + step, count) - 1

    def _sheets(self, stage: Stage, partner: str) -> list[Sheet]:
        style = style_of(partner)
        return [
            prepare(self.con, sheet, style, _table("ready", partner, sheet))
            if sheet.table in REPEATED_TABLES
            else sheet
            for sheet in monthly_sheets(stage, partner)
            if self.alliance.owes(partner, sheet.standard, sheet.table)
        ]

    def _make_faults(self, sheets: dict[str, list[Sheet]]) -> Faults:
        if self.options.faults == 0:
            return {}
        return {
            (partner, sheet.table): make_faults(
                self.con,
                _table("fault", partner, sheet),
                sheet,
                style_of(partner),
                partner,
                self.options.faults,
                self.options.seed,
            )
            for partner, own in sheets.items()
            for sheet in own
        }

    def _mistake(self) -> tuple[str, int] | None:
        """The partner and month that declares one total wrong."""
        if self.options.faults == 0:
            return None
        rng = random_stream(self.options.seed, "declared totals")
        senders = self.alliance.senders
        return senders[int(rng.integers(len(senders)))], int(rng.integers(len(self.window.months)))


@dataclass
class Parcel:
    """What one partner sends for some months."""

    extracts: Extracts
    partner: str
    months: tuple[int, int]
    monthly: dict[tuple[str, int], Delivery]
    apart: dict[tuple[str, int], Delivery]
    sent: dict[int, list[tuple[Contract, Path, int, dict[str, int]]]] = field(
        default_factory=lambda: defaultdict(list)
    )

    @property
    def style(self) -> Style:
        """How the partner sends."""
        return style_of(self.partner)

    def write(self, sheets: list[Sheet], faults: Faults) -> None:
        """Write every sheet of every month, headings alone where nothing happened."""
        books: dict[int, list[tuple[str, list[str], str]]] = defaultdict(list)
        for sheet in sheets:
            bad = faults.get((self.partner, sheet.table), {})
            table = _table("fault", self.partner, sheet) if bad else None
            in_book = self.style.has_workbooks and sheet.table in IN_WORKBOOK
            name = WORKBOOK if in_book else _name(sheet.contract)
            if self.extracts.is_large(sheet):
                self._stream(sheet, bad, table, name)
                continue
            made = texts(self.extracts.con, sheet, self.style, self.months, table, as_cells=in_book)
            for month in range(self.months[0], self.months[1] + 1):
                rows, text = made.get(month, (0, ""))
                heading = headings(sheet, self.style, self._end(month))
                if in_book:
                    books[month].append((sheet.table, heading, text))
                    path = self._path(month, sheet.standard, name, "xlsx")
                else:
                    path = self._path(month, sheet.standard, name)
                    write_text(path, heading, text)
                self.sent[month].append((sheet.contract, path, rows, bad.get(month, {})))
        for month, book in books.items():
            path = self._path(month, "local", WORKBOOK, "xlsx")
            write_workbook(path, book, self._delivery("local", month).created_at)

    def finish(self, mistake: tuple[str, int] | None) -> None:
        """Add headers and totals, enter everything, and stamp or pack what belongs together."""
        for month in range(self.months[0], self.months[1] + 1):
            for standard in sorted({c.standard for c, *_ in self.sent[month]} & set(ACTIVITY)):
                header = shipped_catalogue().contracts[standard, HEADERS[standard]]
                path = self._path(month, standard, header.national)
                delivery = self._delivery(standard, month)
                write_header(path, standard, self.style, delivery, self.extracts.window)
                self.sent[month].insert(0, (header, path, 1, {}))
            if self.extracts.alliance.owes(self.partner, "local", "declared_total"):
                self._declare(month, mistake == (self.partner, month))
            packed: dict[Path, Delivery] = {}
            for contract, path, rows, bad in self.sent[month]:
                delivery = self._delivery(contract.standard, month)
                archive = self._archive(month, contract.standard)
                self.extracts.note(contract, delivery, archive or path, rows, bad)
                if archive:
                    packed[archive] = delivery
                else:
                    delivery.stamp(path)
            for archive, delivery in packed.items():
                self.extracts.packer.pack(self._work_folder(month), archive, delivery)

    def _stream(
        self, sheet: Sheet, bad: dict[int, dict[str, int]], table: str | None, name: str
    ) -> None:
        for month in range(self.months[0], self.months[1] + 1):
            path = self._path(month, sheet.standard, name)
            faults = table if bad.get(month) else None
            rows = copy_sheet(
                self.extracts.con, sheet, self.style, month, self._end(month), faults, path
            )
            self.sent[month].append((sheet.contract, path, rows, bad.get(month, {})))

    def _declare(self, month: int, is_mistaken: bool) -> None:
        contract = shipped_catalogue().contracts["local", "declared_total"]
        lines = []
        for place, (sent, _, rows, _) in enumerate(self.sent[month]):
            told = rows
            if is_mistaken and place == len(self.sent[month]) // 2:
                told += OVERSTATED
                self.extracts.misdeclared.append({
                    "partner": self.partner,
                    "standard": sent.standard,
                    "table": sent.table,
                    "period": f"{self.extracts.window.months[month]:%Y-%m}",
                    "rows": rows,
                    "declared": told,
                })  # fmt: skip
            lines.append(f"{sent.standard},{sent.table},{told}")
        path = self._path(month, "local", contract.table)
        mark = "\ufeff" if self.style.has_byte_order_mark else ""
        heading = [self.style.heading(c) for c in contract.columns]
        write_text(path, [mark + heading[0], *heading[1:]], "\n".join(lines))
        self.sent[month].append((contract, path, len(lines), {}))

    def _is_packed(self, standard: str) -> bool:
        if self.style.packing == "activity zipped":
            return standard in ACTIVITY
        return self.style.packing == "zipped"

    def _delivery(self, standard: str, month: int) -> Delivery:
        # a partner that zips its activity sends the rest by itself
        is_apart = self.style.packing == "activity zipped" and standard not in ACTIVITY
        return (self.apart if is_apart else self.monthly)[self.partner, month]

    def _label(self, month: int) -> str:
        return f"{self.extracts.window.months[month]:%Y-%m}"

    def _end(self, month: int) -> date:
        return as_date(int(self.extracts.window.ends[month]))

    def _work_folder(self, month: int) -> Path:
        return self.extracts.options.out / WORK_FOLDER / self.partner / self._label(month)

    def _archive(self, month: int, standard: str) -> Path | None:
        if not self._is_packed(standard):
            return None
        what = standard if self.style.packing == "activity zipped" else self.partner
        return self.extracts.options.out / self.partner / f"{what}_{self._label(month)}.zip"

    def _path(self, month: int, standard: str, name: str, suffix: str = "csv") -> Path:
        folder = self.extracts.options.out / self.partner
        label = self._label(month)
        if self._is_packed(standard):
            path = self._work_folder(month) / f"{name}.{suffix}"
            folder.mkdir(parents=True, exist_ok=True)
        elif self.style.packing == "folder":
            path = folder / label / f"{name}.{suffix}"
        else:
            path = folder / f"{name}_{label}.{suffix}"
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def _name(contract: Contract) -> str:
    return contract.national if contract.standard in ACTIVITY else contract.table


def _table(kind: str, partner: str, sheet: Sheet) -> str:
    return f"{kind}_{partner.lower()}_{sheet.table}"
