"""Entry of a dashboard server: who is asking, which build, which page. One run, one build."""

from __future__ import annotations

import logging
import uuid

import streamlit as st

from dashboards.access.roles import DEMO_ROLES, Role, demo_refusal
from dashboards.components.freshness import watch_for_newer
from dashboards.components.html import Html, safe
from dashboards.navigation import pages_for
from dashboards.published.pointer import (
    NothingPublishedError,
    SnapshotUnavailableError,
    read_pointer,
)
from dashboards.published.snapshot import current_snapshot
from dashboards.settings import Settings, load_settings
from dashboards.theme import STYLE
from dashboards.visit import Visit, visiting

log = logging.getLogger("dashboards")
AUDIENCE_NAMES = {"board": "Board", "operational": "Operational"}


def main() -> None:
    """One run of the app."""
    st.set_page_config(layout="wide")
    st.html(STYLE)
    settings = load_settings()
    refusal = demo_refusal(
        is_demo=settings.demo,
        address=st.get_option("server.address"),
        headers=st.context.headers.to_dict(),
    )
    if refusal is not None:
        st.navigation([st.Page(lambda: show_refusal(refusal), title="Sign in")]).run()
        return
    brand = st.sidebar.container()
    role = choose_role(settings)
    page = st.navigation(pages_for(role, show_no_access))
    try:
        snapshot = current_snapshot(settings)
    except SnapshotUnavailableError as problem:
        show_unavailable(settings, problem)
        return
    with visiting(Visit(settings, role.scope(settings.audience), snapshot)) as visit:
        with brand:
            st.html(brand_html(snapshot.build.partnership, AUDIENCE_NAMES[settings.audience]))
        try:
            page.run()
        except Exception:
            # A reader gets a reference; the log has the rest.
            reference = uuid.uuid4().hex[:8]
            log.exception("reference %s: page %s", reference, page.title)
            st.error(
                f"This page could not be shown. Reference {reference}. Other pages are not "
                "affected; please tell the performance team the reference."
            )
        log.info("page=%r build=%s queries=%d", page.title, snapshot.build.build_id, visit.queries)


def choose_role(settings: Settings) -> Role:
    """The demonstration role a reader picks; sign-in will decide it instead."""
    roles = {role.name: role for role in DEMO_ROLES[settings.audience]}
    with st.sidebar:
        name = st.selectbox(
            "Demonstration role",
            list(roles),
            key="role",
            bind="query-params",
            filter_mode=None,
            help="This is a demonstration with made-up data: anyone may pick any role.",
        )
    return roles.get(name or "", next(iter(roles.values())))


def brand_html(partnership: str, audience: str) -> Html:
    """Whose figures these are and for whom."""
    return Html(f'<p class="cics-brand">{safe(partnership)}<span>{audience} figures</span></p>')


def show_refusal(reason: str) -> None:
    """Nobody may come in."""
    st.title("You cannot sign in here yet", anchor=False)
    st.markdown(f"{reason} Please ask the performance team of the operational lead for access.")


def show_no_access() -> None:
    """An address this role may not open: no names, no counts."""
    st.title("You do not have access to this page", anchor=False)
    st.markdown("If you need it for your work, ask the performance team of the operational lead.")


def show_unavailable(settings: Settings, problem: SnapshotUnavailableError) -> None:
    """No figures to show, said without alarm, and the page comes back by itself."""
    if isinstance(problem, NothingPublishedError):
        st.title("No figures yet", anchor=False)
        st.markdown(
            "The first figures appear here when returns have been loaded and checked. "
            "Nothing is wrong."
        )
    else:
        st.title("Figures cannot be shown at the moment", anchor=False)
        st.error(f"{problem} What partners have sent is safe; the next load will mend this.")
    watch_for_newer(settings, announced_build(settings))


def announced_build(settings: Settings) -> str | None:
    """The build the pointer names now, if it can be read."""
    try:
        return read_pointer(settings.published).build_id
    except SnapshotUnavailableError:
        return None


main()
