"""What a KPI is, as the partnership defines it."""

from __future__ import annotations

from dashboards.components.kpi.page import KpiPage
from dashboards.findings.text import long_day
from dashboards.published.rows import KpiDefinition
from dashboards.words import AUDIENCES, OPERATORS, SOURCES


def definition_entries(definition: KpiDefinition) -> list[tuple[str, str]]:
    """Every part of a definition that is filled in, with where its threshold comes from."""
    source = SOURCES.get(definition.threshold_source or "", definition.threshold_source or "")
    bound = OPERATORS.get(definition.operator or "", definition.operator or "")
    threshold = (
        f"{bound} {definition.threshold:g}% ({source})".strip()
        if definition.threshold is not None
        else "None is set."
    )
    since = f" in force from {long_day(definition.valid_from)}" if definition.valid_from else ""
    until = f" to {long_day(definition.valid_to)}" if definition.valid_to else ""
    entries = [
        ("What is measured", definition.what),
        ("Why", definition.why),
        ("Counted as met (numerator)", definition.numerator_text),
        ("Out of (denominator)", definition.denominator_text),
        ("Left out", definition.exclusions_text),
        ("Threshold", threshold),
        ("Version", f"{definition.version}{since}{until}"),
        ("Owner and checker", " · ".join(filter(None, (definition.owner, definition.checker)))),
        ("Next review", long_day(definition.review_date) if definition.review_date else None),
        ("Changes", definition.change_log),
    ]
    return [(term, text) for term, text in entries if text]


def about_entries(page: KpiPage, *, with_definitions: bool) -> list[tuple[str, str]]:
    """About these figures: each KPI's definition where the page has no card for it, how to read."""
    entries: list[tuple[str, str]] = []
    for key, definition in page.titles().items():
        if definition is not None and with_definitions:
            entries.append((page.title(key), definition.what or ""))
            entries += definition_entries(definition)[1:]
    return [
        *entries,
        ("Figures", AUDIENCES[page.visit.settings.audience]),
        (
            "Met and not met",
            "Decided on true, unrounded numbers, also where the numbers are not shown. Where "
            "rounding would contradict the verdict, words stand for the number.",
        ),
        (
            "Not assessed",
            "Something needed is late, failed its checks or is incomplete. It is never counted as "
            "zero, as met or as missed.",
        ),
        (
            "Other reading of the contract",
            "Where the contract can be read in another way and that would change a verdict, both "
            "verdicts are shown.",
        ),
    ]
