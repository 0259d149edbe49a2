"""All partners' extracts of all months, and what each file holds."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb

from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import Window, as_date
from orchestration.synthetic.deliveries import Delivery, Style, plan_deliveries, style_of
from orchestration.synthetic.faults import UNKNOWN_CODE, make_faults
from orchestration.synthetic.options import Options
from orchestration.synthetic.sheets import (
    Sheet,
    csds_sheets,
    make_sources,
    person_index_sheet,
    prepare,
)
from orchestration.synthetic.writing import Packer, copy_sheet, write_header

WORK_FOLDER = ".packing"


@dataclass
class Extracts:
    """Writes month by month, as the partners would. `files` lists what was written."""

    con: duckdb.DuckDBPyConnection
    options: Options
    alliance: Alliance
    window: Window
    packer: Packer = field(default_factory=Packer)
    files: list[dict[str, Any]] = field(default_factory=list)

    def write(self) -> list[dict[str, Any]]:
        """Every file of the run; one entry a table, with its rows and what is wrong with them."""
        make_sources(self.con, self.alliance)
        sheets = {p: self._sheets(p) for p in self.alliance.partners}
        faults = self._make_faults(sheets)
        partners, seed = self.alliance.partners, self.options.seed
        monthly = plan_deliveries(partners, self.window, seed, "monthly")
        apart = plan_deliveries(partners, self.window, seed, "apart")
        for month in range(len(self.window.months)):
            for partner in partners:
                style = style_of(partner)
                for sheet_set, delivery in _deliveries(
                    sheets[partner], style, monthly[partner, month], apart[partner, month]
                ):
                    self._deliver(sheet_set, style, delivery, faults)
        self.packer.finish()
        shutil.rmtree(self.options.out / WORK_FOLDER, ignore_errors=True)
        return self.files

    def _sheets(self, partner: str) -> list[Sheet]:
        csds = csds_sheets(self.alliance, partner) if partner in self.alliance.senders else []
        return [
            # a contact is sent once: preparing its text would only cost memory
            sheet
            if sheet.table == "cyp201"
            else prepare(self.con, sheet, style_of(partner), _table("ready", partner, sheet.table))
            for sheet in (*csds, person_index_sheet(self.alliance, partner))
        ]

    def _make_faults(
        self, sheets: dict[str, list[Sheet]]
    ) -> dict[tuple[str, str], dict[int, dict[str, int]]]:
        if self.options.faults == 0:
            return {}
        return {
            (partner, sheet.table): make_faults(
                self.con,
                _table("fault", partner, sheet.table),
                sheet,
                style_of(partner),
                partner,
                self.options.faults,
                self.options.seed,
            )
            for partner, own in sheets.items()
            for sheet in own
        }

    def _deliver(
        self,
        sheets: list[Sheet],
        style: Style,
        delivery: Delivery,
        faults: dict[tuple[str, str], dict[int, dict[str, int]]],
    ) -> None:
        out, partner, month = self.options.out, delivery.partner, delivery.month
        label = f"{self.window.months[month]:%Y-%m}"
        has_csds = any(s.standard == "csds" for s in sheets)
        zipped = out / partner / f"csds_{label}.zip" if style.is_zipped and has_csds else None
        if zipped:
            folder = out / WORK_FOLDER / partner / label
        else:
            folder = out / partner if style.is_zipped else out / partner / label
        folder.mkdir(parents=True, exist_ok=True)
        (out / partner).mkdir(exist_ok=True)
        written = []
        if has_csds:
            path = folder / "CYP000Header.csv"
            write_header(path, style, delivery, self.window)
            written.append(path)
            self._note("csds", "cyp000", delivery, zipped or path, 1, {})
        end = f"DATE '{as_date(int(self.window.ends[month]))}'"
        for sheet in sheets:
            name = sheet.contract.national if sheet.standard == "csds" else sheet.table
            if sheet.standard != "csds" and style.is_zipped:
                name = f"{name}_{label}"
            path = folder / f"{name}.csv"
            bad = faults.get((partner, sheet.table), {}).get(month, {})
            table = _table("fault", partner, sheet.table) if bad else None
            rows = copy_sheet(self.con, sheet, style, month, end, table, path)
            written.append(path)
            self._note(sheet.standard, sheet.table, delivery, zipped or path, rows, bad)
        if zipped:
            self.packer.pack(folder, zipped, delivery)
        else:
            for path in written:
                delivery.stamp(path)

    def _note(
        self,
        standard: str,
        table: str,
        delivery: Delivery,
        path: Path,
        rows: int,
        bad: dict[str, int],
    ) -> None:
        end = as_date(int(self.window.ends[delivery.month]))
        self.files.append({
            "partner": delivery.partner,
            "standard": standard,
            "table": table,
            "period": f"{self.window.months[delivery.month]:%Y-%m}",
            "path": path.relative_to(self.options.out).as_posix(),
            "rows": rows,
            "quarantined": {rule: n for rule, n in bad.items() if rule != UNKNOWN_CODE},
            "warnings": {rule: n for rule, n in bad.items() if rule == UNKNOWN_CODE},
            "received_at": delivery.received_at.isoformat(),
            "created_at": delivery.created_at.isoformat(),
            "days_after_period_end": (delivery.received_at.date() - end) // timedelta(days=1),
        })  # fmt: skip


def _deliveries(
    sheets: list[Sheet], style: Style, monthly: Delivery, apart: Delivery
) -> list[tuple[list[Sheet], Delivery]]:
    """A folder arrives whole; a partner that zips its CSDS sends the person index by itself."""
    csds = [s for s in sheets if s.standard == "csds"]
    other = [s for s in sheets if s.standard != "csds"]
    if style.is_zipped and csds:
        return [(csds, monthly), (other, apart)]
    return [(sheets, monthly)]


def _table(kind: str, partner: str, table: str) -> str:
    return f"{kind}_{partner.lower()}_{table}"
