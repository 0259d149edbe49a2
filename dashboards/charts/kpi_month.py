"""A KPI by month: line, threshold, a marker shape and word per month, gaps where there is no figure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt

from dashboards.charts.style import Picture, drawn, layered
from dashboards.findings.figures import meets
from dashboards.findings.text import month_name, short_month
from dashboards.published.rows import KpiMonth
from dashboards.theme import BLUE, GREY_LINE, INK, ORANGE
from dashboards.words import DATA_STATUS

MONTHS_SHOWN = 24


def gap_word(month: KpiMonth) -> str:
    """Why a month has no point: never zero, never joined over."""
    if month.value is not None:
        return ""
    if month.withheld:
        return "withheld"
    if month.status_of_data in {"late", "not_due"}:
        return DATA_STATUS[month.status_of_data].lower()
    return "no cases" if month.denominator == 0 else "no figure"


def kpi_month_chart(
    months: Sequence[KpiMonth], threshold: float | None, operator: str | None, name: str
) -> Picture:
    """The last two years of `months`, oldest first; `name` says what is measured and where."""
    shown = list(months)[-MONTHS_SHOWN:]
    above = "Month that meets the threshold"
    below = "Month that misses the threshold"
    neutral = "Month"
    records: list[dict[str, Any]] = []
    for month in shown:
        side = neutral
        if threshold is not None and month.value is not None:
            side = above if meets(month.value, threshold, operator) else below
        records.append(
            {
                "month": short_month(month.month),
                "value": month.value,
                "side": side,
                "gap": gap_word(month),
                "floor": 2,
                "label": "" if month.value is None else f"{month.value:.0f}%",
            }
        )
    order = [record["month"] for record in records]
    x = alt.X("month:O", sort=order, title=None, axis=alt.Axis(labelAngle=0, labelOverlap="parity"))
    scale = alt.Scale(domain=[0, 100])
    y = alt.Y("value:Q", title="Percent", scale=scale, axis=alt.Axis(tickCount=5))
    base = drawn(records)
    line = base.mark_line(color=GREY_LINE, strokeWidth=2).encode(x=x, y=y)
    sides = [above, below] if threshold is not None else [neutral]
    points = (
        base.transform_filter("datum.value !== null")
        .mark_point(filled=True, size=110, opacity=1)
        .encode(
            x=x,
            y=y,
            shape=alt.Shape(
                "side:N", scale=alt.Scale(domain=sides, range=["circle", "diamond"][: len(sides)])
            ),
            color=alt.Color(
                "side:N", scale=alt.Scale(domain=sides, range=[BLUE, ORANGE][: len(sides)])
            ),
            tooltip=[
                alt.Tooltip("month:N", title="Month"),
                alt.Tooltip("label:N", title="Result"),
                alt.Tooltip("side:N", title="Reading"),
            ],
        )
    )
    # the value is written on the latest month only: on all of them they run together
    newest = next((r["month"] for r in reversed(records) if r["value"] is not None), "")
    labels = (
        base.transform_filter(alt.FieldEqualPredicate(equal=newest, field="month"))
        .mark_text(dy=-16, fontWeight="bold")
        .encode(x=x, y=y, text="label:N")
    )
    gaps = (
        base.transform_filter("datum.gap !== ''")
        .mark_text(angle=270, align="left", color=INK, fontSize=12)
        .encode(x=x, y=alt.Y("floor:Q", scale=scale), text="gap:N")
    )
    layers: list[alt.Chart] = [line, points, labels, gaps]
    if threshold is not None:
        layers = [*_threshold(threshold), *layers]
    return Picture(layered(layers, 300), kpi_month_alt(shown, threshold, operator, name))


def _threshold(threshold: float) -> list[alt.Chart]:
    rule = drawn([{"y": threshold, "text": f"Threshold {threshold:g}%"}])
    label = rule.encode(x=alt.value(0), y="y:Q", text="text:N")
    return [
        rule.mark_rule(color=INK, strokeDash=[6, 4], strokeWidth=1.5).encode(y="y:Q"),
        # beneath the line at its start; the white edge keeps it readable where the series crosses
        label.mark_text(align="left", baseline="top", dx=6, dy=5, stroke="white", strokeWidth=4),
        label.mark_text(align="left", baseline="top", dx=6, dy=5),
    ]


def kpi_month_alt(
    months: Sequence[KpiMonth], threshold: float | None, operator: str | None, name: str
) -> str:
    """What the chart shows, in words; the table beneath it has every number."""
    if not months:
        return f"{name} by month: no months yet."
    first, last = month_name(months[0].month), month_name(months[-1].month)
    span = first if first == last else f"{first} to {last}"
    text = f"Line chart of {name} by month, {span}."
    with_value = [month for month in months if month.value is not None]
    values = [month.value for month in with_value if month.value is not None]
    if values:
        text += (
            f" From {min(values):.0f}% to {max(values):.0f}%;"
            f" latest {values[-1]:.0f}% in {month_name(with_value[-1].month)}."
        )
    if threshold is not None:
        missed = sum(not meets(value, threshold, operator) for value in values)
        text += f" Threshold {threshold:g}%: missed in {missed} of {len(values)} months."
    gaps = [f"{month_name(month.month)} ({gap_word(month)})" for month in months if gap_word(month)]
    return f"{text} No figure: {', '.join(gaps)}." if gaps else text
