"""Care plans: who has one, who agreed it, when it was last looked at, which disciplines it names.

A joint plan is made where two disciplines give long-term input; some children never get one, some
plans are never agreed, and some are never looked at again.
"""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.synthetic.feeds.stage import Stage, quarter
from orchestration.synthetic.sheets import Cell, Sheet, known_by

HAS_JOINT = 0.86
HAS_OWN = {"csds": 0.1, "mhsds": 0.6}
AGREED = 0.9
NEVER_UPDATED = 0.15
NAMES_ONE = 0.06
JOINS_LATER = 0.75
NEVER = 30_000
UPDATED = "(created + ((greatest(least({end}, stops) - created, 0) // every) * every)::INTEGER)"


def make_plans(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Tables `plan`, `plan_agreement` and `participant`."""
    community = [s.code for s in stage.alliance.sending("csds").services]
    con.execute(f"""
        CREATE TABLE plan AS
        WITH involved AS (
            SELECT *, service IN {(*community, "")} AS is_community,
                max(coalesce(closed, {stage.last_day})) OVER (PARTITION BY child) AS stops
            FROM course WHERE first_seen IS NOT NULL AND NOT is_autism
        ),
        second AS (
            SELECT a.unit, min(greatest(a.first_seen, b.first_seen)) AS since
            FROM involved AS a JOIN involved AS b ON a.child = b.child
                AND a.discipline <> b.discipline
                AND b.first_seen <= coalesce(a.closed, {stage.last_day})
                AND a.first_seen <= coalesce(b.closed, {stage.last_day})
            WHERE a.visits >= 2 AND b.visits >= 2
            GROUP BY a.unit
        ),
        joint AS (
            SELECT i.unit, since + 14 + pick('plan made', i.unit, 75) AS created, true AS is_joint
            FROM involved AS i JOIN second USING (unit)
            WHERE is_community AND draw('joint plan', child) < {HAS_JOINT}
            QUALIFY row_number() OVER (PARTITION BY child ORDER BY since, i.unit) = 1
        ),
        own AS (
            SELECT unit, first_seen + 10 + pick('own plan made', unit, 60), false
            FROM involved
            WHERE draw('own plan', unit)
                < CASE WHEN is_community THEN {HAS_OWN["csds"]} ELSE {HAS_OWN["mhsds"]} END
        ),
        made AS (
            SELECT row_number() OVER (ORDER BY p.unit, p.is_joint)::INTEGER AS plan, p.created,
                p.is_joint, i.unit, i.child, i.provider, i.discipline, i.bit AS senders, i.born,
                i.stops, i.is_community
            FROM (FROM joint UNION ALL FROM own) AS p JOIN involved AS i USING (unit)
            WHERE p.created <= coalesce(i.closed, {stage.last_day})
        )
        SELECT *, month_at(created) AS made_month,
            CASE WHEN draw('never updated', plan) < {NEVER_UPDATED} THEN {NEVER}
                ELSE 120 + pick('updated every', plan, 150) END AS every,
            CASE WHEN draw('agreed', plan) < {AGREED} THEN created + pick('agreed after', plan, 25)
                END AS agreed,
            CASE WHEN NOT is_community AND created >= born + INTERVAL 198 MONTH THEN '14'
                WHEN NOT is_community THEN '10'
                WHEN NOT is_joint THEN '01'
                WHEN draw('agencies', plan) < 0.2 THEN '03' ELSE '02' END AS kind
        FROM made
    """)
    # a plan is sent while the child is: its row stands beside the child's own
    con.execute("""
        CREATE TABLE plan_sent AS
        SELECT p.* EXCLUDE (made_month), greatest(p.made_month, c.first_month) AS first_month,
            c.last_month
        FROM plan AS p JOIN patient AS c USING (child, senders)
        WHERE p.made_month <= c.last_month
    """)
    con.execute("""
        CREATE TABLE plan_agreement AS
        SELECT * REPLACE (greatest(first_month, month_at(agreed)) AS first_month), party
        FROM plan_sent, (VALUES ('02'), ('03')) AS parties (party)
        WHERE agreed IS NOT NULL AND month_at(agreed) <= last_month
            AND (party = '02' OR draw('clinician agreed', plan) < 0.6)
    """)
    con.execute(f"""
        CREATE TABLE participant AS
        SELECT p.plan, p.child, p.senders, i.discipline, i.provider, i.team, i.closed AS until,
            i.first_seen AS since, i.unit = p.unit AS is_lead, p.agreed,
            greatest(p.first_month, month_at(i.first_seen)) AS first_month, p.last_month
        FROM plan_sent AS p
        JOIN course AS i ON i.child = p.child AND i.first_seen IS NOT NULL AND NOT i.is_autism
            AND (i.first_seen <= p.created + 60 OR draw('joins the plan', i.unit) < {JOINS_LATER})
            AND coalesce(i.closed, {stage.last_day}) >= p.created
        WHERE (i.unit = p.unit OR (p.is_joint AND draw('names one', p.plan) >= {NAMES_ONE}))
            AND month_at(i.first_seen) <= p.last_month
        QUALIFY row_number() OVER (
            PARTITION BY p.plan, p.first_month, i.discipline ORDER BY i.unit <> p.unit, i.unit) = 1
    """)


def plan_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """Plans and agreements in the partner's standard, and who takes part."""
    standard, bit = stage.standard_of(partner), stage.alliance.bit(partner)
    if standard is None:
        return []
    plan_id = _plan_id(standard)
    plans, agreements = ("cyp004", "cyp005") if standard == "csds" else ("mhs008", "mhs009")
    own_id: dict[str, Cell | str] = {"local_patient_id": stage.local_id(partner)}
    return [
        Sheet(standard, plans, "plan_sent", bit, ("plan",), {
            **own_id,
            "plan_id": plan_id,
            "plan_type": "kind",
            "plan_created_date": "created",
            "plan_last_update_date": UPDATED,
            "plan_implement_date": known_by("agreed"),
        }),
        Sheet(standard, agreements, "plan_agreement", bit, ("plan", "party"), {
            "plan_id": plan_id,
            "family_care_plan_indicator": "'Y'",
            "plan_agreed_by": "party",
            "plan_agreed_date": "agreed",
        }),
        Sheet("local", "care_plan_participant", "participant", bit, ("plan", "discipline"), {
            **own_id,
            "plan_id": plan_id,
            "plan_source": "'care_plan'",
            "participant_discipline": "discipline",
            "participant_organisation": "provider",
            "participant_team_id": "team",
            "participant_role": "CASE WHEN is_lead THEN 'lead' ELSE 'contributor' END",
            "plan_agreed_with_family_date": known_by("agreed"),
            "participant_from": "since",
            "participant_to": known_by("until"),
        }),
    ]  # fmt: skip


def plan_facts(con: duckdb.DuckDBPyConnection, stage: Stage) -> list[dict[str, Any]]:
    """Per quarter and provider: children with two disciplines long term, and those with a valid plan.

    Long term: first seen more than six months before the quarter's end, not closed by then, seen in
    the twelve months before. Valid: names two of them, agreed and made or updated within twelve
    months. True children, whoever's extract says so.
    """
    rows = con.execute(f"""
        WITH ends AS (
            SELECT last_day AS day, {quarter("last_day")} AS quarter
            FROM month WHERE month(last_day) % 3 = 0
        ),
        seen AS (
            SELECT c.child, s.discipline, s.provider, c.unit, c.closed, c.rejected, e.day, e.quarter,
                c.first_seen
            FROM course AS c JOIN service AS s USING (service), ends AS e
            WHERE c.first_seen < e.day - INTERVAL 6 MONTH AND coalesce(c.closed > e.day, true)
                AND EXISTS (FROM visit_month AS v WHERE v.request = c.request
                    AND v.team = c.team AND v.month <= e.day
                    AND v.month > e.day - INTERVAL 12 MONTH)
        ),
        children AS (
            SELECT quarter, day, child, list(DISTINCT discipline) AS disciplines,
                list(DISTINCT provider) AS providers
            FROM seen GROUP BY ALL HAVING count(DISTINCT discipline) >= 2
        ),
        valid AS (
            SELECT DISTINCT c.quarter, c.child
            FROM children AS c JOIN plan AS p USING (child)
            WHERE p.agreed <= c.day AND {UPDATED.format(end="c.day")} > c.day - INTERVAL 12 MONTH
                AND (SELECT count(DISTINCT t.discipline) FROM participant AS t
                    WHERE t.plan = p.plan AND t.since <= c.day
                        AND list_contains(c.disciplines, t.discipline)) >= 2
        )
        SELECT quarter, coalesce(provider, $name), count(DISTINCT child),
            count(DISTINCT child) FILTER (WHERE v.child IS NOT NULL)
        FROM (SELECT quarter, child, unnest(providers) AS provider FROM children) AS c
        LEFT JOIN valid AS v USING (quarter, child)
        GROUP BY GROUPING SETS ((quarter, provider), (quarter)) ORDER BY ALL
    """, {"name": stage.alliance.name}).fetchall()  # fmt: skip
    return [
        {"quarter": quarter_, "code": code, "children": children, "with_valid_plan": planned}
        for quarter_, code, children, planned in rows
    ]


def _plan_id(standard: str) -> str:
    return "'PL' || (700000000 + plan)" if standard == "csds" else "'TP' || (800000000 + plan)"
