"""Write a delivery's files: text made by DuckDB, ZIPs with fixed times, receipt times last."""

from __future__ import annotations

import csv
import io
import shutil
import zipfile
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from orchestration.contracts.model import ColumnGroup, shipped_catalogue
from orchestration.synthetic.calendar_days import Window, as_date
from orchestration.synthetic.deliveries import Delivery, Style
from orchestration.synthetic.sheets import Sheet
from orchestration.synthetic.workbooks import cell

BYTE_ORDER_MARK = "\ufeff"
COMPRESSION = 1  # these files compress well at any level, and zlib is a quarter of the work
HEADERS = {"csds": "cyp000", "mhsds": "mhs000"}


def copy_sheet(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    style: Style,
    month: int,
    end: date,
    faults: str | None,
    path: Path,
) -> int:
    """Write one month of one sheet, its bad rows last; the number of rows written.

    For large tables: it streams and uses every core, at some milliseconds a file.
    """
    columns = sheet.contract.columns
    real = ", ".join(
        f'{sheet.text(style, c)} AS "{heading}"'
        for c, heading in zip(columns, headings(sheet, style, end), strict=True)
    ).format(end=f"DATE '{end}'", k=month)
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


def texts(
    con: duckdb.DuckDBPyConnection,
    sheet: Sheet,
    style: Style,
    months: tuple[int, int],
    faults: str | None,
    *,
    as_cells: bool = False,
) -> dict[int, tuple[int, str]]:
    """{month: (rows, their text)} of the months from the first to the last, in one statement.

    Lines stand in order of their text, so neither threads nor plans decide. Values that may hold a
    comma or a quotation mark are quoted; `as_cells` gives rows of a workbook's sheet instead.
    """
    columns = sheet.contract.columns
    values = [sheet.text(style, c) for c in columns]
    real = line(sheet, values, style, as_cells=as_cells).format(end="end_day", k="k")
    lines = f"""
        SELECT k, {real} AS line
        FROM (
            SELECT t.*, m.k, m.last_day AS end_day FROM {sheet.source} AS t
            JOIN month AS m ON m.k BETWEEN t.first_month AND t.last_month
            WHERE m.k BETWEEN {months[0]} AND {months[1]} AND senders & {sheet.bit} <> 0
                AND t.first_month <= {months[1]} AND t.last_month >= {months[0]}
        )
    """
    if faults:
        bad = line(sheet, [f'"{c.name}"' for c in columns], style, as_cells=as_cells)
        lines += f"""
            UNION ALL SELECT fault_month, {bad} FROM {faults}
            WHERE fault_month BETWEEN {months[0]} AND {months[1]}
        """
    separator = "''" if as_cells else "chr(10)"
    found = con.execute(f"""
        SELECT k, count(*), string_agg(line, {separator} ORDER BY line) FROM ({lines}) GROUP BY k
    """).fetchall()
    return {month: (rows, text) for month, rows, text in found}


def line(sheet: Sheet, values: list[str], style: Style, *, as_cells: bool) -> str:
    """SQL of one line from SQL of its values' text: of a CSV file, or a row of a workbook's sheet."""
    columns = sheet.contract.columns
    if as_cells:
        cells = [cell(c, v, style) for c, v in zip(columns, values, strict=True)]
        return f"concat('<row>', {', '.join(cells)}, '</row>')"
    quoted = [
        f"""'"' || replace({v}, '"', '""') || '"'"""
        if c.sharing_group is ColumnGroup.FREE_TEXT
        else v
        for c, v in zip(columns, values, strict=True)
    ]
    separated = ", ',', ".join(quoted)
    return f"concat({separated})"


def text_of_year(
    con: duckdb.DuckDBPyConnection, sheet: Sheet, style: Style, *, as_cells: bool
) -> tuple[int, str]:
    """(rows, their text) of a yearly sheet, whose source holds its year alone."""
    values = [sheet.text(style, c) for c in sheet.contract.columns]
    separator = "''" if as_cells else "chr(10)"
    row = con.execute(f"""
        SELECT count(*), coalesce(string_agg(line, {separator} ORDER BY line), '')
        FROM (SELECT {line(sheet, values, style, as_cells=as_cells)} AS line FROM {sheet.source})
    """).fetchone()
    assert row is not None
    return int(row[0]), str(row[1])


def write_text(path: Path, heading: list[str], text: str) -> None:
    """Write a file of a heading and lines that are ready."""
    first = io.StringIO()
    csv.writer(first, lineterminator="\n").writerow(heading)
    ending = "\n" if text else ""
    path.write_text(first.getvalue() + text + ending, encoding="utf-8", newline="")


def headings(sheet: Sheet, style: Style, end: date) -> list[str]:
    """The file's first line; a byte order mark is part of its first heading."""
    found = [style.heading(c) for c in sheet.contract_on(end).columns]
    if style.has_byte_order_mark:
        found[0] = BYTE_ORDER_MARK + found[0]
    return found


def write_header(
    path: Path, standard: str, style: Style, delivery: Delivery, window: Window
) -> None:
    """The header table: whose extract, which month, made when."""
    end = as_date(int(window.ends[delivery.month]))
    contract = shipped_catalogue().contract_on(standard, HEADERS[standard], end)
    assert contract is not None
    day_format = "%d/%m/%Y" if style.has_british_dates else "%Y-%m-%d"
    values = {
        "version": contract.version,
        "org_id_provider": delivery.partner,
        "org_id_submitter": delivery.partner,
        "rp_start_date": window.months[delivery.month].strftime(day_format),
        "rp_end_date": end.strftime(day_format),
        "file_creation_date_time": delivery.created_at.strftime("%Y-%m-%dT%H:%M:%S"),
        "primary_system": "SystmOne" if standard == "csds" else "CareNotes",
    }
    heading = [style.heading(c) for c in contract.columns]
    if style.has_byte_order_mark:
        heading[0] = BYTE_ORDER_MARK + heading[0]
    write_text(path, heading, ",".join(values[c.name] for c in contract.columns))


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
