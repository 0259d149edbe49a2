"""The matrix of a quarter, with its counts and its filters."""

from __future__ import annotations

import streamlit as st

from dashboards.components.download import download
from dashboards.components.filters import EVERY, address
from dashboards.components.html import Html, chip, link, safe
from dashboards.components.kpi.cell import history_strip, result_cell
from dashboards.components.kpi.page import KpiPage
from dashboards.components.table import Table, show_table
from dashboards.findings.kpi_matrix import MatrixRow, history, matrix, status_counts
from dashboards.findings.text import quarter_name
from dashboards.words import FEWER, KPI_STATUS, kpi_status

SHEET = (
    "kpi_id", "part", "quarter", "level", "code", "name", "provider", "status", "reason",
    "numerator", "denominator", "value_percent", "threshold_percent", "threshold_source",
    "alternative_status", "note",
)  # fmt: skip


def counts(page: KpiPage) -> Html:
    """Met, not met, not assessed and why, as a list."""
    items = "".join(
        f"<li>{chip(kpi_status(status))}<strong>{count}</strong>"
        + (f" ({safe(why)})" if why else "")
        + "</li>"
        for status, count, why in status_counts(page.results)
    )
    return Html(f'<ul class="cics-counts" aria-label="Results by status">{items}</ul>')


def show_overview(page: KpiPage, provider: str, status: str, *, problems_first: bool) -> None:
    """Counts, then the matrix; a filter that leaves nothing says so and can be cleared."""
    codes = {subject.label: subject.code for subject in page.subjects().values()}
    by_word = {word.text: code for code, word in KPI_STATUS.items()}
    rows = matrix(
        page.results,
        page.names,
        provider=None if provider == EVERY else codes.get(provider),
        status=None if status == EVERY else by_word.get(status),
        problems_first=problems_first,
    )
    with st.container(border=True, key="card-matrix"):
        st.header("Results by provider and service", anchor=False)
        st.html(counts(page))
        if not rows:
            st.markdown("No provider or service matches these filters.")
            st.button("Clear filters", on_click=_clear)
            return
        table = matrix_table(page, rows)
        show_table(table)
        download(page.visit, table, "matrix")


def _clear() -> None:
    st.session_state["provider"] = EVERY
    st.session_state["status"] = EVERY


def matrix_table(page: KpiPage, rows: list[MatrixRow]) -> Table:
    """The matrix; with one KPI there is room for its last eight quarters as well."""
    columns = ["Provider and service", *(page.title(key) for key in page.keys)]
    single = len(page.keys) == 1
    if single:
        columns.append("Last eight quarters")
    body = []
    for row in rows:
        cells: list[object] = [_row_header(page, row)]
        for key in page.keys:
            found = row.results.get(key)
            notes = page.notes(found) if found else []
            value = page.value(found) if found else ""
            cells.append(result_cell(found, value, notes, rounded=page.visit.is_board))
        if single:
            until = next(iter(row.results.values())).quarter_end
            past = history(page.every, page.keys[0], row.level, row.code, until)
            cells.append(history_strip(past))
        body.append(cells)
    return Table(
        caption=f"KPI results, {quarter_name(page.quarter)}",
        columns=columns,
        rows=body,
        css="matrix wide-only-last" if single else "",
        row_css=["child" if row.level == "service" else "group" for row in rows],
        sheet=[_sheet(page, row, key) for row in rows for key in row.results],
        sheet_columns=SHEET,
    )


def _row_header(page: KpiPage, row: MatrixRow) -> Html:
    any_result = next(iter(row.results.values()))
    subject = page.subject_of(any_result)
    target = address({"show": subject.label, "quarter": page.quarter})
    below = ""
    if row.level == "provider":
        below = page.names.full("provider", row.code, any_result.quarter_end)
    elif row.level == "service" and row.provider_code:
        below = page.names.short(row.provider_code, any_result.quarter_end)
    small = f"<small>{safe(below)}</small>" if below and below != subject.label else ""
    return Html(link(subject.label, target) + small)


def _sheet(page: KpiPage, row: MatrixRow, key: tuple[str, str]) -> list[object]:
    result = row.results[key]
    note = ""
    value = page.value(result)
    if value and not value[0].isdigit():
        note = f"{value}: the rounded value would mislead"
    elif result.value is None:
        note = FEWER.lower() if result.withheld else kpi_status(result.status).text.lower()
    return [
        result.kpi_id,
        result.part,
        result.quarter,
        result.level,
        result.code,
        page.names.full(row.level, row.code, result.quarter_end),
        result.provider_code or "",
        kpi_status(result.status).text,
        result.reason or "",
        result.numerator,
        result.denominator,
        result.value,
        result.threshold,
        result.threshold_source or "",
        kpi_status(result.alternative_status).text if result.alternative_status else "",
        note,
    ]
