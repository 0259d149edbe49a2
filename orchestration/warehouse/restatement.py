"""What a new build corrects: finished quarters whose numbers or status differ from the last one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import duckdb

from orchestration import duck
from orchestration.keys import Keys
from orchestration.warehouse.snapshot import Snapshot

NAMED = 6  # submissions a cause lists before it counts the rest

# a quarter that was not due in either build is unfinished, not restated
_CHANGED = """
SELECT
    'operational' AS audience,
    ? AS build_id,
    before.build_id AS previous_build_id,
    kpi_id, part, quarter, level, code, after.provider_code,
    after.quarter_end,
    before.numerator AS before_numerator,
    before.denominator AS before_denominator,
    before.value AS before_value,
    before.status AS before_status,
    after.numerator AS after_numerator,
    after.denominator AS after_denominator,
    after.value AS after_value,
    after.status AS after_status
FROM previous.kpi_result AS before
INNER JOIN warehouse.marts.mart_kpi_result AS after USING (kpi_id, part, quarter, level, code)
WHERE before.status IN ('met', 'not_met', 'not_assessed')
    AND after.status IN ('met', 'not_met', 'not_assessed')
    AND (
        before.numerator IS DISTINCT FROM after.numerator
        OR before.denominator IS DISTINCT FROM after.denominator
        OR before.status IS DISTINCT FROM after.status
    )
ORDER BY kpi_id, part, quarter, level, code
"""


def find_restatements(
    con: duckdb.DuckDBPyConnection,
    keys: Keys,
    previous: Snapshot | None,
    build_id: str,
    submissions: Sequence[Mapping[str, Any]],
) -> list[dict[str, Any]]:
    """True values before and after, with the submissions that came in between.

    `con` has the build file attached as `warehouse`.
    """
    if previous is None:
        return []
    duck.attach(con, previous.file("operational"), "previous", keys.operational, read_only=True)
    try:
        found = con.execute(_CHANGED, [build_id])
        names = [column[0] for column in found.description or []]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    finally:
        con.execute("DETACH previous")
    arrived = new_submissions(submissions, previous.manifest["submissions"])
    for row in rows:
        provider, quarter_end = row.pop("provider_code"), row.pop("quarter_end")
        row["cause"] = cause(arrived, provider, str(quarter_end)[:7])
    return rows


def new_submissions(
    submissions: Sequence[Mapping[str, Any]], published: Sequence[int]
) -> list[dict[str, Any]]:
    """Active submissions the last snapshot did not have, each with its version number."""
    known = set(published)
    versions: dict[tuple[Any, ...], int] = {}
    found = []
    for row in sorted(submissions, key=lambda s: int(s["ledger_id"])):
        if row["status"] not in ("loaded", "superseded"):
            continue
        unit = (row["partner_code"], row["standard"], row["table_name"], str(row["period_start"]))
        versions[unit] = versions.get(unit, 0) + 1
        if row["is_active"] and int(row["ledger_id"]) not in known:
            found.append({**row, "version": versions[unit]})
    return found


def cause(arrived: Sequence[Mapping[str, Any]], provider: str | None, to_month: str) -> str:
    """The submissions that explain a change: the provider's own for that time, where there are."""
    own = [s for s in arrived if provider is None or s["partner_code"] == provider]
    for candidates in (own, arrived):
        timely = [s for s in candidates if _month(s) <= to_month]
        chosen = timely or list(candidates)
        if chosen:
            names = [
                f"{s['partner_code']} {s['standard']}.{s['table_name']} {_month(s)} "
                f"version {s['version']}"
                for s in chosen
            ]
            more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
            return ", ".join(names[:NAMED]) + more
    return "rules or reference data changed"


def _month(submission: Mapping[str, Any]) -> str:
    return str(submission["period_start"])[:7]
