"""A page left open tells its reader when newer figures are published."""

from __future__ import annotations

import streamlit as st

from dashboards.published.pointer import SnapshotUnavailableError, read_pointer
from dashboards.settings import Settings


def watch_for_newer(settings: Settings, announced: str | None) -> None:
    """Compare the pointer with what it said when the page was drawn; nothing else is read.

    The page is not redrawn under its reader: they are told, and choose. Any other change they make
    shows the newer figures as well.
    """

    @st.fragment(run_every=settings.check_seconds, key="freshness")
    def look() -> None:
        try:
            current = read_pointer(settings.published).build_id
        except SnapshotUnavailableError:
            return
        if current == announced:
            return
        with st.container(horizontal=True, vertical_alignment="center", key="newer"):
            st.info("New figures are available." if announced else "Figures are available now.")
            if st.button("Show the new figures", type="primary", key="show-newer"):
                st.rerun()

    look()
