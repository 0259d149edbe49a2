"""The calendar of returns: a row per return, a column per month, a word in every cell."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.components.html import Html, chip, safe
from dashboards.components.table import Table
from dashboards.findings.names import Names
from dashboards.findings.returns import CalendarRow, calendar, months_of
from dashboards.findings.text import short_month
from dashboards.published.rows import Submission
from dashboards.words import plain, return_status, standard


def calendar_table(
    submissions: Sequence[Submission], names: Names, caption: str, *, by_table: bool
) -> Table:
    """Who sent what when. Partners stand in contract order."""
    months = months_of(submissions)
    rows = sorted(
        calendar(submissions, by_table=by_table),
        key=lambda row: (
            names.position("provider", row.partner_code),
            row.standard,
            row.table_name,
        ),
    )
    return Table(
        caption=caption,
        columns=("Partner and return", *(short_month(month) for month in months)),
        rows=[
            (
                _header(row, names),
                *(
                    chip(return_status(row.cells[month].status), row.cells[month].note)
                    if month in row.cells
                    else chip(return_status("not_expected"))
                    for month in months
                ),
            )
            for row in rows
        ],
        css="calendar",
        row_css=["group" if by_table and not row.table_name else "" for row in rows],
        sheet_columns=_SHEET,
        sheet=_sheet(submissions),
    )


def _header(row: CalendarRow, names: Names) -> Html:
    if row.table_name:
        return Html(f"<small>{safe(row.table_name.upper())}</small>")
    what = standard(row.standard)
    return Html(
        f"{safe(names.short(row.partner_code))}<small>{safe(what[:1].upper() + what[1:])}</small>"
    )


_SHEET = (
    "partner", "standard", "table", "period", "due_on", "received_on",
    "days_late", "status", "versions", "rows", "quarantined", "reason", "why_empty",
)  # fmt: skip


def _sheet(submissions: Sequence[Submission]) -> list[tuple[object, ...]]:
    return [
        (
            row.partner_code,
            row.standard,
            row.table_name,
            row.period.isoformat(),
            row.due_on.isoformat() if row.due_on else "",
            row.received_on.isoformat() if row.received_on else "",
            row.days_late,
            return_status(row.status).text,
            row.versions,
            row.rows,
            row.quarantined,
            plain(row.reason) if row.reason else "",
            "fewer than 8" if row.withheld else "",
        )
        for row in submissions
    ]
