"""One cell of the matrix: word, value, count, a bar against the threshold, and what must be noted."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from dashboards.components.html import Html, bar, chip, dot
from dashboards.findings.figures import is_few, result_count
from dashboards.findings.text import quarter_name
from dashboards.published.rows import KpiResult
from dashboards.words import kpi_status


def result_cell(
    result: KpiResult | None, value: str, notes: Sequence[str], *, rounded: bool
) -> Html:
    """A result as HTML; the word always stands first, so colour decides nothing.

    `value` is the result's value as written; there is no bar where words stand for it.
    """
    if result is None:
        return Html("No result")
    parts = [f'<span class="chip-slot">{chip(kpi_status(result.status))}</span>']
    count = result_count(result, rounded=rounded)
    if value:
        words = "" if value[0].isdigit() else " words"
        parts.append(f'<span class="value{words}">{escape(value)}</span>')
    if count:
        few = " · few cases" if is_few(result.denominator) else ""
        parts.append(f'<span class="count">{escape(count)}{few}</span>')
    if result.value is not None and value[:1].isdigit():
        parts.append(bar(result.value, result.threshold))
    if notes:
        parts.append(f'<span class="notes">{escape(" · ".join(notes))}</span>')
    return Html(f'<div class="cics-cell">{"".join(parts)}</div>')


def history_strip(results: Sequence[KpiResult]) -> Html:
    """Statuses of quarters, oldest first, each a mark with its word and quarter."""
    dots = "".join(
        dot(
            kpi_status(result.status),
            f"{quarter_name(result.quarter)}: {kpi_status(result.status).text}",
        )
        for result in results
    )
    return Html(f'<span class="cics-strip">{dots}</span>')
