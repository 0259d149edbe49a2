"""The look every chart shares. Streamlit's own chart theme is off, so this is the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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


def layered(layers: Sequence[alt.Chart], height: int) -> alt.LayerChart:
    """The layers in the common style, as wide as their card."""
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
    chart: alt.LayerChart = (
        alt.LayerChart(layer=list(layers))
        .properties(
            width="container",
            height=height,
            # Streamlit writes into the padding, and fails in the browser when it is one number
            padding={"left": 5, "top": 5, "right": 5, "bottom": 5},
        )
        .configure_view(strokeWidth=0)
        .configure_axis(**axis)
        .configure_legend(
            labelFont=FONT,
            labelFontSize=13,
            labelColor=INK,
            orient="top",
            columns=1,
            title=None,
            symbolSize=90,
            labelLimit=400,
        )
        .configure_text(font=FONT, fontSize=13, color=INK)
    )
    return chart


def drawn(records: Sequence[Mapping[str, Any]]) -> alt.Chart:
    """A chart of records written into its own specification: nothing is fetched."""
    return alt.Chart(alt.InlineData(values=[dict(record) for record in records]))
