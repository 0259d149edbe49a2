"""KPI results: every provider and service against every KPI of a quarter, or one of them in detail."""

from __future__ import annotations

import streamlit as st

from dashboards.components.filters import EVERY, address, choose
from dashboards.components.frame import PageFrame
from dashboards.components.html import Html, link
from dashboards.components.kpi import detail as part
from dashboards.components.kpi.about import about_entries
from dashboards.components.kpi.overview import show_overview
from dashboards.components.kpi.page import OVERVIEW, KpiPage
from dashboards.components.kpi.waits import show_waits
from dashboards.findings import kpi_sentences
from dashboards.findings.kpi_matrix import latest_judged, quarters
from dashboards.findings.names import Names
from dashboards.published import queries
from dashboards.visit import current_visit
from dashboards.words import KPI_STATUS

ORDERS = ("Problems first", "Contract order")

visit = current_visit()
names = Names(queries.parties(visit.scope, visit.snapshot))
states = queries.return_states(visit.scope, visit.snapshot)
every = queries.kpi_results(visit.scope, visit.snapshot)
definitions = queries.kpi_definitions(visit.scope, visit.snapshot)
frame = PageFrame(visit, "KPI results", states, names)


def quarter_filter() -> str:
    """The quarter, opening on the newest that is due."""
    return choose("Quarter", quarters(every), "quarter", latest_judged(every))


def overview(page: KpiPage, provider: str, status: str, order: str) -> None:
    """Every provider and service."""
    frame.headline(kpi_sentences.overview(page.results, page.titles(), names))
    show_overview(page, provider, status, problems_first=order == ORDERS[0])


def detail(page: KpiPage, label: str) -> None:
    """One of them."""
    subject = page.subjects()[label]
    key = page.keys[0]
    if len(page.keys) > 1:
        by_title = {page.title(one): one for one in page.keys}
        key = by_title[choose("KPI", list(by_title), "kpi")]
    result = part.find_result(page, subject, key)
    definition = page.titles().get(key)
    frame.headline(
        kpi_sentences.detail(
            result,
            definition,
            names.full(subject.level, subject.code, result.quarter_end if result else None),
            page.quarter,
            rounded=visit.is_board,
            due=page.due(result) if result else "",
            missed_in=page.missed_in(result) if result else (),
        )
    )
    back = link(f"Back to {OVERVIEW.lower()}", address({"show": None, "quarter": page.quarter}))
    st.html(Html(f'<p class="cics-back">{back}</p>'))
    if result is None:
        return
    part.show_facts(page, result, definition)
    part.show_months(page, subject, key, result)
    if subject.level != "service":
        show_waits(page, subject, result)
    left, right = st.columns(2)
    with left:
        if subject.level == "service":
            show_waits(page, subject, result)
        part.show_exclusions(page, subject, key)
    with right:
        part.show_quarters(page, subject, key, result)
    part.show_restatements(page, result)
    part.show_definition(definition)


def draw() -> None:
    """Filters, then the page they ask for."""
    if not every:
        frame.headline(kpi_sentences.overview([], {}, names))
        frame.about([])
        return
    # the subjects do not depend on the quarter, so changing it keeps the party in view
    labels = [OVERVIEW, *KpiPage(visit, names, states, every, definitions, "", ()).subjects()]
    slots = st.columns([2, 3, 2, 2, 2])
    with slots[0]:
        quarter = quarter_filter()
    with slots[1]:
        label = choose("Show", labels, "show")
    restated = queries.restatements(visit.scope, visit.snapshot, quarter)
    page = KpiPage(visit, names, states, every, definitions, quarter, restated)
    if label != OVERVIEW:
        detail(page, label)
    else:
        providers = [s.label for s in page.subjects().values() if s.level == "provider"]
        with slots[2]:
            provider = choose("Provider", [EVERY, *providers], "provider")
        with slots[3]:
            status = choose("Status", [EVERY, *(w.text for w in KPI_STATUS.values())], "status")
        with slots[4]:
            order = choose("Order", ORDERS, "order")
        overview(page, provider, status, order)
    frame.about(about_entries(page, with_definitions=label == OVERVIEW))


draw()
