"""The looked-after children return (SSDA903): children, episodes, reviews, health and outcomes."""

from __future__ import annotations

from datetime import date

from orchestration.synthetic.feeds.social_care import INTERIM_DAYS, council_child, ethnicity
from orchestration.synthetic.feeds.stage import Stage
from orchestration.synthetic.sheets import Cell, Sheet

FIRST_REVIEW, SECOND_REVIEW, REVIEW_EVERY = 20, 110, 180


def looked_after_sheets(stage: Stage, partner: str, start: date, end: date) -> list[Sheet]:
    """The return's four tables for one year; sources hold no row outside it."""
    in_year = f"""
        SELECT c.*, l.since, CASE WHEN l.until <= DATE '{end}' THEN l.until END AS until,
            l.has_order
        FROM looked_after AS l JOIN ({council_child(stage, partner, end)}) AS c USING (child)
        WHERE l.since <= DATE '{end}' AND coalesce(l.until >= DATE '{start}', true)
    """
    episodes = f"""
        SELECT *, CASE WHEN n = 0 THEN since ELSE since + {INTERIM_DAYS} END AS begins,
            CASE WHEN n = 0 AND has_order AND since + {INTERIM_DAYS} <= DATE '{end}'
                THEN since + {INTERIM_DAYS} ELSE until END AS ends
        FROM ({in_year}), (VALUES (0), (1)) AS phases (n)
        WHERE n = 0 OR (has_order
            AND since + {INTERIM_DAYS} < coalesce(until, DATE '{end}'))
    """
    reviews = f"""
        SELECT *, since + (CASE n WHEN 0 THEN {FIRST_REVIEW}
            ELSE {SECOND_REVIEW} + {REVIEW_EVERY} * (n - 1) END)::INTEGER AS day
        FROM ({in_year}), range(0, 45) AS several (n)
    """
    assessed = f"""
        SELECT child, max(completed) AS day FROM health_assessment
        WHERE completed BETWEEN DATE '{start}' AND DATE '{end}' GROUP BY child
    """
    outcomes = f"""
        SELECT y.*, a.day AS assessed, k.child IS NOT NULL AS is_known_to_health,
            DATE '{end}' BETWEEN born + INTERVAL 4 YEAR AND born + INTERVAL 17 YEAR AS is_asked
        FROM ({in_year}) AS y
        LEFT JOIN ({assessed}) AS a USING (child)
        LEFT JOIN (SELECT DISTINCT child FROM health_assessment) AS k USING (child)
        WHERE y.since <= DATE '{end}' - 365 AND y.until IS NULL
    """
    own_id: dict[str, Cell | str] = {"child": "local_id", "date_of_birth": "born"}
    return [
        Sheet("ssda903", "header", f"({in_year})", 0, ("child",), {
            **own_id,
            "sex": "CASE WHEN is_male THEN '1' ELSE '2' END",
            "ethnicity": ethnicity(),
            "upn": "coalesce(upn, 'UN1')",
            "is_mother": "'0'",
        }),
        Sheet("ssda903", "episodes",
              f"(SELECT * FROM ({episodes}) WHERE begins <= DATE '{end}' "
              f"AND coalesce(ends >= DATE '{start}', true))", 0, ("child", "n"), {
            "child": "local_id",
            "episode_start_date": "begins",
            "reason_for_new_episode": "CASE n WHEN 0 THEN 'S' ELSE 'L' END",
            "legal_status": "CASE WHEN NOT has_order THEN 'V2' WHEN n = 0 THEN 'C1' ELSE 'C2' END",
            "category_of_need": "CASE WHEN is_disabled THEN 'N2' ELSE 'N1' END",
            "placement_type": "'U4'",
            "placement_provider": "CASE WHEN draw('placed by', child) < 0.6 THEN 'PR1' "
                                  "ELSE 'PR4' END",
            "episode_end_date": "ends",
            "reason_episode_ceased": "CASE WHEN ends IS NULL THEN NULL "
                                     "WHEN n = 0 AND has_order AND ends IS DISTINCT FROM until "
                                     "THEN 'X1' ELSE 'E17' END",
            "home_postcode": "postcode",
        }),
        Sheet("ssda903", "reviews",
              f"(SELECT * FROM ({reviews}) WHERE day BETWEEN DATE '{start}' AND DATE '{end}' "
              "AND coalesce(day < until, true))", 0, ("child", "n"), {
            **own_id,
            "review_date": "day",
            "review_code": "CASE WHEN day < born + INTERVAL 4 YEAR THEN 'PN0' "
                           "ELSE 'PN' || (1 + pick('took part', child * 60 + n, 7)) END",
        }),
        Sheet("ssda903", "oc2", f"({outcomes})", 0, ("child",), {
            **own_id,
            "sdq_score": Cell(f"6 + pick('sdq {end.year}', child, 24)", "is_asked"),
            "sdq_reason": Cell("'SDQ1'", "NOT is_asked"),
            "convicted": "'0'",
            "health_check": "'1'",
            "immunisations": f"CASE WHEN draw('immunised {end.year}', child) < 0.9 THEN '1' "
                             "ELSE '0' END",
            "teeth_check": f"CASE WHEN draw('teeth {end.year}', child) < 0.85 THEN '1' ELSE '0' END",
            "health_assessment": "CASE WHEN assessed IS NOT NULL THEN '1' "
                                 f"WHEN NOT is_known_to_health AND draw('seen {end.year}', child) "
                                 "< 0.9 THEN '1' ELSE '0' END",
            "substance_misuse": "'0'",
        }),
    ]  # fmt: skip
