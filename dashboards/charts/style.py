"""The look every chart shares. Streamlit's own chart theme is off, so this is the whole of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import altair as alt

from dashboards.theme import INK, LINE, MUTED

FONT = '"Source Sans", sans-serif'
MAX_MARKS = 2000
"""Above this Vega draws on a canvas, which a screen reader cannot enter."""


@dataclass(frozen=True)
class Picture:
    """A chart and the words that stand for it where it cannot be seen."""

    chart: alt.LayerChart
    alt: str


def styled(chart: alt.LayerChart, height: int) -> alt.LayerChart:
    """`chart` in the common style, as wide as its card."""
    axis: dict[str, Any] = {
        "labelColor": INK,
        "titleColor": MUTED,
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "gridColor": LINE,
        "domainColor": MUTED,
        "tickColor": MUTED,
        "labelFont": FONT,
        "titleFont": FONT,
    }
    styled_chart: alt.LayerChart = (
        chart.properties(width="container", height=height)
        .configure_view(strokeWidth=0)
        .configure_axis(**axis)
        .configure_legend(
            labelFont=FONT, labelFontSize=13, labelColor=INK, orient="top", title=None,
            symbolSize=90, labelLimit=400,
        )
        .configure_text(font=FONT, fontSize=13, color=INK)
    )
    return styled_chart
