"""Made-up figures of a small partnership: true counts by scenario, before disclosure.

Nothing is random, so a screenshot or a sentence is the same on every run.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

AS_AT = date(2026, 11, 10)
DUE_DAYS = 21
START = date(2014, 10, 1)
PARTNERS = (
    ("RV3", "Central and North West London NHS Foundation Trust", "CNWL", "nhs_trust", True),
    ("RKE", "Whittington Health NHS Trust", "Whittington", "nhs_trust", True),
    ("RAL", "Royal Free London NHS Foundation Trust", "Royal Free", "nhs_trust", True),
    ("RNK", "Tavistock and Portman NHS Foundation Trust", "Tavistock", "nhs_trust", True),
    ("E09000007", "London Borough of Camden", "Camden", "local_authority", False),
)
# code, name, provider, referrals a month, share seen in time
SERVICES = (
    ("child_development", "MOSAIC child development team", "RV3", 25, 0.94),
    ("dietetics", "Dietetics", "RV3", 12, 0.97),
    ("bladder_and_bowel", "Bladder and bowel", "RV3", 8, 0.93),
    ("speech_and_language", "Speech and language therapy", "RKE", 40, 0.95),
    ("continuing_care", "End-of-life and continuing care", "RKE", 5, 0.99),
    ("occupational_therapy", "Occupational therapy", "RAL", 20, 0.94),
    ("physiotherapy", "Physiotherapy", "RAL", 18, 0.97),
    ("community_nursing", "Children's community nursing", "RAL", 30, 0.96),
    ("camhs", "Child and adolescent mental health", "RNK", 35, 0.95),
)
BANDS = ("0-42", "43-84", "85-126", "127-182", "183-364", "365+")
RETURNS = {
    "RV3": ("csds", "local"),
    "RKE": ("csds", "local"),
    "RAL": ("csds", "local"),
    "RNK": ("local",),
    "E09000007": ("local",),
}
TABLES = {
    "csds": ("cyp000", "cyp001", "cyp002", "cyp101", "cyp102", "cyp201"),
    "local": ("person_index",),
}
SCENARIOS = ("all_good", "one_late", "tiny_numbers", "all_zero", "empty", "first_quarter", "stale",
             "corrupt_pointer")  # fmt: skip


@dataclass(frozen=True)
class Count:
    """A numerator and a denominator, true."""

    seen: int
    of: int


def add_months(day: date, months: int) -> date:
    """First day of the month `months` later."""
    whole = day.year * 12 + day.month - 1 + months
    return date(whole // 12, whole % 12 + 1, 1)


def month_end(day: date) -> date:
    """Last day of the month."""
    return add_months(day, 1) - timedelta(days=1)


def months(scenario: str) -> list[date]:
    """Months with figures, the newest not due yet."""
    starts = {"one_late": date(2024, 10, 1), "first_quarter": date(2026, 7, 1)}
    found = [starts.get(scenario, date(2026, 4, 1))]
    while found[-1] < date(2026, 10, 1):
        found.append(add_months(found[-1], 1))
    return found


def quarter_of(month: date) -> str:
    """ "2026-27 Q2" of a month."""
    year = month.year - (month.month < 4)
    return f"{year}-{(year + 1) % 100:02d} Q{(month.month - 4) % 12 // 3 + 1}"


def is_due(month: date) -> bool:
    """Whether a month's return is due by the as-at day."""
    return month_end(month) + timedelta(days=DUE_DAYS) <= AS_AT


def is_late(scenario: str, partner: str, month: date) -> bool:
    """Whether a partner's return for a month is missing."""
    return scenario == "one_late" and partner == "RAL" and month == date(2026, 9, 1)


def count(scenario: str, service: str, month: date) -> Count:
    """Referrals of a service whose limit day falls in a month, and those seen in time."""
    index = next(i for i, row in enumerate(SERVICES) if row[0] == service)
    _, _, _, size, share = SERVICES[index]
    if scenario == "all_zero":
        return Count(0, 0)
    if scenario == "tiny_numbers":
        size = 1 + (index + month.month) % 3
    if scenario == "one_late" and service == "speech_and_language" and month >= date(2026, 4, 1):
        share = 0.82
    wave = math.sin(month.month + index * 1.7)
    of = max(1, round(size * (1 + 0.15 * wave)))
    return Count(min(of, round(of * min(1.0, share + 0.03 * wave))), of)


def returns(scenario: str) -> list[dict[str, Any]]:
    """What each partner owed and sent."""
    if scenario == "empty":
        return []
    return [
        _return(scenario, month, partner, standard, table)
        for month in months(scenario)
        for partner, standards in RETURNS.items()
        for standard in standards
        for table in TABLES[standard]
    ]


def _return(scenario: str, month: date, partner: str, standard: str, table: str) -> dict[str, Any]:
    due = month_end(month) + timedelta(days=DUE_DAYS)
    row: dict[str, Any] = {
        "partner_code": partner, "standard": standard, "table_name": table, "period": month,
        "due_on": due, "received_on": due - timedelta(days=3), "days_late": 0,
        "status": "on_time", "versions": 1, "rows": 400 + 10 * month.month, "quarantined": 3,
        "reason": None,
    }  # fmt: skip
    nothing = {"received_on": None, "versions": 0, "rows": None, "quarantined": None}
    if not is_due(month):
        return row | nothing | {"status": "not_due", "days_late": None}
    if is_late(scenario, partner, month) and standard == "csds":
        return row | nothing | {"status": "missing", "days_late": (AS_AT - due).days}
    if scenario != "one_late":
        return row
    if partner == "RKE" and month == date(2026, 5, 1):
        return row | {"status": "resubmitted", "versions": 2, "quarantined": 0}
    if partner == "RNK" and month == date(2026, 7, 1):
        return row | {"status": "late", "days_late": 6, "received_on": due + timedelta(days=6)}
    if partner == "E09000007" and month == date(2026, 8, 1):
        return row | nothing | {
            "status": "rejected", "days_late": 50, "reason": "header_missing",
        }  # fmt: skip
    return row
