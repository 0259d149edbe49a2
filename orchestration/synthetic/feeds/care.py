"""What was done: activities of each contact, onward referrals, clocks, diagnoses, scores, staff."""

from __future__ import annotations

import duckdb

from orchestration.synthetic.feeds.stage import Stage
from orchestration.synthetic.sheets import REQUEST_ID, Cell, Sheet, known_by

SECOND_ACTIVITY = 0.25
REVIEWED = 0.04
OTHER_REASON = 0.15
DIAGNOSED = 0.55
SCORED_IN_CONTACT = 0.15
STAFF_PER_TEAM = 4
CONSULTANT_LED = ("child_development",)
WITHOUT_CLOCK = ("continuing_care", "autism_assessment", "camhs")
GOAL_SCORE = "959951000000108"
PARENT_DIFFICULTIES = "986121000000101"
DIAGNOSES = {
    "child_development": "R62.0", "autism_assessment": "F84.0", "dietetics": "R63.3",
    "bladder_and_bowel": "N39.4", "speech_and_language": "F80.9", "continuing_care": "Z51.5",
    "occupational_therapy": "F82", "physiotherapy": "G80.9", "community_nursing": "Z93.1",
    "camhs": "F41.9",
}  # fmt: skip
ACTIVITY_ID = "'A' || (2000000000 + activity)"
CONTACT_ID = "'C' || (1000000000 + contact)"
STAFF_ID = "'P-' || team || '-' || (1 + contact % 4)"


def make_care(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """View `activity`; tables `onward`, `clock`, `other_reason`, `diagnosis`, `score`, `staff`.

    A telephone contact of a treating team always holds an assessment or an intervention, so that
    it counts as being seen by every reading of the rule.
    """
    triage = stage.alliance.triage_team.team_id
    con.execute(f"""
        CREATE VIEW activity AS
        SELECT c.request, c.contact, c.senders, c.first_month, c.last_month, c.team::VARCHAR AS team,
            c.contact::BIGINT * 2 + n AS activity, c.day, c.is_initial,
            CASE WHEN n = 1 THEN 5 ELSE greatest(c.duration - 5, 10) END AS minutes,
            CASE WHEN n = 1 OR c.team = '{triage}' OR c.mechanism IN ('05', '09') THEN '04'
                WHEN c.is_initial THEN '02'
                WHEN c.mechanism = '01' AND draw('review', c.contact) < {REVIEWED} THEN '06'
                ELSE '03' END AS kind
        FROM contact AS c, (VALUES (0), (1)) AS part (n)
        WHERE c.attendance IN ('5', '6')
            AND (n = 0 OR draw('second activity', c.contact) < {SECOND_ACTIVITY})
    """)
    con.execute(f"""
        CREATE VIEW scored_activity AS
        SELECT *, pick('activity score', activity, 28) + 4 AS score FROM activity
        WHERE kind IN ('02', '06') AND draw('scored', activity) < {SCORED_IN_CONTACT}
    """)
    con.execute("""
        CREATE TABLE onward AS
        SELECT o.request, o.unit, o.senders, n.received AS day, u.provider,
            month_at(n.received) AS first_month, o.last_month
        FROM request AS n
        JOIN course AS u ON u.request = n.request
        JOIN course AS o ON o.child = n.child AND o.discipline <> u.discipline
            AND n.received - o.received BETWEEN 20 AND 149
            AND o.last_month >= month_at(n.received)
        WHERE n.source = '07'
        QUALIFY row_number() OVER (PARTITION BY n.request ORDER BY o.received, o.unit) = 1
            AND row_number() OVER (PARTITION BY o.request, n.received, u.provider
                ORDER BY n.request) = 1
    """)
    con.execute(f"""
        CREATE TABLE clock AS
        SELECT request, senders, first_month, received, first_seen,
            least(last_month, month_at(coalesce(first_seen, rejected, closed))) AS last_month,
            coalesce(rejected, CASE WHEN first_seen IS NULL THEN closed END) AS stopped,
            CASE WHEN service IN {_in(CONSULTANT_LED)} THEN '01' ELSE '02' END AS kind
        FROM course WHERE is_main AND service NOT IN {_in(WITHOUT_CLOCK)}
    """)
    con.execute(f"""
        CREATE TABLE other_reason AS
        SELECT request, senders, first_month, last_month,
            lpad((1 + (reason::VARCHAR::INTEGER + pick('other reason', request, 7)) % 9)::VARCHAR,
                2, '0') AS other
        FROM request WHERE draw('has other reason', request) < {OTHER_REASON}
    """)
    cases = " ".join(f"WHEN '{service}' THEN '{code}'" for service, code in DIAGNOSES.items())
    con.execute(f"""
        CREATE TABLE diagnosis AS
        SELECT request, senders, day, code, month_at(day) AS first_month,
            month_at(day) AS last_month
        FROM (
            SELECT *, first_seen + 7 + pick('diagnosed after', unit, 60) AS day,
                CASE service {cases} ELSE 'R69' END AS code
            FROM course WHERE is_main AND first_seen IS NOT NULL
        )
        WHERE draw('diagnosed', unit) < {DIAGNOSED} AND month_at(day) <= last_month
    """)
    con.execute("""
        CREATE TABLE score AS
        WITH taken AS (
            SELECT request, unit, senders, last_month, first_seen AS day, last_seen,
                pick('first score', unit, 4) + 1 AS score
            FROM course WHERE is_main AND first_seen IS NOT NULL
        ),
        again AS (
            SELECT * REPLACE (day + 90 + pick('scored again', unit, 60) AS day,
                least(score + pick('gain', unit, 6), 10) AS score)
            FROM taken
        )
        SELECT request, senders, day, score, month_at(day) AS first_month,
            month_at(day) AS last_month
        FROM (FROM taken UNION ALL FROM again WHERE day <= last_seen)
        WHERE draw('scores', unit) < 0.5 AND month_at(day) <= last_month
    """)
    _make_mental(con)
    lead = stage.alliance.bit(stage.alliance.senders[stage.alliance.lead])
    con.execute(f"""
        CREATE TABLE staff AS
        SELECT t.team, n.n::INTEGER AS n, s.provider, (s.bit | {lead})::UTINYINT AS senders,
            0::SMALLINT AS first_month, {len(stage.window.months) - 1}::SMALLINT AS last_month
        FROM team AS t JOIN service AS s USING (service), range(1, {STAFF_PER_TEAM + 1}) AS n (n)
    """)


def _make_mental(con: duckdb.DuckDBPyConnection) -> None:
    """Tables `mental_onward` and `difficulties`, view `goal_progress`."""
    con.execute("""
        CREATE TABLE mental_onward AS
        SELECT request, senders, closed AS day, month_at(closed) AS first_month, last_month,
            CASE pick('onward to', request, 3) WHEN 0 THEN 'RV3' WHEN 1 THEN 'RKE' ELSE 'RAL' END
                AS receiver
        FROM course WHERE closure_reason IN ('02', '07') AND is_main
            AND month_at(closed) <= last_month
    """)
    con.execute("""
        CREATE TABLE difficulties AS
        WITH taken AS (
            SELECT request, senders, last_month, first_seen AS day, last_seen,
                14 + pick('difficulties', unit, 18) AS score, unit
            FROM course WHERE first_seen IS NOT NULL AND is_main
        ),
        again AS (
            SELECT * REPLACE (day + 80 + pick('difficulties again', unit, 50) AS day,
                greatest(score - pick('easier', unit, 14) + 3, 0) AS score)
            FROM taken
        )
        SELECT request, senders, day, score, month_at(day) AS first_month, last_month
        FROM (FROM taken UNION ALL FROM again WHERE day <= last_seen)
        WHERE month_at(day) <= last_month
    """)
    con.execute("""
        CREATE VIEW goal_progress AS
        SELECT *, least(2 + pick('progress', activity, 9), 10) AS score FROM activity
        WHERE kind = '03' AND draw('progress noted', activity) < 0.35
    """)


def care_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """The CSDS tables of what was done, of one partner."""
    bit = stage.sender_bit(partner)
    request = {"service_request_id": REQUEST_ID}
    return [
        Sheet("csds", "cyp103", "other_reason", bit, ("request",), {
            **request, "referral_reason_other": "other",
        }),
        Sheet("csds", "cyp104", "clock", bit, ("request",), {
            **request,
            "waiting_time_measurement_type": "kind",
            "rtt_start_date": "received",
            "rtt_end_date": known_by("coalesce(first_seen, stopped)"),
            "rtt_status": "CASE WHEN first_seen <= {end} THEN '30' "
                          "WHEN stopped <= {end} THEN '34' ELSE '20' END",
        }),
        Sheet("csds", "cyp105", "onward", bit, ("request", "day", "provider"), {
            **request,
            "onward_referral_date": "day",
            "onward_referral_reason": "'01'",
            "org_id_receiving": "provider",
        }),
        Sheet("csds", "cyp202", "activity", bit, ("activity",), {
            "care_activity_id": ACTIVITY_ID,
            "care_contact_id": CONTACT_ID,
            "activity_type": "kind",
            "care_professional_id_local": STAFF_ID,
            "care_activity_duration": "minutes",
        },),
        Sheet("csds", "cyp607", "diagnosis", bit, ("request",), {
            **request,
            "diagnosis_scheme": "'02'",
            "primary_diagnosis": "code",
            "primary_diagnosis_date": "day",
        }),
        Sheet("csds", "cyp609", "score", bit, ("request", "day"), {
            **request,
            "snomed_id": f"'{GOAL_SCORE}'",
            "score": "score",
            "assessment_completion_date": "day",
        }),
        Sheet("csds", "cyp612", "scored_activity", bit, ("activity",), {
            "care_activity_id": ACTIVITY_ID,
            "snomed_id": f"'{PARENT_DIFFICULTIES}'",
            "score": "score",
        },),
        Sheet("csds", "cyp901", "staff", stage.alliance.bit(partner), ("team", "n"), {
            "care_professional_id_local": "'P-' || team || '-' || n",
            "registration_body": "CASE WHEN n = 1 THEN '03' ELSE '09' END",
            "staff_group": "CASE WHEN n = 4 THEN '10' ELSE '07' END",
            "job_role_code": "'S' || lpad(n::VARCHAR, 4, '0')",
        }),
    ]  # fmt: skip


def care_conditions(stage: Stage, partner: str) -> list[Sheet]:
    """The CSDS tables about the child: special needs, social care, protection, disability."""
    bit = stage.alliance.bit(partner)
    own_id: dict[str, Cell | str] = {"local_patient_id": stage.local_id(partner)}
    return [
        Sheet("csds", "cyp401", "patient_need", bit, ("child",), {
            **own_id, "education_need_type": "need",
        }),
        Sheet("csds", "cyp402", "patient_vulnerable", bit, ("child",), {
            **own_id, "safeguarding_factors_type": "factor",
        }),
        Sheet("csds", "cyp403", "patient_protected", bit, ("child",), {
            **own_id,
            "cpp_reason": "reason",
            "cpp_start_date": "protected_from",
            "cpp_end_date": known_by("protected_to"),
        }),
        Sheet("csds", "cyp602", "patient_disability", bit, ("child", "disability"), {
            **own_id,
            "disability": "disability",
            "disability_impact_perception": "impact",
        }),
    ]  # fmt: skip


def _in(values: tuple[str, ...]) -> str:
    return f"({', '.join(repr(v) for v in values)})"
