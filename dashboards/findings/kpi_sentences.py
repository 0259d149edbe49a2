"""Headlines of the KPI pages, made by rule: period first, number with unit, threshold, because.

No sentence is longer than 30 words: each is offered from fullest to shortest.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboards.findings.figures import is_few, result_count, result_value
from dashboards.findings.kpi_matrix import DECIDED, KpiKey, kpi_keys
from dashboards.findings.names import WHOLE, Names
from dashboards.findings.text import (
    listed,
    number,
    plural,
    quarter_name,
    sentence,
    shortest,
)
from dashboards.published.rows import KpiDefinition, KpiResult
from dashboards.words import because, kpi_status, reason

Titles = dict[KpiKey, KpiDefinition | None]


def title_of(definition: KpiDefinition | None, key: KpiKey) -> str:
    """A KPI's title, or its keys while it has none."""
    return definition.title if definition else " ".join(key).replace("_", " ")


def overview(results: Sequence[KpiResult], titles: Titles, names: Names) -> list[str]:
    """What one quarter's results say: who met, who missed, what cannot be decided yet."""
    if not results:
        return ["There are no KPI results yet: the first appear when a quarter's returns are in."]
    quarter = quarter_name(results[0].quarter)
    providers = [result for result in results if result.level == "provider"]
    if all(result.status in {"not_due", "not_applicable"} for result in results):
        return [f"{quarter} is not due yet: it is judged when its last returns are in."]
    keys = kpi_keys(results)
    first = (
        _single(quarter, keys[0], titles, providers, names)
        if len(keys) == 1
        else _several(quarter, keys, providers)
    )
    return [first, *_missed(results, titles, names), *_undecided(providers, names)]


def _single(
    quarter: str, key: KpiKey, titles: Titles, providers: Sequence[KpiResult], names: Names
) -> str:
    definition = titles.get(key)
    title = title_of(definition, key)
    applicable = [result for result in providers if result.status != "not_applicable"]
    met = [result for result in applicable if result.status == "met"]
    threshold = next((r.threshold for r in applicable if r.threshold is not None), None)
    bound = f" (threshold {threshold:g}%)" if threshold is not None else ""
    if len(applicable) == 1:
        only = applicable[0]
        who = names.full("provider", only.code, only.quarter_end)
        verdict = kpi_status(only.status).text.lower()
        return shortest(
            [
                f"In {quarter}, the result of {who} for “{title}” is: {verdict}{bound}.",
                f"In {quarter}, “{title}” is: {verdict}{bound}.",
            ]
        )
    if not met:
        who = "no provider"
    elif len(met) == len(applicable):
        who = f"all {number(len(met))} providers"
    else:
        who = f"{number(len(met))} of {number(len(applicable))} providers"
    return f"In {quarter}, {who} met “{title}”{bound}."


def _several(quarter: str, keys: Sequence[KpiKey], providers: Sequence[KpiResult]) -> str:
    def is_met(key: KpiKey) -> bool:
        own = [r.status for r in providers if (r.kpi_id, r.part) == key]
        applicable = [status for status in own if status != "not_applicable"]
        return bool(applicable) and all(status == "met" for status in applicable)

    met = sum(is_met(key) for key in keys)
    return (
        f"In {quarter}, {number(met)} of {number(len(keys))} KPIs were met by every provider "
        "they apply to."
    )


def _missed(results: Sequence[KpiResult], titles: Titles, names: Names) -> list[str]:
    missed = [r for r in results if r.level == "service" and r.status == "not_met"]
    missed = missed or [r for r in results if r.level == "provider" and r.status == "not_met"]
    if not missed:
        return []

    def place(result: KpiResult, *, full: bool) -> str:
        value = result_value(result, _operator(titles, result))
        name = names.full(result.level, result.code, result.quarter_end)
        owner = result.provider_code or ""
        at = names.full("provider", owner, result.quarter_end) if full else names.short(owner)
        where = f"{name} at {at}" if result.level == "service" else name
        return f"{where} ({value})" if value else where

    return [
        shortest(
            [
                f"Not met: {listed([place(result, full=True) for result in missed])}.",
                f"Not met: {listed([place(result, full=False) for result in missed])}.",
                f"Not met in {plural(len(missed), 'service')}, "
                f"first {place(missed[0], full=False)}.",
            ]
        )
    ]


def _undecided(providers: Sequence[KpiResult], names: Names) -> list[str]:
    waiting = [result for result in providers if result.status == "not_assessed"]
    if not waiting:
        return []
    by_reason: dict[str, list[KpiResult]] = {}
    for result in waiting:
        by_reason.setdefault(because(result.reason), []).append(result)

    def said(*, full: bool) -> str:
        groups = []
        for why, group in by_reason.items():
            who = [
                names.full("provider", one.code, one.quarter_end) if full else names.short(one.code)
                for one in group
            ]
            groups.append(f"{listed(who)}{f' because {why}' if why else ''}")
        return f"Not assessed for {', or for '.join(groups)}."

    return [
        shortest(
            [
                said(full=True),
                said(full=False),
                f"Not assessed for {plural(len(waiting), 'provider')}.",
            ]
        )
    ]


def _operator(titles: Titles, result: KpiResult) -> str | None:
    definition = titles.get((result.kpi_id, result.part))
    return definition.operator if definition else None


def detail(
    result: KpiResult | None,
    definition: KpiDefinition | None,
    name: str,
    quarter: str,
    *,
    rounded: bool,
    due: str = "",
    missed_in: Sequence[str] = (),
) -> list[str]:
    """What one party's result says."""
    period = quarter_name(quarter)
    name = name.replace(WHOLE, _lower(WHOLE))
    if result is None:
        return [f"{period}: there is no result for {name} in this quarter."]
    title = title_of(definition, (result.kpi_id, result.part))
    threshold = f", threshold {result.threshold:g}%" if result.threshold is not None else ""
    word = kpi_status(result.status).text.lower()
    if result.status in DECIDED:
        operator = definition.operator if definition else None
        value = result_value(result, operator, by_service=bool(missed_in))
        count = result_count(result, rounded=rounded)
        figure = value if not count else f"{value} ({count})"
        text = shortest(
            [
                f"In {period}, {name} scored {figure} for “{title}”: {word}{threshold}."
                if result.value is not None
                else f"In {period}, {name}: {word} for “{title}”{threshold}; numbers withheld.",
                f"In {period}, {name}: {word}{threshold}.",
            ]
        )
    elif result.status == "not_assessed":
        why = _why(reason(result.reason), due)
        text = f"In {period}, “{title}” is not assessed for {name}"
        text = sentence(f"{text}: {why}" if why else text)
    elif result.status is None:
        text = f"{period}, {name}: assessed by the Performance and Quality Group, too few to show."
    else:
        text = sentence(f"{period}, {name}: {word}{f'; {_lower(due)}' if due else ''}")
    lines = [text]
    if missed_in:
        lines.append(
            shortest(
                [
                    f"Every service must meet it: missed in {listed(missed_in)}.",
                    f"Every service must meet it: missed in {plural(len(missed_in), 'service')}.",
                ]
            )
        )
    if is_few(result.denominator):
        lines.append("Few cases: one child more or less moves this percentage by over 5 points.")
    if has_other_reading(result):
        other = kpi_status(result.alternative_status).text.lower()
        lines.append(f"Under the other reading of the contract it would be: {other}.")
    return lines


def _why(why: str, due: str) -> str:
    """ "late: due 21 Oct", or the reason and what is awaited where these are two things."""
    if not due or due.lower().startswith(f"{why}:"):
        return _lower(due) or why
    return f"{why} ({_lower(due)})" if why else _lower(due)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def has_other_reading(result: KpiResult) -> bool:
    """Whether the contract's other reading would change the verdict."""
    return result.alternative_status is not None and result.alternative_status != result.status
