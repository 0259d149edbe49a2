"""Returns: who sent what when, what is late, missing or rejected, what was sent again."""

from __future__ import annotations

import streamlit as st

from dashboards.components.card import Card, show_card
from dashboards.components.filters import EVERY, choose
from dashboards.components.frame import PageFrame
from dashboards.components.returns.calendar import calendar_table
from dashboards.components.returns.lists import (
    files_card,
    problems_card,
    rows_card,
    versions_card,
    yearly_card,
)
from dashboards.findings.names import Names
from dashboards.findings.returns import Period, headline, periods
from dashboards.published import queries
from dashboards.published.operations import received_files
from dashboards.published.snapshot import Source
from dashboards.visit import current_visit
from dashboards.words import is_yearly

BY_RETURN, BY_TABLE = "By return", "By table"
NEWEST_FILES = 20

visit = current_visit()
names = Names(queries.parties(visit.scope, visit.snapshot))
operations = visit.operations()
source: Source = visit.snapshot
if operations is not None and operations.has_calendar:
    source = operations
states = queries.return_states(visit.scope, source)
frame = PageFrame(visit, "Returns", states, names)


def draw(period: Period, partner: str, rows: str) -> None:
    """The calendar and its lists for one period."""
    found = [
        row
        for row in queries.submissions(visit.scope, source, period.first, period.last)
        if not is_yearly(row.standard)
    ]
    if partner != EVERY:
        found = [row for row in found if names.short(row.partner_code) == partner]
    if not found:
        st.markdown("No return matches these filters.")
        return
    show_card(
        visit,
        Card(
            key="calendar",
            title="Who sent what, when",
            subtitle="A return is as good as its worst table; days are calendar days after it was "
            "due",
            table=calendar_table(
                found, names, f"Returns, {period.label.lower()}", by_table=rows == BY_TABLE
            ),
        ),
    )
    show_card(visit, problems_card(found, names))
    yearly = [
        state
        for state in states
        if is_yearly(state.standard) and partner in (EVERY, names.short(state.partner_code))
    ]
    if yearly:
        show_card(visit, yearly_card(yearly, names))
    left, right = st.columns(2)
    with left:
        show_card(visit, rows_card(found, names, rounded=visit.is_board))
    with right:
        show_card(visit, versions_card(found, names))
    if operations is not None and operations.has_files:
        show_card(visit, files_card(received_files(visit.scope, operations, NEWEST_FILES), names))


def partners_in_scope() -> list[str]:
    """Short names of the partners that owe a return and that this reader may see."""
    seen = visit.scope.providers
    codes = {s.partner_code for s in states if seen is None or s.partner_code in seen}
    ordered = sorted(codes, key=lambda code: names.position("provider", code))
    return [names.short(code) for code in ordered]


shown = None if visit.scope.providers is None else frozenset(visit.scope.providers)
frame.headline(headline(states, names, shown))
monthly = [state for state in states if not is_yearly(state.standard)]
choices = {period.label: period for period in periods(monthly)}
if choices:
    slots = st.columns([2, 2, 2, 3])
    with slots[0]:
        chosen = choose("Period", list(choices), "period")
    with slots[1]:
        who = choose("Partner", [EVERY, *partners_in_scope()], "partner")
    with slots[2]:
        detail = choose("Rows", [BY_RETURN, BY_TABLE], "rows")
    draw(choices[chosen], who, detail)
frame.about(
    [
        ("On time and late", "A return is due a number of days after its month ends, agreed with "
         "each partner. It is late when it comes after that day."),
        ("Missing", "Due, and nothing has come that can be used. Figures that need it are not "
         "assessed; they are never shown as zero."),
        ("Rejected", "A whole file could not be used, for the reason given. The version before it "
         "stays in use."),
        ("Sent again", "A later version replaced an earlier one. Figures it changes are listed as "
         "revisions."),
        ("Not expected", "No agreement asks for this table in this month."),
    ]
)  # fmt: skip
