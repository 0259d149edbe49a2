"""Lists beside the calendar: what is wrong, what was sent again, how many rows, what came last."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.components.card import Card
from dashboards.components.html import chip
from dashboards.components.table import Table
from dashboards.findings.figures import count_text
from dashboards.findings.names import Names
from dashboards.findings.returns import Gathered, gather, problems
from dashboards.findings.text import (
    dated_day,
    moment,
    month_name,
    plural,
    sentence,
    year_name,
)
from dashboards.published.rows import ReceivedFile, ReturnState, Submission
from dashboards.words import FEWER, file_status, plain, return_status, standard_short

NAMED_TABLES = 2
YEARS_SHOWN = 12
ROWS_SHOWN = 40
"""A longer list is in the export of the calendar; on a page nobody reads it."""


def _return(row: Submission, names: Names) -> str:
    return f"{names.short(row.partner_code)} {standard_short(row.standard)}"


def _tables(gathered: Gathered) -> str:
    """The tables by name while they are few; the calendar and its export name them all."""
    if len(gathered.tables) > NAMED_TABLES:
        return f"{len(gathered.tables)} tables"
    return ", ".join(name.replace("_", " ") for name in gathered.tables)


def problems_card(submissions: Sequence[Submission], names: Names) -> Card:
    """Late, missing and rejected returns, newest period first."""
    found = problems(submissions)
    more = f" The first {ROWS_SHOWN} of {len(found)} are shown." if len(found) > ROWS_SHOWN else ""
    columns = ("Return", "Period", "Status", "Due", "Received", "Days late", "Tables", "Reason")
    return Card(
        key="problems",
        title="Late, missing and rejected",
        subtitle=f"In the months above, newest first.{more}",
        table=Table(
            caption="Late, missing and rejected returns",
            columns=columns,
            numeric=frozenset({"Days late"}),
            rows=[
                (
                    _return(one.first, names),
                    f"{one.first.period:%b %Y}",
                    chip(return_status(one.first.status)),
                    dated_day(one.first.due_on),
                    dated_day(one.first.received_on) or "Not received",
                    "" if one.first.days_late is None else f"{one.first.days_late}",
                    _tables(one),
                    plain(one.first.reason) if one.first.reason else "",
                )
                for one in found[:ROWS_SHOWN]
            ]
            or [("Nothing is late, missing or rejected", *[""] * (len(columns) - 1))],
        ),
    )


def yearly_card(states: Sequence[ReturnState], names: Names) -> Card:
    """Returns made once a year: they stand in no month of the calendar."""
    columns = ("Return", "Year", "Status", "Due", "Received", "Tables in")
    return Card(
        key="yearly",
        title="Yearly returns",
        subtitle="Newest first",
        table=Table(
            caption="Returns made once a year",
            columns=columns,
            rows=[
                (
                    f"{names.short(state.partner_code)} {standard_short(state.standard)}",
                    year_name(state.period),
                    chip(return_status(state.status)),
                    dated_day(state.due_on),
                    dated_day(state.received_on) or "Not received",
                    f"{state.tables_in} of {state.tables}",
                )
                for state in states[:YEARS_SHOWN]
            ],
        ),
    )


def versions_card(submissions: Sequence[Submission], names: Names) -> Card:
    """What was sent more than once."""
    again = gather([row for row in submissions if (row.versions or 0) > 1])
    return Card(
        key="versions",
        title="Sent again",
        subtitle="The newest version counts; earlier ones are kept",
        table=Table(
            caption="Returns sent more than once",
            columns=("Return", "Period", "Versions", "Last received", "Tables"),
            numeric=frozenset({"Versions"}),
            rows=[
                (
                    _return(one.first, names),
                    f"{one.first.period:%b %Y}",
                    f"{one.first.versions}",
                    dated_day(one.first.received_on),
                    _tables(one),
                )
                for one in again[:ROWS_SHOWN]
            ]
            or [("Nothing was sent again", "", "", "", "")],
        ),
    )


def rows_card(submissions: Sequence[Submission], names: Names, *, rounded: bool) -> Card:
    """Rows loaded and held back, for the newest period anything came for."""
    came = [row for row in submissions if row.rows is not None or row.withheld]
    newest = max((row.period for row in came), default=None)
    shown = [row for row in came if row.period == newest]
    # withheld and absent together mean one to seven
    held = sum(bool(row.quarantined or (row.quarantined is None and row.withheld)) for row in shown)
    return Card(
        key="rows",
        title="Rows loaded and held back",
        subtitle=f"Newest period: {month_name(newest)}" if newest else "Nothing has come yet",
        reading=sentence(f"{plural(held, 'table')} had rows held back") if shown else "",
        is_folded=bool(shown),
        table=Table(
            caption="Rows loaded and held back" + (f", {month_name(newest)}" if newest else ""),
            columns=("Return", "Table", "Rows loaded", "Held back"),
            numeric=frozenset({"Rows loaded", "Held back"}),
            rows=[
                (
                    _return(row, names),
                    row.table_name.replace("_", " "),
                    count_text(row.rows, withheld=row.withheld, rounded=rounded),
                    count_text(row.quarantined, withheld=row.withheld, rounded=rounded),
                )
                for row in shown
            ]
            or [("No rows yet", "", "", "")],
            sheet_columns=("partner", "standard", "table", "period", "rows", "held_back",
                           "why_empty"),
            sheet=[
                (row.partner_code, row.standard, row.table_name, row.period.isoformat(),
                 row.rows, row.quarantined, FEWER.lower() if row.withheld else "")
                for row in shown
            ],
        ),
        about="A row that breaks a rule is held back with its reasons and can be released; the "
        "rest of the file is loaded.",
    )  # fmt: skip


def files_card(files: Sequence[ReceivedFile], names: Names) -> Card:
    """The newest files, from the ledger: also those no figure contains yet."""
    columns = ("Received", "Partner", "Table", "Period", "Status", "Rows", "Held back", "Reason")
    return Card(
        key="files",
        title="Newest files",
        subtitle="Known after every run, also when its figures could not be published",
        is_folded=bool(files),
        reading=f"Newest: {moment(files[0].received_at)}." if files else "",
        table=Table(
            caption="Newest files received",
            columns=columns,
            numeric=frozenset({"Rows", "Held back"}),
            rows=[
                (
                    moment(file.received_at),
                    names.short(file.partner_code),
                    (file.table_name or "not recognised").replace("_", " "),
                    month_name(file.period_start) if file.period_start else "",
                    chip(file_status(file.status)),
                    "" if file.rows_loaded is None else f"{file.rows_loaded:,}",
                    "" if file.rows_quarantined is None else f"{file.rows_quarantined:,}",
                    file.reason or "",
                )
                for file in files
            ]
            or [("No file yet", *[""] * (len(columns) - 1))],
        ),
    )
