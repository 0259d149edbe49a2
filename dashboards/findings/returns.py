"""Returns: the calendar of who sent what when, and its sentences."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboards.findings.names import Names
from dashboards.findings.stamp import EXPECTED, NOT_IN, latest_returns
from dashboards.findings.text import listed, month_name, number, plural, short_month, shortest
from dashboards.published.rows import ReturnState, Submission
from dashboards.words import return_status, standard

WORST_FIRST = (
    "missing",
    "rejected",
    "late",
    "resubmitted",
    "on_time",
    "not_due",
    "not_expected",
)
PROBLEMS = frozenset({"missing", "rejected", "late"})


@dataclass(frozen=True)
class CalendarCell:
    """One return, or one table of it, for one month."""

    status: str
    note: str


@dataclass(frozen=True)
class CalendarRow:
    """A return across months; `table_name` empty for the return as a whole."""

    partner_code: str
    standard: str
    table_name: str
    cells: dict[date, CalendarCell]


def calendar(submissions: Sequence[Submission], *, by_table: bool) -> list[CalendarRow]:
    """Rows of the calendar: each return, followed by its tables when `by_table`."""
    grouped: dict[tuple[str, str], dict[str, dict[date, list[Submission]]]] = {}
    for row in submissions:
        tables = grouped.setdefault((row.partner_code, row.standard), {})
        for name in ("", row.table_name) if by_table else ("",):
            tables.setdefault(name, {}).setdefault(row.period, []).append(row)
    return [
        CalendarRow(partner, code, name, {month: _cell(rows) for month, rows in months.items()})
        for (partner, code), tables in grouped.items()
        for name, months in sorted(tables.items())
    ]


def _cell(rows: Sequence[Submission]) -> CalendarCell:
    status = min((row.status for row in rows), key=_rank)
    expected = [row for row in rows if row.status != "not_expected"]
    arrived = [row for row in expected if row.status not in {*NOT_IN, "not_due"}]
    days = max((row.days_late or 0 for row in rows), default=0)
    versions = max((row.versions or 1 for row in rows), default=1)
    note = ""
    if status in NOT_IN and arrived:
        note = f"{len(arrived)} of {len(expected)} tables in"
    elif status == "late" and days:
        note = "1 day" if days == 1 else f"{days} days"
    elif status == "resubmitted" and versions > 1:
        note = f"version {versions}"
    return CalendarCell(status, note)


def _rank(status: str) -> int:
    return WORST_FIRST.index(status) if status in WORST_FIRST else 0


def months_of(submissions: Sequence[Submission]) -> list[date]:
    """Months of the calendar, oldest first."""
    return sorted({row.period for row in submissions})


@dataclass(frozen=True)
class Gathered:
    """Tables of one return and period that fared alike, so that a list names them once."""

    first: Submission
    tables: tuple[str, ...]


def problems(submissions: Sequence[Submission]) -> list[Gathered]:
    """Tables that came late, did not come or were rejected: newest period first, worst first."""
    found = [row for row in submissions if row.status in PROBLEMS]
    found.sort(key=lambda row: (-row.period.toordinal(), _rank(row.status), row.partner_code))
    return gather(found)


def gather(submissions: Sequence[Submission]) -> list[Gathered]:
    """Tables of one return gathered where all but their names is the same; order is kept."""
    alike: dict[tuple[object, ...], list[Submission]] = {}
    for row in submissions:
        key = (row.partner_code, row.standard, row.period, row.status, row.due_on,
               row.received_on, row.days_late, row.versions, row.reason)  # fmt: skip
        alike.setdefault(key, []).append(row)
    return [Gathered(rows[0], tuple(row.table_name for row in rows)) for rows in alike.values()]


def headline(
    states: Sequence[ReturnState], names: Names, shown: frozenset[str] | None
) -> list[str]:
    """What the returns say: the latest period, then the year. `shown`: partners in scope."""
    own = [state for state in states if shown is None or state.partner_code in shown]
    latest = latest_returns(own)
    if not latest:
        return ["No returns are due yet: the first are expected after the first month ends."]
    wrong = [state for state in latest if state.status in NOT_IN]
    month = month_name(latest[0].period)
    total = len(latest)
    if wrong:
        first = f"For {month}, {number(total - len(wrong))} of {plural(total, 'return')} are in."
    else:
        first = (
            f"For {month}, the only return due is in."
            if total == 1
            else f"For {month}, all {number(total)} returns are in."
        )
    lines = [first]
    if wrong:
        lines.append(_wrong("Not in", wrong, names))
    earlier = [s for s in own if s.status in NOT_IN and s.period < latest[0].period]
    if earlier:
        return [*lines, _wrong("Still outstanding from earlier months", earlier, names)]
    months = sorted({state.period for state in own if state.status in EXPECTED})[-12:]
    year = [state for state in own if state.period in months and state.status in EXPECTED]
    if len(months) > 1:
        on_time = sum(not state.days_late and state.status not in NOT_IN for state in year)
        lines.append(
            f"In the last {number(len(months))} months, {on_time} of {len(year)} returns came "
            "on time."
        )
    return lines


def _wrong(intro: str, wrong: Sequence[ReturnState], names: Names) -> str:
    def said(state: ReturnState, *, full: bool) -> str:
        who = (
            names.full("provider", state.partner_code, state.period)
            if full
            else names.short(state.partner_code)
        )
        word = return_status(state.status).text.lower()
        days = f", {state.days_late} days late" if state.days_late > 1 else ""
        return f"{who} {standard(state.standard)}, {short_month(state.period)} ({word}{days})"

    return shortest(
        [
            f"{intro}: {listed([said(state, full=True) for state in wrong])}.",
            f"{intro}: {listed([said(state, full=False) for state in wrong])}.",
            f"{intro}: {plural(len(wrong), 'return')}, first {said(wrong[0], full=False)}.",
        ]
    )


@dataclass(frozen=True)
class Period:
    """A stretch of months a reader can choose; first and last are first days of months."""

    label: str
    first: date
    last: date


def periods(states: Sequence[ReturnState]) -> list[Period]:
    """The last 12 months anything was due or expected, then each financial year, newest first."""
    months = sorted({state.period for state in states if state.status != "not_expected"})
    if not months:
        return []
    years = sorted({month.year - (month.month < 4) for month in months}, reverse=True)
    return [
        Period("Last 12 months", months[-12:][0], months[-1]),
        *(
            Period(f"{year}-{(year + 1) % 100:02d}", date(year, 4, 1), date(year + 1, 3, 1))
            for year in years
        ),
    ]
