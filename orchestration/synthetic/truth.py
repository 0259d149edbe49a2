"""What a correct warehouse must find, counted from what happened and not from the files.

Children are the true ones. Events are those known by the last day of the run.
"""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.partnership.model import Partnership
from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import Window, as_date
from orchestration.synthetic.feeds.stage import Stage, tell_services
from orchestration.synthetic.feeds.themes import tell_facts
from orchestration.synthetic.outcomes import CLOSURE_REASONS

BANDS = ((42, "0-42"), (84, "43-84"), (126, "85-126"), (182, "127-182"), (364, "183-364"))
LONGEST = "365+"

DEFINITIONS = {
    "unit": "one request to one service, triage not being one",
    "duplicate": "after dropping rejected ones, a referral of one child to one discipline "
    "within the gap of the one before; of one day, the lower number is the earlier",
    "exclusions": "one reason a unit, the first that applies in this order: opted_out, rejected, "
    "duplicate, over_age, autism_pathway, negative_wait, died, withdrawn",
    "quarter": "financial quarter in which received + limit falls, up to the last day of the run",
    "opted_out": "the family opted out by the end of the run; such children wait on no list and are in "
    "no chain of repeats",
    "waiting": "sent in the month, not closed, rejected or discharged by its end, not yet seen by "
    "then (contacts of any repeat count), no repeat of an earlier referral, no autism pathway; "
    "repeats are judged on all that is known at the end of the run",
    "rejected_later": "those of waiting that were turned down after the month",
    "mean_wait_days": "days to the first contact of counted units seen by the end of the run",
    "quarantined": "rows to hold back, by rule; of a duplicate_key only the second copy",
    "warnings": "rows to load with a warning; they are part of contacts.distinct",
    "is_refused": "a table without a good row whose contract does not let it be empty",
    "misdeclared": "declared totals that are wrong on purpose",
    "facts": "by financial quarter and provider, of true children and rows, bad ones apart: "
    "care_plans: children with two disciplines long term at its end (first seen over six months "
    "before, still open, seen in the twelve months before) and those whose agreed plan names two of "
    "them and was made or updated within twelve months; goals: due in it (target day or closure, "
    "not given up before), rated twice by the child or parent by then, reached by then; transition: "
    "children of 14 to 18 under review at its end; voices: answers given in it; spor_routing: by "
    "receipt; autism_assessment: by receipt + 84 days; ehcp_advice, health_assessment: by due day",
}

# the last chain member's contacts count for the first one, so chains come before everything else
JUDGED = """
CREATE TABLE judged AS
WITH gone AS (SELECT child FROM child WHERE $opt_outs AND opted_out <= $last_day),
qualifying AS (
    SELECT c.request, t.service, min(c.day) AS seen
    FROM contact AS c JOIN team AS t ON t.team = c.team::VARCHAR
    WHERE c.attendance::VARCHAR IN $attended AND c.mechanism::VARCHAR IN $mechanisms
    GROUP BY ALL
),
accepted AS (
    SELECT u.unit, u.child, s.discipline, u.received, u.request, q.seen,
        coalesce(u.received - lag(u.received) OVER earlier > $gap, true) AS is_new
    FROM unit AS u
    JOIN service AS s ON s.service = u.service::VARCHAR
    LEFT JOIN qualifying AS q ON q.request = u.request AND q.service = u.service::VARCHAR
    WHERE u.rejected IS NULL AND u.child NOT IN (SELECT child FROM gone)
    WINDOW earlier AS (PARTITION BY u.child, s.discipline ORDER BY u.received, u.request)
),
chained AS (
    SELECT *, sum(is_new::INTEGER) OVER (
        PARTITION BY child, discipline ORDER BY received, request) AS chain
    FROM accepted
),
kept AS (
    SELECT unit, is_new AS is_kept,
        min(seen) OVER (PARTITION BY child, discipline, chain) AS first_seen
    FROM chained
),
facts AS (
    SELECT u.*, s.provider, s.is_autism, c.born, c.deceased,
        u.received + $limit AS limit_day,
        u.child IN (SELECT child FROM gone) AS is_opted_out,
        coalesce(k.is_kept, false) AS is_kept,
        u.rejected IS NULL AND NOT coalesce(k.is_kept, false) AS is_duplicate,
        k.first_seen
    FROM unit AS u
    JOIN service AS s ON s.service = u.service::VARCHAR
    JOIN child AS c USING (child)
    LEFT JOIN kept AS k USING (unit)
)
SELECT *, first_seen <= limit_day AS is_met,
    CASE
        WHEN is_opted_out THEN 'opted_out'
        WHEN rejected IS NOT NULL THEN 'rejected'
        WHEN is_duplicate THEN 'duplicate'
        WHEN received >= born + to_years($age) THEN 'over_age'
        WHEN is_autism THEN 'autism_pathway'
        WHEN first_seen < received THEN 'negative_wait'
        WHEN deceased < limit_day AND coalesce(first_seen > deceased, true) THEN 'died'
        WHEN closed < limit_day AND closure_reason::VARCHAR IN $withdrawn
            AND coalesce(first_seen > closed, true) THEN 'withdrawn'
    END AS reason,
    year(limit_day) - (month(limit_day) < 4)::INTEGER AS year_start,
    (month(limit_day) + 8) % 12 // 3 + 1 AS quarter_number
FROM facts
"""

COUNTED = """
SELECT format('{}-{:02d} Q{}', year_start, (year_start + 1) % 100, quarter_number) AS quarter,
    CASE GROUPING(provider, service) WHEN 3 THEN 'partnership' WHEN 1 THEN 'provider'
        ELSE 'service' END AS level,
    coalesce(service::VARCHAR, provider, $name) AS code,
    reason,
    count(*) AS units,
    count(*) FILTER (WHERE is_met) AS met,
    avg(first_seen - received) AS mean_wait_days
FROM judged
WHERE limit_day <= $last_day
GROUP BY GROUPING SETS (
    (year_start, quarter_number, reason),
    (year_start, quarter_number, reason, provider),
    (year_start, quarter_number, reason, provider, service))
ORDER BY quarter, level, code, reason
"""

WAITING = """
SELECT strftime(m.first_day, '%Y-%m') AS month, j.service::VARCHAR AS service,
    m.last_day - j.received AS days, j.rejected IS NOT NULL AS is_rejected_later
FROM judged AS j
JOIN request AS r USING (request)
JOIN month AS m ON m.k BETWEEN r.first_month AND r.last_month
WHERE NOT j.is_autism AND NOT j.is_duplicate AND NOT j.is_opted_out
    AND coalesce(j.closed > m.last_day, true)
    AND coalesce(j.rejected > m.last_day, true)
    AND coalesce(r.discharged > m.last_day, true)
    AND coalesce(j.first_seen > m.last_day, true)
"""


def tell_truth(
    con: duckdb.DuckDBPyConnection,
    partnership: Partnership,
    alliance: Alliance,
    window: Window,
    files: list[dict[str, Any]],
    seed: int,
) -> dict[str, Any]:
    """The truth of a run, ready for JSON. Counts are of everything sent, bad rows apart."""
    judge(con, partnership, alliance, window)
    return {
        "months": [f"{m:%Y-%m}" for m in window.months],
        "definitions": DEFINITIONS,
        "totals": _totals(con, files),
        "timeliness": _timeliness(con, alliance, window),
        "waiting": _waiting(con),
        "facts": tell_facts(con, Stage(alliance, window, seed)),
        "files": files,
    }


def judge(
    con: duckdb.DuckDBPyConnection, partnership: Partnership, alliance: Alliance, window: Window
) -> None:
    """Create `judged`: every unit, its limit day, its first contact and why it may not count."""
    last = as_date(window.last_day)
    version = next(
        v
        for v in partnership.kpi_versions
        if (v.kpi_id, v.part) == ("timeliness", "first_contact") and v.is_valid_on(last)
    )
    tell_services(con, alliance)

    def value(name: str) -> Any:
        found = partnership.parameter(name, last).value
        return list(found) if isinstance(found, tuple) else found

    withdrawn = [code for code in value("withdrawn_closure_reasons") if code in CLOSURE_REASONS]
    con.execute(
        JUDGED,
        {
            "limit": version.limit_days,
            "gap": value("duplicate_gap_days"),
            "age": value("timeliness_age_below_years"),
            "attended": value("attended_statuses"),
            "mechanisms": value("qualifying_mechanisms"),
            "withdrawn": withdrawn,
            "opt_outs": value("opt_out_excludes") == "yes",
            "last_day": last,
        },
    )


def _totals(con: duckdb.DuckDBPyConnection, files: list[dict[str, Any]]) -> dict[str, Any]:
    def one(query: str) -> int:
        row = con.execute(query).fetchone()
        assert row is not None
        return int(row[0])

    unknown = sum(f["warnings"].get("unknown_code", 0) for f in files if f["table"] == "cyp201")
    sent = one("SELECT count(*) FROM contact")
    return {
        "children": one("SELECT count(DISTINCT child) FROM known"),
        "children_with_referrals": one("SELECT count(DISTINCT child) FROM request"),
        "referrals": one("SELECT count(*) FROM request"),
        "referrals_in_several_extracts": one(
            "SELECT count(*) FROM request WHERE bit_count(senders) > 1"
        ),
        "units": one("SELECT count(*) FROM unit"),
        "contacts": {
            "distinct": sent + unknown,
            "with_unknown_code": unknown,
            "in_several_extracts": one("SELECT count(*) FROM contact WHERE bit_count(senders) > 1"),
        },
    }


def _timeliness(
    con: duckdb.DuckDBPyConnection, alliance: Alliance, window: Window
) -> list[dict[str, Any]]:
    rows = con.execute(
        COUNTED, {"name": alliance.name, "last_day": as_date(window.last_day)}
    ).fetchall()
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for quarter, level, code, reason, units, met, mean_wait_days in rows:
        entry = found.setdefault(
            (quarter, level, code),
            {
                "kpi_id": "timeliness",
                "part": "first_contact",
                "quarter": quarter,
                "level": level,
                "code": code,
                "numerator": 0,
                "denominator": 0,
                "mean_wait_days": None,
                "exclusions": {},
            },
        )
        if reason is None:
            entry.update(denominator=units, numerator=met, mean_wait_days=mean_wait_days)
        else:
            entry["exclusions"][reason] = units
    return list(found.values())


def _waiting(con: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    cases = " ".join(f"WHEN days <= {upto} THEN '{label}'" for upto, label in BANDS)
    rows = con.execute(f"""
        SELECT month, service, CASE {cases} ELSE '{LONGEST}' END AS band, count(*) AS waiting,
            count(*) FILTER (WHERE is_rejected_later) AS rejected_later
        FROM ({WAITING}) GROUP BY ALL ORDER BY ALL
    """).fetchall()
    return [
        {
            "month": month,
            "service": service,
            "band": band,
            "waiting": waiting,
            "rejected_later": rejected_later,
        }
        for month, service, band, waiting, rejected_later in rows
    ]
