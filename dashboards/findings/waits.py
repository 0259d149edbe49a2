"""Waiting lists: bands in order, and what they say."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence

from dashboards.findings.figures import count_text, days_text
from dashboards.findings.text import long_day
from dashboards.published.rows import WaitFigure
from dashboards.words import band


def bands(figures: Sequence[WaitFigure]) -> list[WaitFigure]:
    """The bands, shortest wait first."""
    return sorted((f for f in figures if f.kind == "band"), key=lambda figure: figure.band_order)


def summary(figures: Sequence[WaitFigure], kind: str) -> WaitFigure | None:
    """The summary of those waiting, or of completed waits."""
    return next((figure for figure in figures if figure.kind == kind), None)


def reading(figures: Sequence[WaitFigure], *, rounded: bool) -> str:
    """One line beneath the chart: how many wait, half for how long, and the longest band in use."""
    waiting = summary(figures, "waiting")
    if waiting is None:
        return "No waiting list is kept for this service."
    if waiting.n == 0:
        return "No child was waiting."
    count = count_text(waiting.n, withheld=waiting.withheld, rounded=rounded)
    text = f"{count[:1].upper()}{count[1:]} children were waiting"
    if waiting.median_days is not None:
        text += f", half of them for {days_text(waiting.median_days, withheld=False)} or less"
    longest = [figure for figure in bands(figures) if figure.n or figure.withheld]
    if longest:
        text += f". The longest waits were in the band {band(longest[-1].band or '')}"
    return text + "."


def when(figures: Sequence[WaitFigure]) -> str:
    """The day the figures describe: the last of their month."""
    if not figures:
        return ""
    month = figures[0].month
    return long_day(month.replace(day=monthrange(month.year, month.month)[1]))
