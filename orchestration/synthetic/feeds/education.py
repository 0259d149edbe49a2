"""The special needs return (SEN2): persons, requests, assessments, plans named and in force."""

from __future__ import annotations

from datetime import date

from orchestration.synthetic.feeds.social_care import council_child, ethnicity
from orchestration.synthetic.feeds.stage import Stage
from orchestration.synthetic.sheets import Cell, Sheet

REQUEST_NUMBER = "'SR' || (500000 + child)"
PLAN_ENDS = "(c.born + INTERVAL 19 YEAR)::DATE"


def education_sheets(stage: Stage, partner: str, start: date, end: date) -> list[Sheet]:
    """The return's five modules for one calendar year; sources hold no row outside it."""
    on, since = f"DATE '{end}'", f"DATE '{start}'"
    is_active = f"issued <= {on} AND {PLAN_ENDS} > {on} AND coalesce(c.died > {on}, true)"
    in_year = f"""
        SELECT c.*, s.asked, s.decided, s.is_agreed, s.assessed, s.issued, s.need, s.second_need,
            coalesce({is_active}, false) AS is_active
        FROM special_needs AS s JOIN ({council_child(stage, partner, end)}) AS c USING (child)
        WHERE s.asked <= {on} AND (coalesce({is_active}, false)
            OR s.asked >= {since} OR s.decided >= {since}
            OR (s.is_agreed AND coalesce(s.issued, s.assessed) >= {since}))
    """
    own_id: dict[str, Cell | str] = {"person_id": "local_id"}
    request = {**own_id, "request_record_id": REQUEST_NUMBER}
    school = "'1' || lpad((school * 37 % 99999)::VARCHAR, 5, '0')"
    return [
        Sheet("sen2", "person", f"({in_year})", 0, ("child",), {
            **own_id,
            "surname": "surname",
            "forename": "forename",
            "date_of_birth": "born",
            "sex": "CASE WHEN is_male THEN 'M' ELSE 'F' END",
            "ethnicity": ethnicity(),
            "postcode": "postcode",
            "upn": "upn",
            "upn_uln_unavailable_reason": "CASE WHEN upn IS NULL THEN 'UN1' END",
        }),
        Sheet("sen2", "request", f"({in_year})", 0, ("child",), {
            **request,
            "date_request_received": "asked",
            "request_in_rya": "'0'",
            "request_outcome_date": Cell("decided", f"decided <= {on}"),
            "request_outcome": f"CASE WHEN decided > {on} THEN 'A' WHEN decided < {since} THEN 'H' "
                               "WHEN is_agreed THEN 'Y' ELSE 'N' END",
            "request_mediation": "CASE WHEN NOT is_agreed AND draw('mediation', child) < 0.5 "
                                 "THEN '1' ELSE '0' END",
            "request_tribunal": "'0'",
        }),
        Sheet("sen2", "assessment",
              f"(SELECT * FROM ({in_year}) WHERE is_agreed AND decided <= {on} "
              f"AND coalesce(issued, assessed) >= {since})", 0, ("child",), {
            **request,
            "assessment_outcome": f"CASE WHEN assessed > {on} THEN 'A' WHEN issued IS NULL THEN 'N' "
                                  "ELSE 'Y' END",
            "assessment_outcome_date": Cell("assessed", f"assessed <= {on}"),
            "twenty_weeks_exceptions": "CASE WHEN issued - asked > 140 "
                                       "AND draw('exception', child) < 0.3 THEN '1' ELSE '0' END",
        }),
        Sheet("sen2", "named_plan",
              f"(SELECT * FROM ({in_year}) WHERE issued BETWEEN {since} AND {on})", 0, ("child",), {
            **request,
            "plan_start_date": "issued",
            "personal_budget_taken_up": "CASE WHEN draw('budget', child) < 0.08 THEN 'Y' "
                                        "ELSE 'N' END",
            "placement_urn": school,
            "placement_rank": "1",
        }),
        Sheet("sen2", "active_plan",
              f"(SELECT * FROM (SELECT *, unnest([need, second_need]) AS kind, "
              f"unnest([1, 2]) AS ranked FROM ({in_year}) WHERE is_active) "
              "WHERE kind IS NOT NULL)", 0, ("child", "ranked"), {
            **request,
            "plan_transfer": "'0'",
            "review_decision_date":
                Cell(f"(issued + (({on} - issued) // 365 * 365)::INTEGER)",
                     f"{on} - issued >= 365"),
            "sen_type": "kind",
            "sen_type_rank": "ranked",
            "placement_urn": school,
            "placement_rank": "1",
        }),
    ]  # fmt: skip
