"""Honorary contracts of partner staff in the lead's record: each step's day, and a few faults.

Some have a login without a signed contract, some left and still have one.
"""

from __future__ import annotations

import duckdb

from orchestration.synthetic.feeds.stage import Stage
from orchestration.synthetic.sheets import Cell, Sheet, known_by

PER_PARTNER = 12
UNSIGNED, STILL_IN, ON_LEAVE = 5, 9, 7
"""Which of each dozen lack the signed copy, left with a login, went on leave."""
ROLES = ("therapist", "nurse", "doctor", "administrator")


def make_staff(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Table `honorary`."""
    alliance = stage.alliance
    lead = alliance.senders[alliance.lead]
    partners = ", ".join(
        f"({number}, '{code}')" for number, code in enumerate(alliance.senders) if code != lead
    )
    days = stage.window.last_day - stage.window.first_day + 1
    con.execute(f"""
        CREATE TABLE honorary AS
        WITH hired AS (
            SELECT p * 100 + n AS staff, n, trust,
                (SELECT min(t.team) FROM team AS t JOIN service AS s USING (service)
                    WHERE s.provider = trust) AS team,
                {stage.first_day} - 300 + pick('hired', p * 100 + n, {days + 200}) AS starts
            FROM (VALUES {partners}) AS trusts (p, trust), range(0, {PER_PARTNER}) AS several (n)
        ),
        issued AS (
            SELECT *, (starts + INTERVAL 2 YEAR)::DATE - 1 AS ends,
                starts - 36 + pick('details', staff, 14) AS details,
                starts - 18 + pick('issued', staff, 8) AS issued
            FROM hired
        ),
        signed AS (
            SELECT *, CASE WHEN n <> {UNSIGNED} THEN issued + 3 + pick('signed', staff, 18)
                END AS signed
            FROM issued
        ),
        opened AS (
            SELECT *, coalesce(signed, issued) + 4 AS approved,
                coalesce(signed, issued) + 9 AS login,
                CASE WHEN n = {ON_LEAVE} THEN starts + 200 END AS leave_from,
                CASE WHEN n IN ({STILL_IN}, 2) OR draw('leaves', staff) < 0.25
                    THEN starts + 150 + pick('leaves', staff, 400) END AS leaves
            FROM signed
        )
        SELECT *, CASE WHEN n <> {STILL_IN} THEN coalesce(leaves, ends) + 2 END AS removed,
            {alliance.bit(lead)}::UTINYINT AS senders,
            greatest(month_at(details), 0)::SMALLINT AS first_month,
            month_at(least(CASE WHEN n <> {STILL_IN} THEN coalesce(leaves, ends) + 2 ELSE
                {stage.last_day} END, {stage.last_day})) AS last_month
        FROM opened
    """)


def staff_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """The register, kept by the lead."""
    if partner != stage.alliance.senders[stage.alliance.lead]:
        return []
    roles = ", ".join(repr(r) for r in ROLES)
    return [
        Sheet("local", "honorary_contract", "honorary", stage.alliance.bit(partner), ("staff",), {
            "staff_ref": "'HC' || (1000 + staff)",
            "honorary_start_date": "starts",
            "honorary_end_date": "ends",
            "partner_trust": "trust",
            "staff_role": f"[{roles}][1 + pick('role', staff, {len(ROLES)})]",
            "staff_team_id": "team",
            "details_sent_date": known_by("details"),
            "contract_issued_date": known_by("issued"),
            "signed_returned_date": known_by("signed"),
            "hr_validated_date": Cell("signed + 2", "signed + 2 <= {end}"),
            "head_of_service_approved_date": known_by("approved"),
            "registration_authority_authorised_date": Cell("approved + 2", "approved + 2 <= {end}"),
            "training_booked_date": Cell("approved + 3", "approved + 3 <= {end}"),
            "login_adjusted_date": known_by("login"),
            "leave_from_date": known_by("leave_from"),
            "leave_to_date": Cell("leave_from + 180", "leave_from + 180 <= {end}"),
            "leaving_date": known_by("leaves"),
            "login_removed_date": known_by("removed"),
        }),
    ]  # fmt: skip
