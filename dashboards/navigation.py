"""The views there are, and the ones a role may open. A view not registered cannot be reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from dashboards.access.roles import Role

BOUND_BY_APP = frozenset({"role"})
"""Parts of the address a widget of the app itself keeps; Streamlit forbids setting them twice."""
VIEWS_FOLDER = Path(__file__).resolve().parent / "views"


@dataclass(frozen=True)
class View:
    """A page: its key, its name in the navigation, its address."""

    key: str
    title: str
    url_path: str

    @property
    def script(self) -> Path:
        """The file that draws it."""
        return VIEWS_FOLDER / f"{self.key}.py"


VIEWS = (
    View("kpi_results", "KPI results", "kpi-results"),
    View("returns", "Returns", "returns"),
)


def pages_for(role: Role, no_access: Callable[[], None]) -> list[Page]:
    """Navigation of a role. An address it may not see says so and shows nothing else.

    Every view keeps its own address, so a link works for readers whose first page differs; the
    bare address leads to the first view. One flat list: under section headers Streamlit puts
    headers inside a list, which screen readers announce wrongly (axe: list, listitem).
    """
    hidden = []
    allowed = []
    for view in VIEWS:
        if view.key in role.views:
            allowed.append(st.Page(view.script, title=view.title, url_path=view.url_path))
        else:
            hidden.append(
                st.Page(no_access, title=view.title, url_path=view.url_path, visibility="hidden")
            )

    def start() -> None:
        if not allowed:
            no_access()
        else:
            kept = {k: v for k, v in st.query_params.to_dict().items() if k not in BOUND_BY_APP}
            st.switch_page(allowed[0], query_params=kept)

    first = st.Page(start, title="Start", url_path="start", default=True, visibility="hidden")
    return [first, *allowed, *hidden]
