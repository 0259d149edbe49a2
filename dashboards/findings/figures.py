"""How one figure is written: rounded, withheld, few, or on the edge of its threshold."""

from __future__ import annotations

from dashboards.published.rows import KpiResult
from dashboards.words import FEWER, NO_FIGURE

FEW_CASES = 20
"""Below this many cases a percentage moves by more than 5 points with one child."""


def count_text(count: int | None, *, withheld: bool, rounded: bool = False) -> str:
    """A count: its number, "Fewer than 8" when withheld, and never zero for what is not there."""
    if count is None:
        return FEWER if withheld else NO_FIGURE
    return f"about {count:,}" if rounded and count else f"{count:,}"


def days_text(days: float | None, *, withheld: bool) -> str:
    """A number of days, whole."""
    if days is None:
        return "Too few to say" if withheld else NO_FIGURE
    return f"{days:.0f} day" + ("" if round(days) == 1 else "s")


def meets(value: float, threshold: float, operator: str | None) -> bool:
    """Whether a value is on the good side of its threshold."""
    tests = {
        ">=": value >= threshold,
        ">": value > threshold,
        "<=": value <= threshold,
        "<": value < threshold,
    }
    return tests.get(operator or ">=", value >= threshold)


def percent_text(
    value: float | None, status: str | None, threshold: float | None, operator: str | None
) -> str:
    """A whole percentage, or words where rounding would contradict the status.

    The status is decided on true, unrounded values; 89.6 % against 90 % must not be printed as a
    missed "90%".
    """
    if value is None:
        return ""
    shown = round(value)
    if threshold is not None and status in {"met", "not_met"}:
        looks_met = meets(shown, threshold, operator)
        if status == "not_met" and looks_met:
            return f"just short of {threshold:g}%"
        if status == "met" and not looks_met:
            return f"just within {threshold:g}%"
    return f"{shown}%"


def result_value(result: KpiResult, operator: str | None, *, by_service: bool = False) -> str:
    """The value of a result; empty when there is none or it is withheld.

    `by_service`: it was missed because a service missed it, so value and verdict may differ by far
    more than rounding, and the value is given as it is.
    """
    status = None if by_service else result.status
    return percent_text(result.value, status, result.threshold, operator)


def result_count(result: KpiResult, *, rounded: bool) -> str:
    """ "41 of 48", "about 40 of 50", or what may be said of the cases behind a withheld value.

    A percentage is withheld when few met it or few missed it, so the number of cases alone can be
    shown beside it.
    """
    about = "about " if rounded else ""
    if result.denominator is None:
        return f"{FEWER} cases" if result.withheld else ""
    if result.denominator == 0:
        return "no cases"
    if result.numerator is None or (result.value is None and result.denominator):
        why = ", percentage withheld" if result.withheld else ""
        return f"{about}{result.denominator:,} cases{why}"
    return f"{about}{result.numerator:,} of {result.denominator:,}"


def cases_text(result: KpiResult) -> str:
    """The cases in a column of their own: "41 of 48", or only of how many."""
    if result.denominator is None:
        return FEWER if result.withheld else ""
    if result.numerator is None:
        return f"{result.denominator:,}"
    return result_count(result, rounded=False)


def is_few(denominator: int | None) -> bool:
    """Whether a percentage stands on few cases."""
    return denominator is not None and 0 < denominator < FEW_CASES
