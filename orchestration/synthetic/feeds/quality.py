"""Incidents, complaints and compliments: few, most months of most providers none at all."""

from __future__ import annotations

import duckdb

from orchestration.synthetic.feeds.stage import Stage
from orchestration.synthetic.sheets import Cell, Sheet, known_by

INCIDENTS, COMPLAINTS, COMPLIMENTS = 0.07, 0.04, 0.12
"""Chance in a month of one service."""
SUBJECTS = ("access", "appointments", "clinical_treatment", "communication", "staff_attitude")
OUTCOMES = ("upheld", "partially_upheld", "not_upheld")
LEARNING = (
    "Letters now name the therapist, and say how to change the day.",
    "Equipment is checked, and signed for, before each home visit.",
    "Handover between teams has one form, kept in the shared record.",
)
ACTIONS = (
    "Train the front desk, then audit ten calls a month.",
    "Review the template with two families.",
    "Check stock every Friday.",
)


def make_quality(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Tables `incident`, `complaint` and `compliment`."""
    con.execute(f"""
        CREATE VIEW slot AS
        SELECT m.k * 100 + row_number() OVER (PARTITION BY m.k ORDER BY s.service) AS slot,
            m.k, m.first_day, s.service, s.provider, s.bit AS senders,
            (SELECT min(team) FROM team AS t WHERE t.service = s.service) AS team
        FROM month AS m, service AS s;
        CREATE TABLE incident AS
        SELECT * EXCLUDE (k), day + pick('reported', slot, 3) AS reported, k AS first_month,
            CASE WHEN ends <= {stage.last_day} THEN ends END AS closed,
            day + 60 AS due, month_at(least(greatest(ends, acted), {stage.last_day})) AS last_month
        FROM (
            SELECT *, first_day + pick('incident day', slot, 25) AS day,
                first_day + 45 + pick('incident closed', slot, 90) AS ends,
                first_day + 50 + pick('incident acted', slot, 80) AS acted
            FROM slot WHERE draw('incident', slot) < {INCIDENTS}
        );
        CREATE TABLE complaint AS
        SELECT * EXCLUDE (k), k AS first_month, ends AS closed, ends + 30 AS due,
            month_at(least(acted, {stage.last_day})) AS last_month
        FROM (
            SELECT *, first_day + pick('complaint day', slot, 28) AS day,
                first_day + 50 + pick('complaint closed', slot, 70) AS ends,
                first_day + 80 + pick('complaint acted', slot, 100) + 40 AS acted
            FROM slot WHERE draw('complaint', slot) < {COMPLAINTS}
        );
        CREATE TABLE compliment AS
        SELECT * EXCLUDE (k), k AS first_month, k AS last_month,
            first_day + pick('compliment day', slot, 28) AS day
        FROM slot WHERE draw('compliment', slot) < {COMPLIMENTS};
    """)


def quality_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """What is open or new in the month about the partner's services."""
    if stage.standard_of(partner) is None:
        return []
    bit = stage.alliance.bit(partner)
    learning, action = _one_of(LEARNING, "learning"), _one_of(ACTIONS, "action")
    return [
        Sheet("local", "incident", "incident", bit, ("slot",), {
            "incident_id": "'I' || (10000 + slot)",
            "incident_date": "day",
            "incident_reported_date": known_by("reported"),
            "incident_service": "service",
            "incident_type": "CASE WHEN draw('incident type', slot) < 0.8 THEN 'incident' "
                             "ELSE 'good_care' END",
            "physical_harm": "CASE WHEN draw('harm', slot) < 0.7 THEN 'none' ELSE 'low' END",
            "psychological_harm": "CASE WHEN draw('distress', slot) < 0.8 THEN 'none' "
                                  "ELSE 'low' END",
            "incident_summary": "'An appointment, planned for two teams, was kept by one.'",
            "learning": Cell(learning, "closed <= {end}"),
            "action": Cell(action, "closed <= {end}"),
            "action_due_date": "due",
            "action_closed_date": known_by("acted"),
            "incident_closed_date": known_by("closed"),
        }),
        Sheet("local", "complaint", "complaint", bit, ("slot",), {
            "complaint_id": "'K' || (10000 + slot)",
            "complaint_received_date": "day",
            "complaint_service": "service",
            "complaint_subject": _one_of(SUBJECTS, "subject"),
            "complainant_status": "'parent'",
            "complaint_age_band": "CASE WHEN draw('band', slot) < 0.4 THEN '0-5' ELSE '6-17' END",
            "complaint_outcome": Cell(_one_of(OUTCOMES, "outcome"), "closed <= {end}"),
            "complaint_closed_date": known_by("closed"),
            "complaint_summary": "'A family waited longer than it was told.'",
            "learning": Cell(learning, "closed <= {end}"),
            "action": Cell(action, "closed <= {end}"),
            "action_due_date": Cell("due", "closed <= {end}"),
            "action_closed_date": Cell("acted", "acted <= {end} AND acted >= closed"),
        }),
        Sheet("local", "compliment", "compliment", bit, ("slot",), {
            "compliment_id": "'L' || (10000 + slot)",
            "compliment_received_date": "day",
            "compliment_service": "service",
            "compliment_team_id": "team",
            "compliment_theme": "'kindness'",
            "compliment_text": "'Thank you all, you listened and explained.'",
            "compliment_may_be_quoted": "CASE WHEN draw('quoted', slot) < 0.5 THEN 'Y' ELSE 'N' END",
        }),
    ]  # fmt: skip


def _one_of(values: tuple[str, ...], name: str) -> str:
    listed = ", ".join("'" + value.replace("'", "''") + "'" for value in values)
    return f"[{listed}][1 + pick('{name}', slot, {len(values)})]"
