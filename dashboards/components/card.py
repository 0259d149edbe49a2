"""The card: one question, one answer, the numbers beneath it. Used everywhere, tested once."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from dashboards.charts.style import Picture
from dashboards.components.download import download
from dashboards.components.html import Html, safe
from dashboards.components.table import Table, show_table
from dashboards.visit import Visit


@dataclass(frozen=True)
class Card:
    """Title (at most ten words), what is measured, picture, one-line reading, table, about."""

    key: str
    title: str
    subtitle: str
    table: Table
    picture: Picture | None = None
    reading: str = ""
    about: str = ""
    is_folded: bool = False
    """A long table waits behind "Show the numbers" although there is no picture."""


def show_card(visit: Visit, card: Card) -> None:
    """Draw a card. Without a picture the table is the content; with one it is a click away."""
    with st.container(border=True, key=f"card-{card.key}"):
        st.header(card.title, anchor=False)
        st.html(Html(f'<p class="cics-sub">{safe(card.subtitle)}</p>'))
        if card.picture is not None:
            st.altair_chart(card.picture.chart, theme=None, alt=card.picture.alt)
        if card.reading:
            st.html(Html(f'<p class="cics-reading">{safe(card.reading)}</p>'))
        if card.picture is None and not card.is_folded:
            show_table(card.table)
        else:
            with st.expander("Show the numbers"):
                show_table(card.table)
        if card.about:
            with st.expander("About this measure"):
                st.html(Html(f"<p>{safe(card.about)}</p>"))
        download(visit, card.table, card.key)
