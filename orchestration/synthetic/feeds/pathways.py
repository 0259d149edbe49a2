"""Steps with a clock of their own: triage, autism assessment, advice for plans, health assessments."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.synthetic.feeds.stage import Stage, quarter
from orchestration.synthetic.sheets import REQUEST_ID, YES, Cell, Sheet, known_by

COMPLEX = 0.25
SAME_DAY = 0.82
PANEL_EVERY = 14
AUTISM_LIMIT = 84
STARTS_AT_ONCE, STARTS_LATER = 0.5, 0.86
ADVICE_DAYS = 42
INITIAL_DAYS, REVIEW_DAYS = 28, 182
LATE_REASONS = ("not_brought", "capacity", "request_incomplete", "school_holidays")
OUTCOMES = ("autism", "autism", "autism", "not_autism", "inconclusive")


def make_pathways(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Tables `triage`, `autism`, `advice` and `health_assessment`."""
    _make_triage(con, stage)
    _make_autism(con, stage)
    _make_advice(con, stage)
    _make_health_assessments(con, stage)


def _make_triage(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """What triage did with each request its provider's extract holds."""
    alliance = stage.alliance
    lead = alliance.senders[alliance.lead]
    con.execute(f"""
        CREATE TABLE triage AS
        WITH received AS (
            SELECT c.unit, c.request, c.child, c.service, c.team, c.received, c.rejected,
                c.first_month, c.last_month, l.closed AS triaged,
                c.received + (({PANEL_EVERY} - (c.received - DATE '2023-01-04') % {PANEL_EVERY})
                    % {PANEL_EVERY})::INTEGER AS panel,
                c.first_seen, count(*) OVER (PARTITION BY c.request) AS services
            FROM course AS c JOIN line AS l ON l.request = c.request AND l.team_number = 0
            WHERE c.senders & {stage.sender_bit(lead)} <> 0
        ),
        sorted AS (
            SELECT *, (services > 1 OR draw('complex', request) < {COMPLEX})
                AND coalesce(first_seen > panel + 2, true) AS is_complex
            FROM received
        ),
        routed AS (
            SELECT *, CASE
                WHEN NOT is_complex AND draw('same day', request) < {SAME_DAY} THEN received
                WHEN NOT is_complex THEN triaged
                WHEN rejected IS NULL THEN panel + pick('after panel', request, 3)
                END AS routed
            FROM sorted
        )
        SELECT *, {alliance.bit(lead)}::UTINYINT AS senders,
            least(coalesce(month_at(greatest(routed, CASE WHEN is_complex THEN panel END)),
                last_month), {len(stage.window.months) - 1})::SMALLINT AS until
        FROM routed
    """)
    con.execute("ALTER TABLE triage DROP COLUMN last_month")
    con.execute("ALTER TABLE triage RENAME COLUMN until TO last_month")


def _make_autism(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    con.execute(f"""
        CREATE TABLE autism AS
        WITH begun AS (
            SELECT unit, request, child, team, received, rejected, bit AS senders, provider,
                first_month, last_month,
                CASE WHEN draw('autism starts', unit) < {STARTS_AT_ONCE}
                    THEN first_seen + pick('autism starts', unit, 8)
                    WHEN draw('autism starts', unit) < {STARTS_LATER}
                    THEN first_seen + 12 + pick('autism starts', unit, 60) END AS wished,
                coalesce(closed, {stage.last_day}) AS stops
            FROM course WHERE is_autism AND rejected IS NULL
        ),
        started AS (SELECT *, CASE WHEN wished <= stops THEN wished END AS started FROM begun)
        SELECT *, CASE WHEN started IS NOT NULL
                AND (started + 120 < stops OR draw('autism ends', unit) < 0.6)
            THEN least(started + 30 + pick('autism ends', unit, 80), stops) END AS completed
        FROM started
    """)


def _make_advice(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    con.execute(f"""
        CREATE TABLE advice AS
        SELECT *, asked_on + {ADVICE_DAYS} AS due,
            month_at(asked_on) AS first_month,
            month_at(least(coalesce(sent, {stage.last_day}), {stage.last_day})) AS last_month
        FROM (
            SELECT c.unit AS advice, n.child, c.service, c.discipline, c.provider,
                c.bit AS senders, n.decided + 2 AS asked_on,
                CASE WHEN draw('advice sent', c.unit) < 0.96
                    THEN n.decided + 2 + 20 + pick('advice sent', c.unit, 28) END AS sent
            FROM special_needs AS n JOIN course AS c ON c.child = n.child AND NOT c.is_autism
                AND c.first_seen <= n.decided + 2
                AND coalesce(c.closed > n.decided + 2, true)
            WHERE n.is_agreed AND n.decided + 2 BETWEEN {stage.first_day} AND {stage.last_day}
            QUALIFY row_number() OVER (PARTITION BY n.child, c.service ORDER BY c.unit) = 1
        )
    """)


def _make_health_assessments(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    lead = stage.alliance.bit(stage.alliance.senders[stage.alliance.lead])
    con.execute(f"""
        CREATE TABLE health_assessment AS
        WITH planned AS (
            SELECT l.child, l.born, l.since, l.until, l.is_out_of_area, k.first_month AS known_from,
                n, l.since + {INITIAL_DAYS} + ({REVIEW_DAYS} * n)::INTEGER AS due, l.child * 50 + n AS number
            FROM looked_after AS l
            JOIN known AS k ON k.child = l.child AND k.bit = {lead},
                range(0, 40) AS times (n)
            WHERE n % 2 = 0 OR l.since + {INITIAL_DAYS} + ({REVIEW_DAYS} * n)::INTEGER
                < l.born + INTERVAL 5 YEAR
        ),
        held AS (
            SELECT *, CASE WHEN draw('assessment', number) >= 0.05
                THEN due - 24 + pick('assessment', number, 31) END AS completed
            FROM planned
            WHERE due BETWEEN {stage.first_day} - 40 AND {stage.last_day} + 40
                AND coalesce(due < until, true)
        )
        SELECT *, {lead}::UTINYINT AS senders,
            greatest(known_from, month_at(due - 45), 0)::SMALLINT AS first_month,
            month_at(least(coalesce(completed + 20, due + 120), {stage.last_day})) AS last_month
        FROM held
    """)


def pathway_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """Advice of every provider; the rest is the lead's."""
    if stage.standard_of(partner) is None:
        return []
    bit = stage.alliance.bit(partner)
    own_id: dict[str, Cell | str] = {"local_patient_id": stage.local_id(partner)}
    reasons = ", ".join(repr(r) for r in LATE_REASONS)
    sheets = [
        Sheet("local", "ehcp_advice", "advice", bit, ("advice",), {
            **own_id,
            "advice_request_id": "'EA' || (100000 + child)",
            "ehcp_request_id": "'SR' || (500000 + child)",
            "advice_service": "service",
            "advice_discipline": "discipline",
            "advice_requested_on": "asked_on",
            "advice_due_on": "due",
            "advice_sent_on": known_by("sent"),
            "advice_late_reason": Cell(
                f"[{reasons}][1 + pick('late', advice, {len(LATE_REASONS)})]",
                "due < least(coalesce(sent, {end}), {end})"),
        }),
    ]  # fmt: skip
    if partner == stage.alliance.senders[stage.alliance.lead]:
        sheets += _lead_sheets(bit, own_id)
    return sheets


def _lead_sheets(bit: int, own_id: dict[str, Cell | str]) -> list[Sheet]:
    outcomes = ", ".join(repr(o) for o in OUTCOMES)
    is_done = "completed <= {end}"
    return [
        Sheet("local", "spor_triage", "triage", bit, ("unit",), {
            **own_id,
            "service_request_id": REQUEST_ID,
            "spor_received_date": "received",
            "spor_complexity": "CASE WHEN is_complex THEN 'complex' ELSE 'routine' END",
            "panel_date": Cell("panel", "is_complex"),
            "panel_decision": Cell(
                "CASE WHEN rejected IS NULL THEN 'accepted' "
                "WHEN draw('turned down', request) < 0.5 THEN 'redirected' ELSE 'not_accepted' END",
                "is_complex AND panel <= {end}"),
            "panel_decision_date": Cell("panel", "is_complex AND panel <= {end}"),
            "routed_date": known_by("routed"),
            "routed_to_service": "service",
            "routed_to_team_id": "team",
        }),
        Sheet("local", "autism_assessment", "autism", bit, ("unit",), {
            **own_id,
            "service_request_id": REQUEST_ID,
            "team_id_local": "team",
            "assessment_started_date": known_by("started"),
            "assessment_completed_date": known_by("completed"),
            "assessment_outcome": Cell(
                f"[{outcomes}][1 + pick('autism outcome', unit, {len(OUTCOMES)})]", is_done),
            "outcome_shared_date": Cell("completed + 14", "completed + 14 <= {end}"),
        }),
        Sheet("local", "lac_health_assessment", "health_assessment", bit, ("number",), {
            **own_id,
            "health_assessment_kind": "CASE WHEN n = 0 THEN 'initial' ELSE 'review' END",
            "statutory_start_date": "since",
            "health_assessment_due_date": "due",
            "health_assessment_status":
                f"CASE WHEN {is_done} THEN 'completed' "
                "WHEN completed IS NULL AND due <= {end} THEN 'refused' ELSE 'planned' END",
            "health_assessment_completed_date": known_by("completed"),
            "by_medical_practitioner": "CASE WHEN n = 0 THEN 'Y' ELSE 'N' END",
            "report_sent_date": Cell("completed + 10", "completed + 10 <= {end}"),
            "health_plan_date": Cell("completed + 12", "completed + 12 <= {end}"),
            "is_inherited": YES.format("first_month > month_at(due)"),
            "placed_out_of_area": YES.format("is_out_of_area"),
        }),
    ]  # fmt: skip


def pathway_facts(con: duckdb.DuckDBPyConnection, stage: Stage) -> dict[str, list[dict[str, Any]]]:
    """Per quarter: same-day routing (by receipt), autism assessments begun in 84 days (by limit
    day, rejected and repeated referrals left out), advice and health assessments in time (by due day)."""
    last = stage.last_day

    def asked(query: str, *names: str) -> list[dict[str, Any]]:
        found = con.execute(query).fetchall()
        return [dict(zip(("quarter", "code", *names), row, strict=True)) for row in found]

    lead = stage.alliance.senders[stage.alliance.lead]
    return {
        "spor_routing": asked(f"""
            SELECT {quarter("received")}, '{lead}', count(*),
                count(*) FILTER (WHERE routed = received), count(*) FILTER (WHERE is_complex)
            FROM triage GROUP BY ALL ORDER BY ALL
        """, "routed", "same_day", "to_panel"),
        "autism_assessment": asked(f"""
            SELECT {quarter(f"a.received + {AUTISM_LIMIT}")}, a.provider, count(*),
                count(*) FILTER (WHERE started <= a.received + {AUTISM_LIMIT})
            FROM autism AS a JOIN judged AS j USING (unit)
            WHERE NOT j.is_duplicate AND a.received + {AUTISM_LIMIT} <= {last}
            GROUP BY ALL ORDER BY ALL
        """, "referrals", "started_in_time"),
        "ehcp_advice": asked(f"""
            SELECT {quarter("due")}, provider, count(*), count(*) FILTER (WHERE sent <= due)
            FROM advice WHERE due <= {last} GROUP BY ALL ORDER BY ALL
        """, "due", "sent_in_time"),
        "health_assessment": asked(f"""
            SELECT {quarter("due")}, '{lead}', count(*), count(*) FILTER (WHERE completed <= due)
            FROM health_assessment WHERE due BETWEEN {stage.first_day} AND {last}
                AND first_month <= month_at(due)
            GROUP BY ALL ORDER BY ALL
        """, "due", "completed_in_time"),
    }  # fmt: skip
