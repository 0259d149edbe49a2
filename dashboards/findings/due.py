"""When a result that is waiting for a return may be expected: "Late: due 21 Oct", "Due 21 Jan"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from dashboards.findings.stamp import NOT_IN
from dashboards.findings.text import short_day
from dashboards.published.rows import KpiResult, ReturnState


def due_on(
    result: KpiResult, states: Sequence[ReturnState], waiting: frozenset[str] = frozenset()
) -> date | None:
    """The day the return a result waits for was, or is, due; None when no return explains it.

    `waiting` are the providers the partnership's result waits for: other partners' returns do not
    hold it up.
    """
    whose = {result.provider_code} if result.provider_code else waiting
    own = [
        state
        for state in states
        if state.due_on is not None
        and result.quarter_start <= state.period <= result.quarter_end
        and state.partner_code in whose
    ]
    if result.status == "not_assessed":
        return min((s.due_on for s in own if s.due_on and s.status in NOT_IN), default=None)
    if result.status == "not_due":
        return max((s.due_on for s in own if s.due_on and s.status == "not_due"), default=None)
    return None


def due_words(
    result: KpiResult, states: Sequence[ReturnState], waiting: frozenset[str] = frozenset()
) -> str:
    """What a cell says about its missing return; empty where nothing is awaited."""
    day = due_on(result, states, waiting)
    if day is None:
        return ""
    return f"Due {short_day(day)}" if result.status == "not_due" else f"Late: due {short_day(day)}"
