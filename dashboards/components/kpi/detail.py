"""One party's result in detail: by month, earlier quarters, waits, who was left out, what changed."""

from __future__ import annotations

import streamlit as st

from dashboards.charts.kpi_month import MONTHS_SHOWN, gap_word, kpi_month_chart
from dashboards.components.card import Card, show_card
from dashboards.components.html import Html, chip, facts, safe
from dashboards.components.kpi.about import definition_entries
from dashboards.components.kpi.page import KpiPage, Subject
from dashboards.components.table import Table
from dashboards.findings.figures import (
    cases_text,
    count_text,
    days_text,
    is_few,
    meets,
    percent_text,
    result_count,
)
from dashboards.findings.kpi_matrix import KpiKey, history
from dashboards.findings.text import month_name, quarter_name
from dashboards.published import queries
from dashboards.published.rows import KpiDefinition, KpiMonth, KpiResult
from dashboards.words import DATA_STATUS, FEWER, SOURCES, exclusion, kpi_status


def find_result(page: KpiPage, subject: Subject, key: KpiKey) -> KpiResult | None:
    """The result of a party for a KPI in the chosen quarter."""
    return next(
        (
            result
            for result in page.results
            if (result.kpi_id, result.part) == key
            and (result.level, result.code) == (subject.level, subject.code)
        ),
        None,
    )


def show_facts(page: KpiPage, result: KpiResult, definition: KpiDefinition | None) -> None:
    """The verdict, the number, the threshold and where it comes from, the mean wait."""
    source = SOURCES.get(result.threshold_source or "", result.threshold_source or "")
    pairs: list[tuple[str, object, str]] = [
        ("Verdict", chip(kpi_status(result.status)), " · ".join(page.notes(result)))
    ]
    value = page.value(result)
    count = result_count(result, rounded=page.visit.is_board)
    if value or count:
        few = " · few cases" if is_few(result.denominator) else ""
        pairs.append(("Result", value or "Withheld", count + few))
    if result.threshold is not None:
        pairs.append(("Threshold", f"{result.threshold:g}%", source))
    if result.mean_wait_days is not None:
        pairs.append(("Mean wait", days_text(result.mean_wait_days, withheld=False), ""))
    if definition and definition.limit_days:
        pairs.append(("Limit", f"{definition.limit_days} days", "from receipt of the referral"))
    st.html(facts(pairs))


def show_months(page: KpiPage, subject: Subject, key: KpiKey, result: KpiResult) -> None:
    """The monthly series with every month's state."""
    definition = page.titles().get(key)
    operator = definition.operator if definition else None
    months = [
        month
        for month in queries.kpi_months(
            page.visit.scope, page.visit.snapshot, *key, subject.level, subject.code
        )
        if month.month <= result.quarter_end
    ]
    name = f"{page.title(key)}, {subject.label}"
    values = [month for month in months[-MONTHS_SHOWN:] if month.value is not None]
    reading = "No month has a figure yet."
    if values and result.threshold is not None:
        met = sum(meets(m.value, result.threshold, operator) for m in values if m.value is not None)
        reading = (
            f"{met} of {len(values)} months with a figure meet the threshold of "
            f"{result.threshold:g}%. The contract judges quarters, not months."
        )
    show_card(
        page.visit,
        Card(
            key="months",
            title="By month",
            subtitle=f"{page.title(key)}: percent, by month in which the limit day falls",
            picture=kpi_month_chart(months, result.threshold, operator, name),
            reading=reading,
            table=months_table(months, name, rounded=page.visit.is_board),
        ),
    )


def months_table(months: list[KpiMonth], name: str, *, rounded: bool) -> Table:
    """Every month, newest first, with the state of its data."""
    newest = list(reversed(months))
    return Table(
        caption=f"By month: {name}",
        columns=("Month", "Result", "Met", "Of", "Data"),
        numeric=frozenset({"Result", "Met", "Of"}),
        rows=[
            (
                month_name(month.month),
                percent_text(month.value, None, None, None) or gap_word(month).capitalize(),
                count_text(month.numerator, withheld=month.withheld, rounded=rounded),
                count_text(month.denominator, withheld=month.withheld, rounded=rounded),
                DATA_STATUS.get(month.status_of_data or "", month.status_of_data or "")
                + (" · few cases" if is_few(month.denominator) else ""),
            )
            for month in newest
        ],
        sheet_columns=("month", "value_percent", "numerator", "denominator", "data", "why_empty"),
        sheet=[
            (
                month.month.isoformat(),
                month.value,
                month.numerator,
                month.denominator,
                month.status_of_data or "",
                gap_word(month),
            )
            for month in newest
        ],
    )


def show_quarters(page: KpiPage, subject: Subject, key: KpiKey, result: KpiResult) -> None:
    """The last eight verdicts: what the contract judges."""
    past = list(reversed(history(page.every, key, subject.level, subject.code, result.quarter_end)))
    cases = "Cases (rounded)" if page.visit.is_board else "Cases"
    table = Table(
        caption=f"By quarter: {page.title(key)}, {subject.label}",
        columns=("Quarter", "Verdict", "Result", cases),
        numeric=frozenset({"Result", cases}),
        css="snug",
        rows=[
            (
                row.quarter,
                chip(kpi_status(row.status)),
                page.value(row) or ("Withheld" if row.withheld else ""),
                cases_text(row),
            )
            for row in past
        ],
    )
    show_card(
        page.visit,
        Card("quarters", "By quarter", "Verdicts under the version in force at the time", table),
    )


def show_exclusions(page: KpiPage, subject: Subject, key: KpiKey) -> None:
    """How many were left out of the measure, and why."""
    left_out = queries.kpi_exclusions(
        page.visit.scope, page.visit.snapshot, *key, subject.level, subject.code, page.quarter
    )
    table = Table(
        caption=f"Left out, {subject.label}, {quarter_name(page.quarter)}",
        columns=("Reason", "Left out"),
        numeric=frozenset({"Left out"}),
        rows=[
            (
                exclusion(row.exclusion_reason),
                count_text(row.count, withheld=row.withheld, rounded=page.visit.is_board),
            )
            for row in left_out
        ]
        or [("Nobody was left out", "0")],
        sheet_columns=("reason", "count", "why_empty"),
        sheet=[
            (row.exclusion_reason, row.count, FEWER.lower() if row.withheld else "")
            for row in left_out
        ],
    )
    show_card(
        page.visit,
        Card("left-out", "Who was left out", "Counted neither as met nor as missed", table),
    )


def show_restatements(page: KpiPage, result: KpiResult) -> None:
    """What later builds changed in this figure; nothing is drawn when nothing changed."""
    changed = page.restatements_of(result)
    if not changed:
        return
    table = Table(
        caption=f"Revisions, {quarter_name(result.quarter)}",
        columns=("Build", "Before", "After", "Cause"),
        rows=[
            (
                row.build_id,
                _state(row.before_status, row.before_value),
                _state(row.after_status, row.after_value),
                row.cause or "Not recorded",
            )
            for row in changed
        ],
    )
    show_card(
        page.visit,
        Card(
            "revisions",
            "What changed since",
            "Figures of this quarter revised by a later load",
            table,
        ),
    )


def show_definition(definition: KpiDefinition | None) -> None:
    """The definition that judged this quarter."""
    if definition is None:
        return
    with st.container(border=True, key="card-definition"):
        st.header("How it is defined", anchor=False)
        inner = "".join(
            f"<dt>{safe(term)}</dt><dd>{safe(text)}</dd>"
            for term, text in definition_entries(definition)
        )
        st.html(Html(f'<dl class="cics-define">{inner}</dl>'))


def _state(status: str | None, value: float | None) -> Html:
    shown = f" {percent_text(value, None, None, None)}" if value is not None else ""
    return Html(f"{chip(kpi_status(status))}{shown}")
