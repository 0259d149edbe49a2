"""The council's yearly returns, each received some weeks after its year, each in its own form."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import duckdb

from orchestration.contracts.model import Contract, PeriodKind, shipped_catalogue
from orchestration.contracts.periods import Period, periods_between
from orchestration.synthetic.calendar_days import as_date
from orchestration.synthetic.deliveries import Delivery, style_of
from orchestration.synthetic.feeds.census import census_message
from orchestration.synthetic.feeds.education import education_sheets
from orchestration.synthetic.feeds.looked_after import looked_after_sheets
from orchestration.synthetic.feeds.social_care import council_of
from orchestration.synthetic.feeds.stage import Stage
from orchestration.synthetic.options import random_stream
from orchestration.synthetic.sheets import Sheet
from orchestration.synthetic.workbooks import write_workbook
from orchestration.synthetic.writing import headings, text_of_year, write_text

SHEETS = {"ssda903": looked_after_sheets, "sen2": education_sheets}

Note = Callable[[Contract, Delivery, Path, int, dict[str, int], tuple[date, date]], None]


@dataclass(frozen=True)
class Yearly:
    """Writes every yearly return whose year ends within the run; `note` enters what was written."""

    con: duckdb.DuckDBPyConnection
    stage: Stage
    out: Path
    note: Note

    def write(self) -> None:
        """Write all of them."""
        partner = council_of(self.stage)
        if partner is None:
            return
        for standard in ("cin", "ssda903", "sen2"):
            years = list(self._years(partner, standard))
            for period in years:
                year = _name_of(standard, period)
                folder = self.out / partner / f"{standard}_{year}"
                folder.mkdir(parents=True)
                delivery = self._delivery(partner, standard, period)
                if standard == "cin":
                    self._write_census(folder / f"CIN_{year}.xml", delivery, period)
                elif standard == "sen2" and period == years[-1]:
                    # the newest came as a workbook, those before as a file a module
                    self._write_book(folder / f"SEN2_{year}.xlsx", delivery, period)
                else:
                    self._write_files(folder, standard, delivery, period)

    def _years(self, partner: str, standard: str) -> Iterator[Period]:
        kind = shipped_catalogue().standards[standard].period
        window = self.stage.window
        before = as_date(window.last_day) + timedelta(days=1)
        for period in periods_between(kind, window.months[0], before):
            if any(
                self.stage.alliance.owes(partner, standard, c.table, period.start)
                for c in shipped_catalogue().tables(standard)
            ):
                yield period

    def _delivery(self, partner: str, standard: str, period: Period) -> Delivery:
        """Received before the day it is due, on a weekday."""
        due = min(
            r.due_days_after_period_end
            for r in self.stage.alliance.returns
            if (r.partner_code, r.standard) == (partner, standard)
        )
        rng = random_stream(self.stage.seed, f"deliveries {standard} {period.end}")
        day = period.end + timedelta(days=int(due - rng.integers(3, max(due // 3, 4))))
        day -= timedelta(days=max(day.weekday() - 4, 0))
        received = datetime.combine(day, time(9), UTC) + timedelta(
            seconds=int(rng.integers(28_800))
        )
        created = received - timedelta(seconds=int(rng.integers(7_200, 100_000)))
        return Delivery(partner, -1, received, created)

    def _sheets(self, standard: str, partner: str, period: Period) -> list[Sheet]:
        return [
            sheet
            for sheet in SHEETS[standard](self.stage, partner, period.start, period.end)
            if self.stage.alliance.owes(partner, standard, sheet.table, period.start)
        ]

    def _write_census(self, path: Path, delivery: Delivery, period: Period) -> None:
        text, rows = census_message(
            self.con, self.stage, delivery.partner, period.end, delivery.created_at
        )
        path.write_text(text, encoding="utf-8", newline="")
        delivery.stamp(path)
        for table, count in rows.items():
            contract = shipped_catalogue().contracts["cin", table]
            self.note(contract, delivery, path, count, {}, (period.start, period.end))

    def _write_book(self, path: Path, delivery: Delivery, period: Period) -> None:
        style = style_of(delivery.partner)
        book = []
        for sheet in self._sheets("sen2", delivery.partner, period):
            rows, text = text_of_year(self.con, sheet, style, as_cells=True)
            book.append((sheet.table, headings(sheet, style, period.end), text))
            self.note(sheet.contract, delivery, path, rows, {}, (period.start, period.end))
        write_workbook(path, book, delivery.created_at)
        delivery.stamp(path)

    def _write_files(self, folder: Path, standard: str, delivery: Delivery, period: Period) -> None:
        style = style_of(delivery.partner)
        name = f"{standard.upper()}_{_name_of(standard, period)}"
        for sheet in self._sheets(standard, delivery.partner, period):
            rows, text = text_of_year(self.con, sheet, style, as_cells=False)
            path = folder / f"{name}_{sheet.table}.csv"
            write_text(path, headings(sheet, style, period.end), text)
            delivery.stamp(path)
            self.note(sheet.contract, delivery, path, rows, {}, (period.start, period.end))


def _name_of(standard: str, period: Period) -> int:
    """The year a return is made for: the one it ends in, or the one after its calendar year."""
    kind = shipped_catalogue().standards[standard].period
    return period.end.year + (kind is PeriodKind.CALENDAR_YEAR)
