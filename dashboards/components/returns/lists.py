"""Lists beside the calendar: what is wrong, what was sent again, how many rows, what came last."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.components.card import Card
from dashboards.components.html import chip
from dashboards.components.table import Table
from dashboards.findings.figures import count_text
from dashboards.findings.names import Names
from dashboards.findings.returns import problems
from dashboards.findings.text import long_day, moment, month_name
from dashboards.published.rows import ReceivedFile, Submission
from dashboards.words import file_status, plain, return_status, standard

ROWS_SHOWN = 40
"""A longer list is in the export; on a page nobody reads it."""


def problems_card(submissions: Sequence[Submission], names: Names) -> Card:
    """Late, missing and rejected tables, newest period first."""
    found = problems(submissions)
    rows = [
        (
            f"{names.short(row.partner_code)} {standard(row.standard)}",
            row.table_name.upper(),
            month_name(row.period),
            chip(return_status(row.status)),
            long_day(row.due_on) if row.due_on else "",
            long_day(row.received_on) if row.received_on else "Not received",
            "" if row.days_late is None else f"{row.days_late}",
            plain(row.reason) if row.reason else "",
        )
        for row in found[:ROWS_SHOWN]
    ]
    more = f" The first {ROWS_SHOWN} of {len(found)} are shown." if len(found) > ROWS_SHOWN else ""
    return Card(
        key="problems",
        title="Late, missing and rejected",
        subtitle=f"Tables of the months above, newest first.{more}",
        table=Table(
            caption="Late, missing and rejected tables",
            columns=(
                "Return", "Table", "Period", "Status", "Due", "Received", "Days late", "Reason",
            ),
            numeric=frozenset({"Days late"}),
            rows=rows or [("Nothing is late, missing or rejected", *[""] * 7)],
        ),
    )  # fmt: skip


def versions_card(submissions: Sequence[Submission], names: Names) -> Card:
    """What was sent more than once."""
    again = [row for row in submissions if (row.versions or 0) > 1]
    return Card(
        key="versions",
        title="Sent again",
        subtitle="The newest version counts; earlier ones are kept",
        table=Table(
            caption="Tables sent more than once",
            columns=("Return", "Table", "Period", "Versions", "Last received"),
            numeric=frozenset({"Versions"}),
            rows=[
                (
                    f"{names.short(row.partner_code)} {standard(row.standard)}",
                    row.table_name.upper(),
                    month_name(row.period),
                    f"{row.versions}",
                    long_day(row.received_on) if row.received_on else "",
                )
                for row in again[:ROWS_SHOWN]
            ]
            or [("Nothing was sent again", "", "", "", "")],
        ),
    )


def rows_card(submissions: Sequence[Submission], names: Names, *, rounded: bool) -> Card:
    """Rows loaded and held back, for the newest period anything came for."""
    came = [row for row in submissions if row.rows is not None or row.withheld]
    newest = max((row.period for row in came), default=None)
    shown = [row for row in came if row.period == newest]
    return Card(
        key="rows",
        title="Rows loaded and held back",
        subtitle=f"Newest period: {month_name(newest)}" if newest else "Nothing has come yet",
        table=Table(
            caption="Rows loaded and held back" + (f", {month_name(newest)}" if newest else ""),
            columns=("Return", "Table", "Rows loaded", "Held back"),
            numeric=frozenset({"Rows loaded", "Held back"}),
            rows=[
                (
                    f"{names.short(row.partner_code)} {standard(row.standard)}",
                    row.table_name.upper(),
                    count_text(row.rows, withheld=row.withheld, rounded=rounded),
                    count_text(row.quarantined, withheld=row.withheld, rounded=rounded),
                )
                for row in shown
            ]
            or [("No rows yet", "", "", "")],
        ),
        about="A row that breaks a rule is held back with its reasons and can be released; the "
        "rest of the file is loaded.",
    )


def files_card(files: Sequence[ReceivedFile], names: Names) -> Card:
    """The newest files, from the ledger: also those no figure contains yet."""
    return Card(
        key="files",
        title="Newest files",
        subtitle="Known after every run, also when its figures could not be published",
        table=Table(
            caption="Newest files received",
            columns=("Received", "Partner", "Table", "Period", "Status", "Rows", "Held back",
                     "Reason"),
            numeric=frozenset({"Rows", "Held back"}),
            rows=[
                (
                    moment(file.received_at),
                    names.short(file.partner_code),
                    (file.table_name or "not recognised").upper(),
                    month_name(file.period_start) if file.period_start else "",
                    chip(file_status(file.status)),
                    "" if file.rows_loaded is None else f"{file.rows_loaded:,}",
                    "" if file.rows_quarantined is None else f"{file.rows_quarantined:,}",
                    file.reason or "",
                )
                for file in files
            ]
            or [("No file yet", *[""] * 7)],
        ),
    )  # fmt: skip
