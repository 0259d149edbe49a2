"""The frame of every page: name, headline, stamp, banners, filters, content, about, footer.

The headline depends on what the filters say and stands above them, so the frame keeps its place.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboards.components.freshness import watch_for_newer
from dashboards.components.html import Html, paragraphs, safe
from dashboards.findings.names import Names
from dashboards.findings.stamp import Stamp, make_banners, make_stamp
from dashboards.published.rows import ReturnState
from dashboards.visit import Visit
from dashboards.words import AUDIENCES

BANNERS = {"info": st.info, "warning": st.warning, "error": st.error}


class PageFrame:
    """One page being drawn, top to bottom."""

    def __init__(
        self, visit: Visit, title: str, states: Sequence[ReturnState], names: Names
    ) -> None:
        self.visit = visit
        st.title(title, anchor=False)
        self._headline = st.container(key="headline")
        snapshot = visit.snapshot
        st.html(stamp_html(make_stamp(snapshot.build, states, names, visit.today)))
        for banner in make_banners(
            snapshot.build, states, names, visit.today, is_fallback=snapshot.is_fallback
        ):
            BANNERS[banner.kind](banner.text)
        watch_for_newer(visit.settings, snapshot.announced)

    def headline(self, lines: Sequence[str]) -> None:
        """One to three sentences that answer the page's question."""
        with self._headline:
            st.html(paragraphs(list(lines[:3]), "cics-headline"))

    def about(self, entries: Sequence[tuple[str, str]]) -> None:
        """Definitions and caveats, then the footer that ends every page."""
        inner = "".join(f"<dt>{safe(term)}</dt><dd>{safe(text)}</dd>" for term, text in entries)
        with st.expander("About these figures"):
            st.html(Html(f'<dl class="cics-define">{inner}</dl>'))
        build = self.visit.snapshot.build
        state = "Demonstration with made-up data" if build.is_demo else "Live: may be revised"
        version = f" · software {build.software_version}" if build.software_version else ""
        st.html(
            Html(
                f'<div class="cics-footer">{safe(state)} · '
                f"{safe(AUDIENCES[self.visit.settings.audience])} · "
                f"{safe(build.partnership)} · questions: performance team of the operational "
                f"lead{safe(version)}</div>"
            )
        )


def stamp_html(stamp: Stamp) -> Html:
    """The stamp line as a list, bold where the figures are old."""
    css = ' class="cics-stale"' if stamp.is_stale else ""
    items = "".join(f"<li{css}>{safe(part)}</li>" for part in stamp.parts)
    return Html(f'<ul class="cics-stamp" aria-label="How fresh these figures are">{items}</ul>')
