"""Goals of children with long-term input, and their ratings from start to end.

Some are reached late, some never rated a second time, some given up for a reason.
"""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.synthetic.feeds.stage import Stage, quarter
from orchestration.synthetic.sheets import Cell, Sheet, known_by

HAS_GOALS = 0.7
VISITS = 3
OWN_TOOL = 0.05
WITHDRAWN = 0.06
IN_TIME, LATE, MISSED = 0.68, 0.78, 0.9
CLINICIAN_TOO = 0.3
REASONS = ("child_choice", "family_choice", "no_longer_relevant")


def make_goals(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Tables `goal` and `rating`."""
    con.execute(f"""
        CREATE TABLE goal AS
        WITH planned AS (
            SELECT c.unit * 4 + n AS goal, n, c.unit, c.request, c.child, c.provider, c.team,
                c.bit AS senders, c.born, coalesce(c.closed, DATE '2099-01-01') AS stops,
                c.first_seen + 5 + pick('goal starts', c.unit, 25) AS starts
            FROM course AS c, range(1, 4) AS several (n)
            WHERE c.visits >= {VISITS} AND NOT c.is_autism AND draw('goals', c.unit) < {HAS_GOALS}
                AND n <= 1 + pick('number of goals', c.unit, 3)
        ),
        aimed AS (
            SELECT *, starts + 70 + pick('goal target', goal, 150) AS target,
                6 + pick('goal score', goal, 4) AS target_score,
                1 + pick('goal base', goal, 3) AS base,
                draw('own tool', goal) < {OWN_TOOL} AS is_own,
                draw('goal outcome', goal) AS outcome,
                CASE WHEN draw('goal withdrawn', goal) < {WITHDRAWN}
                    THEN starts + 20 + pick('goal withdrawn', goal, 45) END AS given_up,
                CASE WHEN starts >= born + INTERVAL 11 YEAR AND draw('own rater', unit) < 0.8
                    THEN 'child' ELSE 'parent' END AS rater
            FROM planned WHERE starts < stops AND starts <= {stage.last_day}
        ),
        rated AS (
            SELECT *, CASE WHEN outcome < {IN_TIME} THEN target - pick('before target', goal, 15)
                WHEN outcome < {LATE} THEN target + 5 + pick('after target', goal, 60)
                WHEN outcome < {MISSED} THEN target - pick('before target', goal, 10)
                END AS wished
            FROM aimed
        )
        SELECT * EXCLUDE (wished),
            CASE WHEN given_up IS NULL AND wished IS NOT NULL THEN least(wished, stops) END AS ended,
            CASE WHEN given_up IS NOT NULL THEN least(given_up, stops)
                WHEN outcome < {LATE} THEN least(wished, stops)
                WHEN outcome < {MISSED} THEN least(target + pick('closed after', goal, 30), stops)
                WHEN stops < DATE '2099-01-01' THEN stops END AS closed,
            outcome < {LATE} AND (wished <= stops OR draw('early end', goal) < 0.5) AS is_reached,
            month_at(starts) AS first_month
        FROM rated
    """)
    con.execute(f"""
        ALTER TABLE goal ADD COLUMN last_month SMALLINT;
        UPDATE goal SET closed = CASE WHEN closed <= {stage.last_day} THEN closed END;
        UPDATE goal SET last_month = month_at(coalesce(closed, {stage.last_day}));
    """)
    con.execute(f"""
        CREATE TABLE rating AS
        WITH moments AS (
            SELECT *, 'start' AS moment, starts AS day, base AS score FROM goal
            UNION ALL
            SELECT *, 'review', starts + ((target - starts) // 2)::INTEGER, least(base + 2, target_score - 1)
            FROM goal WHERE starts + ((target - starts) // 2)::INTEGER < coalesce(ended, DATE '1970-01-01')
            UNION ALL
            SELECT *, 'end', ended, CASE WHEN is_reached
                THEN least(target_score + pick('beyond', goal, 2), 10)
                ELSE greatest(target_score - 1 - pick('short', goal, 3), 0) END
            FROM goal WHERE ended > starts
        )
        SELECT goal, child, senders, moment, day, is_own, is_reached, by_whom AS rater,
            by_whom = rater AS is_main,
            CASE WHEN NOT is_own
                THEN least(score + (by_whom = 'clinician')::INTEGER, 10) END AS score,
            CASE WHEN is_own AND moment = 'end' THEN is_reached END AS is_achieved,
            month_at(day) AS first_month, last_month
        FROM moments, LATERAL (SELECT unnest([rater, 'clinician']) AS by_whom)
        WHERE day <= {stage.last_day} AND day <= coalesce(closed, {stage.last_day})
            AND (by_whom = rater
                OR (moment <> 'review' AND draw('clinician rates', goal) < {CLINICIAN_TOO}))
    """)


def goal_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """Goals and ratings of the partner's own services, each month until closed."""
    if stage.standard_of(partner) is None:
        return []
    bit = stage.alliance.bit(partner)
    goal_id = "'G' || (60000000 + goal)"
    reasons = ", ".join(repr(r) for r in REASONS)
    return [
        Sheet("local", "goal", "goal", bit, ("goal",), {
            "goal_id": goal_id,
            "local_patient_id": stage.local_id(partner),
            "service_request_id": stage.request_id(partner),
            "team_id_local": "team",
            "goal_number": "n",
            "goal_tool": "CASE WHEN is_own THEN 'OWN' ELSE 'GBM' END",
            "own_tool_name": "CASE WHEN is_own THEN 'TOMs' END",
            "goal_start_date": "starts",
            "agreed_with_family": "CASE WHEN draw('with family', goal) < 0.94 THEN 'Y' ELSE 'N' END",
            "goal_target_date": "target",
            "goal_target_score": "CASE WHEN NOT is_own THEN target_score END",
            "goal_status": "CASE WHEN closed > {end} OR closed IS NULL THEN 'open' "
                           "WHEN given_up IS NOT NULL THEN 'withdrawn' ELSE 'closed' END",
            "goal_closed_date": known_by("closed"),
            "goal_withdrawn_reason": Cell(
                f"[{reasons}][1 + pick('withdrawn why', goal, {len(REASONS)})]",
                "given_up IS NOT NULL AND closed <= {end}",
            ),
        }),
        Sheet("local", "goal_rating", "rating", bit, ("goal", "day", "rater"), {
            "goal_id": goal_id,
            "rated_on": "day",
            "rater": "rater",
            "rating_stage": "moment",
            "rating_score": "score",
            "is_achieved": "CASE WHEN is_achieved THEN 'Y' WHEN NOT is_achieved THEN 'N' END",
        }),
    ]  # fmt: skip


def goal_facts(con: duckdb.DuckDBPyConnection, stage: Stage) -> list[dict[str, Any]]:
    """Per quarter and provider the goals due, rated twice by then, and reached by then.

    Due once: on the target day or at closure, whichever is first; given up before, never.
    """
    rows = con.execute(f"""
        WITH due AS (
            SELECT *, least(target, coalesce(closed, target)) AS day FROM goal
            WHERE coalesce(given_up > target, true)
        ),
        judged AS (
            SELECT d.goal, d.day, d.provider, d.child, count(r.goal) >= 2 AS is_rated,
                coalesce(CASE WHEN any_value(d.is_own) THEN bool_or(r.is_achieved)
                    ELSE arg_max(r.score, r.day) >= any_value(d.target_score) END, false)
                    AS is_achieved
            FROM due AS d LEFT JOIN rating AS r
                ON r.goal = d.goal AND r.is_main AND r.day <= d.day
            WHERE d.day <= {stage.last_day}
            GROUP BY ALL
        ),
        children AS (
            SELECT {quarter("day")} AS quarter, provider, child, count(*) AS due,
                count(*) FILTER (WHERE is_rated) AS rated,
                count(*) FILTER (WHERE is_achieved) AS achieved
            FROM judged GROUP BY ALL
        )
        SELECT quarter, provider, sum(due)::INTEGER, sum(rated)::INTEGER, sum(achieved)::INTEGER,
            count(*), count(*) FILTER (WHERE achieved = due)
        FROM children GROUP BY ALL ORDER BY ALL
    """).fetchall()
    names = ("quarter", "code", "due", "rated", "achieved", "children", "children_all_achieved")
    return [dict(zip(names, row, strict=True)) for row in rows]
