"""What a check found about a submission, and how it is said to the sender.

A message holds shares, counts and limits, never a value from a row: so not the earliest or latest
day either, which is one row's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from expectations.suite import Expectation

Severity = Literal["error", "warn"]
Status = Literal["pass", "fail", "error", "not_applicable"]

SHARES = ("held_share", "orphans", "missing", "default", "other", "invalid", "distinct")
DAYS = {"first_days": "earliest", "last_days": "latest"}
SUBJECTS = {
    "rows": "Rows in the file",
    "held_share": "Rows held back",
    "volume_ratio": "Rows beside the usual number",
    "declared_difference": "Rows more than declared",
    "orphans": "Rows whose parent is not in {subject}",
    "missing": "Rows without {subject}",
    "default": "Rows with a 'not known' code in {subject}",
    "other": "Rows with an 'other' code in {subject}",
    "invalid": "Rows with an invalid {subject}",
    "distinct": "Different values of {subject} among the rows",
    "median": "Middle value of {subject}",
    "shift": "Change in the mix of {subject} (population stability index)",
}


@dataclass(frozen=True)
class Finding:
    """One check of one submission. `severity` error stands for a check that rejects when failed."""

    ledger_id: int
    check_id: str
    column_name: str
    category: str
    severity: Severity
    status: Status
    observed: float | None
    low: float | None
    high: float | None
    message: str

    @property
    def is_blocking(self) -> bool:
        """Whether the submission is to be rejected before it is loaded."""
        return self.severity == "error" and self.status == "fail"


def found(
    expectation: Expectation, ledger_id: int, status: Status, observed: float | None, why: str = ""
) -> Finding:
    """A finding; `why` says what kept the check from a verdict."""
    return Finding(
        ledger_id=ledger_id,
        check_id=expectation.id,
        column_name=expectation.column_name,
        category=expectation.meta.category,
        severity="error" if expectation.severity == "critical" else "warn",
        status=status,
        observed=observed,
        low=expectation.kwargs.min_value,
        high=expectation.kwargs.max_value,
        message=_message(expectation, status, observed, why),
    )


def _message(expectation: Expectation, status: Status, observed: float | None, why: str) -> str:
    if status == "not_applicable":
        return f"Not checked: {why}."
    if status == "error":
        return f"Could not be checked: {why}."
    assert observed is not None
    said = _days(expectation, observed) or _number(expectation, observed)
    return f"{said} {expectation.meta.note}" if status == "fail" else said


def _number(expectation: Expectation, observed: float) -> str:
    statistic, limits = expectation.statistic, expectation.kwargs
    subject = SUBJECTS[statistic].format(subject=expectation.subject)
    low, high = (
        None if limit is None else _shown(statistic, limit)
        for limit in (limits.min_value, limits.max_value)
    )
    if low == high:
        expected = f"exactly {low}"
    elif low is None or high is None:
        expected = f"at most {high}" if low is None else f"at least {low}"
    else:
        unit = low.partition(" ")[2]
        expected = f"{low.removesuffix(' ' + unit) if unit else low} to {high}"
    shown = _shown(statistic, observed, limits.min_value, limits.max_value)
    return f"{subject}: {shown}; expected {expected}."


def _shown(statistic: str, value: float, *limits: float | None) -> str:
    """A number as text, with as many decimals as keep it apart from the limits it differs from."""
    apart = [v for v in limits if v is not None and v != value]
    for decimals in range(1, 6):
        text = _rounded(statistic, value, decimals)
        if all(text != _rounded(statistic, limit, decimals) for limit in apart):
            break
    return text


def _rounded(statistic: str, value: float, decimals: int) -> str:
    if statistic in SHARES:
        return f"{_plain(value * 100, decimals)} %"
    if statistic == "volume_ratio":
        return f"{_plain(value, decimals + 1)} times"
    return _plain(value, decimals + 1)


def _plain(value: float, decimals: int) -> str:
    text = f"{value:,.{decimals}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _days(expectation: Expectation, observed: float) -> str:
    """Which limit a first or last day passed; '' for another statistic."""
    if expectation.statistic not in DAYS:
        return ""
    subject = f"The {DAYS[expectation.statistic]} {expectation.subject}"
    low, high = expectation.kwargs.min_value, expectation.kwargs.max_value
    if low is not None and observed < low:
        return f"{subject} lies before {_day(low)}."
    if high is not None and observed > high:
        return f"{subject} lies after {_day(high)}."
    return f"{subject} lies where it is expected."


def _day(days: float) -> str:
    if days == 0:
        return "the period's last day"
    side = "before" if days < 0 else "after"
    return f"the day {_plain(abs(days), 0)} days {side} the period's last day"
