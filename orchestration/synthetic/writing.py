"""Write a delivery's files: one DuckDB COPY a file, ZIPs with fixed times, receipt times last."""

from __future__ import annotations

import csv
import shutil
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from orchestration.contracts.model import shipped_catalogue
from orchestration.synthetic.calendar_days import Window, as_date
from orchestration.synthetic.deliveries import Delivery, Style
from orchestration.synthetic.sheets import Sheet

BYTE_ORDER_MARK = "\ufeff"
COMPRESSION = 1  # these files compress well at any level, and zlib is a quarter of the work


def copy_sheet(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    style: Style,
    month: int,
    end: str,
    faults: str | None,
    path: Path,
) -> int:
    """Write one month of one sheet, its bad rows last; the number of rows written."""
    columns = sheet.contract.columns
    real = ", ".join(
        f'{sheet.text(style, c)} AS "{heading}"'
        for c, heading in zip(columns, headings(sheet, style), strict=True)
    ).format(end=end, k=month)
    query = f"""
        SELECT {real} FROM {sheet.source}
        WHERE first_month <= {month} AND last_month >= {month} AND senders & {sheet.bit} <> 0
    """
    if faults:
        names = ", ".join(c.name for c in columns)
        query += f" UNION ALL SELECT {names} FROM {faults} WHERE fault_month = {month}"
    target = str(path).replace("'", "''")
    row = con.execute(f"COPY ({query}) TO '{target}' (FORMAT csv, HEADER true)").fetchone()
    return int(row[0]) if row else 0


def headings(sheet: Sheet, style: Style) -> list[str]:
    """The file's first line; a byte order mark is part of its first heading."""
    found = [style.heading(c) for c in sheet.contract.columns]
    if style.has_byte_order_mark:
        found[0] = BYTE_ORDER_MARK + found[0]
    return found


def write_header(path: Path, style: Style, delivery: Delivery, window: Window) -> None:
    """The header table: whose extract, which month, made when."""
    contract = shipped_catalogue().contracts["csds", "cyp000"]
    day_format = "%d/%m/%Y" if style.has_british_dates else "%Y-%m-%d"
    values = {
        "version": "1.6",
        "org_id_provider": delivery.partner,
        "org_id_submitter": delivery.partner,
        "rp_start_date": window.months[delivery.month].strftime(day_format),
        "rp_end_date": as_date(int(window.ends[delivery.month])).strftime(day_format),
        "file_creation_date_time": delivery.created_at.strftime("%Y-%m-%dT%H:%M:%S"),
        "primary_system": "SystmOne",
    }
    encoding = "utf-8-sig" if style.has_byte_order_mark else "utf-8"
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([style.heading(c) for c in contract.columns])
        writer.writerow([values[c.name] for c in contract.columns])


class Packer:
    """Zips finished folders beside the writing; zlib leaves the other core to DuckDB."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1)
        self._waiting: list[Future[None]] = []

    def pack(self, folder: Path, target: Path, delivery: Delivery) -> None:
        """Zip `folder` into `target`, then remove the folder."""
        while len(self._waiting) > 1:  # a month of a large alliance is 100 MB unpacked
            self._waiting.pop(0).result()
        self._waiting.append(self._pool.submit(_zip, folder, target, delivery))

    def finish(self) -> None:
        """Wait for the last ZIP; the first error is raised."""
        for future in self._waiting:
            future.result()
        self._pool.shutdown()


def _zip(folder: Path, target: Path, delivery: Delivery) -> None:
    made: datetime = delivery.created_at.astimezone(UTC)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=COMPRESSION) as archive:
        for path in sorted(folder.iterdir()):
            member = zipfile.ZipInfo(path.name, made.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(member, "w") as sink:
                shutil.copyfileobj(source, sink, 1 << 20)
    shutil.rmtree(folder)
    delivery.stamp(target)
