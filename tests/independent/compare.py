"""Where the warehouse's published rows and the independent numbers differ, one line a difference.

    differences(outcome, {"kpi_result": rows, "kpi_exclusion": rows, "waiting_month": rows})

Rows are mappings by published column name, true values (the operational snapshot), any order. Only
the tables given are compared. A count the warehouse has no row for is zero; a result must be there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from .results import PARTNERSHIP_LEVEL, Result
from .timeliness import Outcome

Rows = Iterable[Mapping[str, Any]]
KPI = ("timeliness", "first_contact")
TOLERANCE = 1e-6


def differences(expected: Outcome, snapshot_rows: Mapping[str, Rows]) -> list[str]:
    """Every disagreement about the tables in `snapshot_rows`; empty when there is none."""
    compared = {
        "kpi_result": _results,
        "kpi_exclusion": _exclusions,
        "waiting_month": _waiting,
    }
    unknown = set(snapshot_rows) - set(compared)
    if unknown:
        raise ValueError(f"nothing to compare {', '.join(sorted(unknown))} with")
    found: list[str] = []
    for table, rows in snapshot_rows.items():
        found += compared[table](expected, rows)
    return found


def _results(expected: Outcome, rows: Rows) -> list[str]:
    found: list[str] = []
    held: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        if (row["kpi_id"], row["part"]) != KPI:
            continue
        key = _result_key(row)
        if key in held:
            found.append(f"kpi_result {_words(key)}: two rows")
        held[key] = {name: _plain(value) for name, value in row.items()}
    for key in sorted(expected.results.keys() | held.keys(), key=str):
        if key not in held:
            found.append(f"kpi_result {_words(key)}: no row, expected {expected.results[key]}")
        elif key not in expected.results:
            found.append(f"kpi_result {_words(key)}: a row, expected none")
        else:
            for name, value in _result_columns(expected.results[key]).items():
                if not _is_same(value, held[key][name]):
                    found.append(
                        f"kpi_result {_words(key)}: {name} is {held[key][name]}, expected {value}"
                    )
    return found


def _result_columns(result: Result) -> dict[str, Any]:
    # where something is missing and nothing was counted, nothing is known: that is not zero
    is_known = result.gap is None or result.denominator > 0
    columns: dict[str, Any] = {
        "version": result.version,
        "numerator": result.numerator if is_known else None,
        "denominator": result.denominator if is_known else None,
        "value": 100 * result.numerator / result.denominator if result.denominator else None,
        "mean_wait_days": result.mean_wait_days,
        "status": result.status,
    }
    if result.status == "not_assessed" and result.level != "partnership":
        columns["reason"] = result.reason
    return columns


def _exclusions(expected: Outcome, rows: Rows) -> list[str]:
    wanted = {
        (*key, reason): count
        for key, result in expected.results.items()
        for reason, count in result.exclusions.items()
    }
    held = [
        ((*_result_key(row), row["exclusion_reason"]), row["count"])
        for row in rows
        if (row["kpi_id"], row["part"]) == KPI
    ]
    return _count_differences("kpi_exclusion", wanted, held)


def _waiting(expected: Outcome, rows: Rows) -> list[str]:
    wanted = {(w.month, w.service, w.from_days): w.waiting for w in expected.waiting}
    found: list[str] = []
    held = []
    for row in rows:
        month, service = _plain(row["month"]), row["service_code"]
        waiting = _plain(row["waiting"])
        if (month, service) not in expected.unknown_months:
            held.append(((month, service, _first_day(row["band"])), waiting))
        elif waiting is not None:
            found.append(f"waiting_month {_words((month, service))}: {waiting}, expected not known")
    return found + _count_differences("waiting_month", wanted, held)


def _count_differences(
    table: str, wanted: Mapping[Any, int], held: Iterable[tuple[Any, Any]]
) -> list[str]:
    found: list[str] = []
    counts: dict[Any, int] = {}
    for key, count in held:
        if key in counts:
            found.append(f"{table} {_words(key)}: two rows")
        counts[key] = _plain(count)
    found.extend(
        f"{table} {_words(key)}: {counts.get(key, 0)}, expected {wanted.get(key, 0)}"
        for key in sorted(wanted.keys() | counts.keys(), key=str)
        if counts.get(key, 0) != wanted.get(key, 0)
    )
    return found


def _result_key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    code = PARTNERSHIP_LEVEL if row["level"] == "partnership" else row["code"]
    return row["quarter"], row["level"], code


def _first_day(band: str) -> int:
    """The first number of a band's name: `43` of the band from 43 to 84 days."""
    number = re.search(r"\d+", band)
    if number is None:
        raise ValueError(f"the band {band!r} names no day")
    return int(number[0])


def _plain(value: Any) -> Any:
    """A value without the dress of the library it came from; not-a-number is None."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, datetime):
        return value.date()
    return value


def _is_same(expected: Any, held: Any) -> bool:
    if isinstance(expected, float) and held is not None:
        return math.isclose(expected, float(held), rel_tol=TOLERANCE, abs_tol=TOLERANCE)
    return bool(expected == held)


def _words(key: Any) -> str:
    return " ".join(p.isoformat()[:7] if isinstance(p, date) else str(p) for p in key)


def truth_differences(expected: Outcome, truth: Mapping[str, Any]) -> list[str]:
    """Every disagreement with the truth a made-up alliance is told with.

    The truth knows no status. Its waiting lists leave the autism pathway out and hold referrals
    turned down later, which it counts apart; here both are put as the rules have them.
    """
    held = {_result_key(row): row for row in truth["timeliness"]}
    found = []
    for key in sorted(expected.results.keys() | held.keys()):
        result = expected.results.get(key)
        row = held.get(key, {})
        for name in ("numerator", "denominator", "mean_wait_days"):
            ours = getattr(result, name) if result else None
            theirs = row.get(name)
            if not _is_same(ours or None, theirs or None):
                found.append(f"timeliness {_words(key)}: {name} is {theirs}, expected {ours}")
        ours, theirs = result.exclusions if result else {}, row.get("exclusions", {})
        if ours != theirs:
            found.append(f"timeliness {_words(key)}: exclusions are {theirs}, expected {ours}")
    autism = {
        judged.unit.service.code
        for judged in expected.units
        if judged.unit.service.is_autism_pathway
    }
    wanted = {
        (w.month, w.service, w.from_days): w.waiting
        for w in expected.waiting
        if w.service not in autism
    }
    lists = [
        (
            (date.fromisoformat(f"{row['month']}-01"), row["service"], _first_day(row["band"])),
            row["waiting"] - row["rejected_later"],
        )
        for row in truth["waiting"]
    ]
    return found + _count_differences("waiting", wanted, lists)
