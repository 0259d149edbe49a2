"""Growing up: reviews of the move to adult services, from the fourteenth birthday on."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.synthetic.feeds.stage import Stage, quarter
from orchestration.synthetic.sheets import Cell, Sheet, known_by

UNDECIDED, ELIGIBLE = 0.08, 0.68
DECIDED_LATER = 0.2
AGREED = 0.8
REVIEWED = 0.8


def make_transition(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Table `transition`: one row a review of a child by one provider."""
    con.execute(f"""
        CREATE TABLE transition AS
        WITH held AS (
            SELECT child, provider, bit AS senders, any_value(born) AS born,
                min(first_seen) AS since, bool_or(service = 'continuing_care') AS is_continuing,
                least(max(coalesce(closed, {stage.last_day})),
                    any_value((born + INTERVAL 18 YEAR)::DATE),
                    coalesce(any_value(deceased), DATE '2099-01-01')) AS until
            FROM course WHERE visits >= 2 AND NOT is_autism GROUP BY ALL
        ),
        reviewed AS (
            SELECT *, greatest((born + INTERVAL 14 YEAR)::DATE, since + 30)
                    + pick('first transition review', child, 60) AS began
            FROM held
        ),
        fated AS (
            SELECT *, draw('eligible', child) AS fate,
                CASE WHEN draw('transition agreed', child) < {AGREED}
                    THEN began + 10 + pick('transition agreed after', child, 60) END AS wished
            FROM reviewed WHERE began <= until AND began >= born + INTERVAL 14 YEAR
        )
        SELECT f.*, n, began + (365 * n)::INTEGER AS day,
            CASE WHEN fate < {UNDECIDED} OR (n = 0 AND fate > 1 - {DECIDED_LATER} / 2)
                THEN 'undecided' WHEN fate < {ELIGIBLE} THEN 'eligible' ELSE 'not_eligible' END
                AS eligibility,
            CASE WHEN fate >= {UNDECIDED} AND fate < {ELIGIBLE} AND wished <= until
                THEN wished END AS agreed,
            CASE WHEN fate >= {UNDECIDED} AND fate < {ELIGIBLE} AND wished <= until THEN
                CASE WHEN n > 0 THEN began + (365 * n)::INTEGER
                    WHEN draw('transition reviewed', child) < {REVIEWED}
                    THEN wished + 90 + pick('transition reviewed', child, 150) END
                END AS looked_at,
            month_at(began + (365 * n)::INTEGER) AS first_month, month_at(until) AS last_month
        FROM fated AS f, range(0, 4) AS years (n)
        WHERE began + (365 * n)::INTEGER <= until AND began + (365 * n)::INTEGER <= {stage.last_day}
            AND began + (365 * n)::INTEGER >= {stage.first_day}
    """)


def transition_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """Each review, every month until the child has left or grown up."""
    if stage.standard_of(partner) is None:
        return []
    return [
        Sheet("local", "transition_review", "transition", stage.alliance.bit(partner),
              ("child", "n"), {
            "local_patient_id": stage.local_id(partner),
            "review_date": "day",
            "eligibility_decision": "eligibility",
            "eligibility_decision_date": Cell("day", "eligibility <> 'undecided'"),
            "adult_service": Cell(
                "CASE WHEN is_continuing THEN 'Adult continuing care' "
                "ELSE 'Adult community health' END", "eligibility = 'eligible'"),
            "named_worker_present":
                "CASE WHEN draw('named worker', child) < 0.85 THEN 'Y' ELSE 'N' END",
            "continuing_care": "CASE WHEN is_continuing THEN 'Y' ELSE 'N' END",
            "plan_agreed_date": known_by("agreed"),
            "plan_reviewed_date": Cell("looked_at", "looked_at <= {end} AND agreed <= looked_at"),
            "adult_service_accepted_date": Cell(
                "agreed + 120", "agreed + 120 <= {end} AND day >= born + INTERVAL 17 YEAR"),
        }),
    ]  # fmt: skip


def transition_facts(con: duckdb.DuckDBPyConnection, stage: Stage) -> list[dict[str, Any]]:
    """Per quarter and provider the children from 14 and from 16 to 18 whose move is under review,
    how many are undecided, and how many have an agreed plan reviewed within twelve months."""
    del stage
    rows = con.execute(f"""
        WITH ends AS (
            SELECT last_day AS day, {quarter("last_day")} AS quarter
            FROM month WHERE month(last_day) % 3 = 0
        ),
        known AS (
            SELECT e.quarter, t.provider, t.child, e.day >= t.born + INTERVAL 16 YEAR AS is_sixteen,
                arg_max(t.eligibility, t.day) = 'undecided' AS is_undecided,
                coalesce(bool_or(t.agreed <= t.looked_at AND t.looked_at <= e.day
                    AND t.looked_at > e.day - INTERVAL 12 MONTH), false) AS has_plan
            FROM transition AS t JOIN ends AS e ON t.day <= e.day AND t.until > e.day
            GROUP BY ALL
        )
        SELECT quarter, provider, count(*), count(*) FILTER (WHERE is_undecided),
            count(*) FILTER (WHERE has_plan), count(*) FILTER (WHERE is_sixteen),
            count(*) FILTER (WHERE is_sixteen AND has_plan)
        FROM known GROUP BY ALL ORDER BY ALL
    """).fetchall()
    names = ("quarter", "code", "from_14", "undecided", "from_14_with_plan", "from_16",
             "from_16_with_plan")  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]
