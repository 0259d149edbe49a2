"""The board's copy of a table: 1 to 7 withheld, others to the nearest 5, ratios with both parts.

A plain second form of the rule the warehouse applies, so that the board's pages are tested on
figures as they will be.
"""

from __future__ import annotations

from typing import Any

Rows = list[dict[str, Any]]
COUNTS = {
    "submission": ("rows", "quarantined"), "kpi_exclusion": ("count",),
    "waiting_month": ("waiting",), "wait_summary_month": ("n",),
}  # fmt: skip


def disclose(table: str, rows: Rows) -> Rows:
    """Rule A as the board's copy has it: 1 to 7 withheld, others to the nearest 5."""
    if table in {"kpi_result", "kpi_month"}:
        return [_disclose_ratio(row) for row in rows]
    return [_disclose_counts(row, COUNTS[table]) for row in rows] if table in COUNTS else rows


def _disclose_counts(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    few = [name for name in names if row[name] is not None and 0 < row[name] < 8]
    kept = {n: None if n in few or row[n] is None else 5 * round(row[n] / 5) for n in names}
    statistics = {n: None for n in row if n.endswith("_days")} if few else {}
    return row | kept | statistics | {"withheld": bool(few)}


def _disclose_ratio(row: dict[str, Any]) -> dict[str, Any]:
    seen, of = row["numerator"], row["denominator"]
    if of is None:
        return row
    few = 0 < seen < 8 or 0 < of - seen < 8
    shown_of = None if 0 < of < 8 else 5 * round(of / 5)
    shown_seen = None if few or shown_of is None else 5 * round(seen / 5)
    value = 100 * shown_seen / shown_of if shown_seen is not None and shown_of else None
    gone = {"mean_wait_days": None} if shown_of is None and "mean_wait_days" in row else {}
    return row | gone | {
        "numerator": shown_seen, "denominator": shown_of, "value": value,
        "withheld": few or (shown_of is None),
    }  # fmt: skip
