"""Our own export: a CSV that says what it is before its first row.

A withheld or missing value is empty, with the reason in a column of its own.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence

import streamlit as st

from dashboards.components.html import plain_text
from dashboards.components.table import Table
from dashboards.findings.text import long_day, moment
from dashboards.visit import Visit
from dashboards.words import AUDIENCES

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cover(visit: Visit, title: str) -> list[tuple[str, str]]:
    """What an export is: its subject, day, build and audience."""
    build = visit.snapshot.build
    return [
        ("Table", title),
        ("Partnership", build.partnership),
        ("Data to", long_day(build.data_to) if build.data_to else "no data yet"),
        ("Loaded", moment(build.built_at)),
        ("Build", build.build_id),
        ("Audience", AUDIENCES[visit.settings.audience]),
        ("Status", "Demonstration: made-up data" if build.is_demo else "Live: may be revised"),
    ]


def csv_text(
    cover_rows: Sequence[tuple[str, str]],
    columns: Sequence[str],
    rows: Sequence[Sequence[object]],
) -> str:
    """Cover, an empty line, the header, the rows; no cell can start a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows([[_inert(cell) for cell in row] for row in cover_rows])
    writer.writerow([])
    writer.writerow([_inert(column) for column in columns])
    writer.writerows([[_inert(cell) for cell in row] for row in rows])
    return out.getvalue()


def table_csv(visit: Visit, table: Table) -> str:
    """A table as it is exported: its sheet where it has one, else its text."""
    columns = table.sheet_columns or table.columns
    rows = table.sheet or [[plain_text(cell) for cell in row] for row in table.rows]
    return csv_text(cover(visit, table.caption), columns, rows)


def download(visit: Visit, table: Table, key: str) -> None:
    """A button that gives the table as CSV."""
    name = re.sub(r"[^a-z0-9]+", "-", table.caption.lower()).strip("-")[:60]
    st.download_button(
        "Download as CSV",
        # the mark makes spreadsheets read it as UTF-8
        data=("\ufeff" + table_csv(visit, table)).encode(),
        file_name=f"{name}-{visit.snapshot.build.build_id}.csv",
        mime="text/csv",
        key=f"download-{key}",
        on_click="ignore",
    )


def _inert(cell: object) -> object:
    """A cell a spreadsheet will not run."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return "'" + cell
    return cell
