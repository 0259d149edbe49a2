"""Those still waiting, by how long: one bar per band, its number written beside it."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt

from dashboards.charts.style import Picture, drawn, layered
from dashboards.findings.figures import count_text
from dashboards.findings.waits import bands
from dashboards.published.rows import WaitFigure
from dashboards.theme import BLUE
from dashboards.words import band


def waits_chart(figures: Sequence[WaitFigure], name: str, *, rounded: bool) -> Picture:
    """A service's waiting list by band; a withheld band has words and no bar."""
    shown = bands(figures)
    labels = [
        count_text(figure.n, withheld=figure.withheld, rounded=rounded).removeprefix("about ")
        for figure in shown
    ]
    records = [
        {"band": band(figure.band or ""), "n": figure.n or 0, "label": label}
        for figure, label in zip(shown, labels, strict=True)
    ]
    order = [band(figure.band or "") for figure in shown]
    base = drawn(records)
    y = alt.Y("band:N", sort=order, title=None, axis=alt.Axis(labelLimit=200, ticks=False))
    x = alt.X(
        "n:Q",
        title="Children waiting",
        scale=alt.Scale(domainMin=0, nice=True),
        axis=alt.Axis(tickMinStep=1, tickCount=5, format=",d"),
    )
    bars = base.mark_bar(color=BLUE, height=18).encode(y=y, x=x)
    text = base.mark_text(align="left", dx=5).encode(y=y, x=x, text="label:N")
    said = "; ".join(
        f"{record['band']}: {label}" for record, label in zip(records, labels, strict=True)
    )
    return Picture(layered([bars, text], 240), f"Bar chart of children waiting for {name}. {said}.")
