"""The waiting list beside a KPI: bars by band for a service, a row per service for a party."""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.charts.waits import waits_chart
from dashboards.components.card import Card, show_card
from dashboards.components.kpi.page import KpiPage, Subject
from dashboards.components.table import Table
from dashboards.findings.figures import count_text, days_text
from dashboards.findings.waits import bands, reading, summary, when
from dashboards.published import queries
from dashboards.published.rows import KpiResult, WaitFigure
from dashboards.words import FEWER, band

KINDS = (("waiting", "Still waiting"), ("completed", "Seen in the month"))


def show_waits(page: KpiPage, subject: Subject, result: KpiResult) -> None:
    """Bands and summary at the last month's end of the quarter, or the latest before it."""
    figures = queries.waits(page.visit.scope, page.visit.snapshot, result.quarter_end)
    if subject.level == "service":
        own = [figure for figure in figures if figure.service_code == subject.code]
        show_card(page.visit, _service_card(page, subject, own))
        return
    mine = [
        figure
        for figure in figures
        if subject.level == "partnership" or figure.provider_code == subject.code
    ]
    show_card(page.visit, _party_card(page, mine))


def _service_card(page: KpiPage, subject: Subject, figures: Sequence[WaitFigure]) -> Card:
    rounded = page.visit.is_board
    rows: list[tuple[str, ...]] = [
        (
            band(figure.band or ""),
            count_text(figure.n, withheld=figure.withheld, rounded=rounded),
            "",
            "",
            "",
        )
        for figure in bands(figures)
    ]
    for kind, label in KINDS:
        row = summary(figures, kind)
        if row is not None:
            rows.append((label, *_summary_cells(row, rounded=rounded)))
    table = Table(
        caption=f"Waits at {when(figures) or 'month end'}: {subject.label}",
        columns=("Wait", "Children", "Mean", "Median", "92nd percentile"),
        numeric=frozenset({"Children", "Mean", "Median", "92nd percentile"}),
        rows=rows or [("No waiting list is kept for this service", "", "", "", "")],
        sheet_columns=_SHEET,
        sheet=_sheet(figures),
    )
    return Card(
        key="waits",
        title="Who is still waiting",
        subtitle=f"Children with an open referral not yet seen, {when(figures)}".rstrip(", "),
        picture=waits_chart(figures, subject.label, rounded=rounded) if bands(figures) else None,
        reading=reading(figures, rounded=rounded),
        table=table,
        about="A wait runs from receipt of the referral. The 92nd percentile is the wait that 92 "
        "in 100 children do not exceed. Completed waits end with the first contact.",
    )


def _party_card(page: KpiPage, figures: Sequence[WaitFigure]) -> Card:
    rounded = page.visit.is_board
    services = list(dict.fromkeys(figure.service_code for figure in figures))
    services.sort(key=lambda code: page.names.position("service", code))
    rows = []
    for code in services:
        own = [figure for figure in figures if figure.service_code == code]
        row = summary(own, "waiting")
        if row is not None:
            rows.append((page.names.full("service", code), *_summary_cells(row, rounded=rounded)))
    return Card(
        key="waits",
        title="Who is still waiting",
        subtitle=f"By service, {when(figures)}: services do not add up to a median or percentile",
        table=Table(
            caption=f"Waiting lists at {when(figures) or 'month end'}",
            columns=("Service", "Waiting", "Mean", "Median", "92nd percentile"),
            numeric=frozenset({"Waiting", "Mean", "Median", "92nd percentile"}),
            rows=rows or [("No waiting list is kept", "", "", "", "")],
            sheet_columns=_SHEET,
            sheet=_sheet(figures),
        ),
    )


_SHEET = ("month", "service_code", "kind", "band", "n", "mean_days", "median_days", "p92_days",
          "why_empty")  # fmt: skip


def _sheet(figures: Sequence[WaitFigure]) -> list[tuple[object, ...]]:
    return [
        (
            figure.month.isoformat(),
            figure.service_code,
            figure.kind,
            figure.band or "",
            figure.n,
            figure.mean_days,
            figure.median_days,
            figure.p92_days,
            FEWER.lower() if figure.withheld else "",
        )
        for figure in figures
    ]


def _summary_cells(row: WaitFigure, *, rounded: bool) -> tuple[str, ...]:
    return (
        count_text(row.n, withheld=row.withheld, rounded=rounded),
        *(
            "" if row.n == 0 else days_text(days, withheld=row.withheld)
            for days in (row.mean_days, row.median_days, row.p92_days)
        ),
    )
