"""What the council knows: children in need, protected, looked after, and plans for special needs.

Who they are follows from what the simulation says of each child; the health returns tell the same.
"""

from __future__ import annotations

from datetime import date

import duckdb

from orchestration.synthetic.feeds.stage import Stage
from orchestration.synthetic.sheets import Cell, Sheet, pupil_number

PROTECTED = 0.4
DISABLED_IN_NEED = 0.4
DISABLED_WITH_PLAN = 0.75
OTHERS_WITH_PLAN = 0.025
INTERIM_DAYS = 200
ETHNICITY = {
    "A": "WBRI", "B": "WIRI", "C": "WOTH", "D": "MWBC", "E": "MWBA", "F": "MWAS", "G": "MOTH",
    "H": "AIND", "J": "APKN", "K": "ABAN", "L": "AOTH", "M": "BCRB", "N": "BAFR", "P": "BOTH",
    "R": "CHNE", "S": "OOTH", "Z": "REFU", "99": "NOBT",
}  # fmt: skip
NEEDS = ("SLCN", "ASD", "SEMH", "MLD", "SLD", "PD", "PMLD", "HI", "VI", "SPLD")
ABUSE = ("NEG", "EMO", "PHY", "MUL", "SAB")
ABUSE_IN_HEALTH = {"NEG": "01", "PHY": "02", "SAB": "03", "EMO": "04", "MUL": "05"}
DISABILITIES = ("01", "04", "05", "07", "10", "03", "08", "02", "09", "06")


def make_social_care(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Tables `looked_after`, `protected`, `in_need`, `special_needs`, `care_status`, and views by
    which the health returns show the same."""
    days = stage.window.last_day - stage.window.first_day + 1
    first, last = stage.first_day, stage.last_day
    con.execute(f"""
        CREATE TABLE looked_after AS
        SELECT child, born, since, CASE WHEN leaves <= {last} THEN leaves END AS until,
            draw('ordered', child) < 0.7 AS has_order,
            draw('out of area', child) < 0.25 AS is_out_of_area
        FROM (
            SELECT *, greatest(born + 20, {first} - pick('looked after', child, 1500)) AS since,
                least(coalesce(deceased, DATE '2099-01-01'), (born + INTERVAL 18 YEAR)::DATE)
                    AS leaves
            FROM child WHERE is_looked_after
        )
        WHERE since < leaves AND since <= {last}
    """)
    con.execute(f"""
        CREATE TABLE protected AS
        SELECT child, protected_from,
            CASE WHEN ends <= {last} THEN ends END AS protected_to,
            {_one_of(ABUSE)}[1 + pick('abuse', child, {len(ABUSE)})] AS abuse
        FROM (
            SELECT *, least(protected_from + 90 + pick('protected for', child, 450),
                (born + INTERVAL 18 YEAR)::DATE, coalesce(deceased, DATE '2099-01-01')) AS ends
            FROM (
                SELECT *, greatest(born + 10,
                    {first} - 250 + pick('protected', child, {days + 150})) AS protected_from
                FROM child WHERE is_safeguarded AND NOT is_looked_after
                    AND draw('is protected', child) < {PROTECTED}
            )
        )
        WHERE protected_from < ends AND protected_from <= {last}
    """)
    con.execute(f"""
        CREATE TABLE in_need AS
        SELECT * REPLACE (CASE WHEN until <= {last} THEN until END AS until)
        FROM (
            SELECT c.child, c.born,
                greatest(c.born + 5, coalesce(p.protected_from - 35, l.since - 40,
                    {first} - 400 + pick('in need', c.child, {days + 300}))) AS since,
                least(c.deceased, (c.born + INTERVAL 18 YEAR)::DATE,
                    CASE WHEN l.child IS NOT NULL THEN NULL
                        WHEN p.child IS NOT NULL THEN p.protected_to + 60 + pick('after', c.child, 200)
                        ELSE greatest(c.born + 5, {first} - 400 + pick('in need', c.child,
                            {days + 300})) + 150 + pick('in need for', c.child, 700) END) AS until,
                c.is_disabled, p.protected_from, p.protected_to, p.abuse,
                l.child IS NOT NULL AS is_looked_after
            FROM child AS c
            LEFT JOIN protected AS p ON p.child = c.child
            LEFT JOIN looked_after AS l ON l.child = c.child
            WHERE c.is_safeguarded OR l.child IS NOT NULL
                OR (c.is_disabled AND draw('disabled in need', c.child) < {DISABLED_IN_NEED})
        )
        WHERE since < coalesce(until, DATE '2099-01-01') AND since <= {last}
    """)
    con.execute(f"""
        CREATE TABLE special_needs AS
        SELECT *,
            CASE WHEN is_agreed AND draw('plan issued', child) < 0.95
                THEN asked + 112 + pick('issued after', child, 60) END AS issued,
            {_one_of(NEEDS)}[1 + pick('need', child, {len(NEEDS)})] AS need,
            CASE WHEN draw('second need', child) < 0.3
                THEN {_one_of(NEEDS)}[1 + (pick('need', child, {len(NEEDS)}) + 3) % {len(NEEDS)}]
                END AS second_need
        FROM (
            SELECT child, born, deceased, asked, draw('request agreed', child) < 0.9 AS is_agreed,
                asked + 30 + pick('decided after', child, 16) AS decided,
                asked + 85 + pick('assessed after', child, 35) AS assessed
            FROM (
                SELECT *, greatest((born + INTERVAL 3 YEAR)::DATE + pick('age asked', child, 200),
                    {first} - 1100 + pick('asked', child, {days + 1050})) AS asked
                FROM child
                WHERE (is_disabled AND draw('has plan', child) < {DISABLED_WITH_PLAN})
                    OR draw('has plan', child) < {OTHERS_WITH_PLAN}
            )
            WHERE asked <= {last} AND asked < born + INTERVAL 17 YEAR
                AND coalesce(asked + 200 < deceased, true)
        )
    """)
    _make_health_views(con)
    if (council := council_of(stage)) is None:
        return
    con.execute(f"""
        CREATE TABLE care_status AS
        SELECT k.child, k.bit AS senders, greatest(k.first_month, month_at(least(
                n.since, p.protected_from, l.since, CASE WHEN s.issued <= {last} THEN s.issued END
            ))) AS first_month, k.last_month, c.born, n.since AS need_since, n.until AS need_until,
            p.protected_from, p.protected_to, l.since AS care_since, l.until AS care_until,
            l.has_order, s.issued
        FROM known AS k
        JOIN child AS c USING (child)
        LEFT JOIN in_need AS n USING (child)
        LEFT JOIN protected AS p USING (child)
        LEFT JOIN looked_after AS l USING (child)
        LEFT JOIN special_needs AS s USING (child)
        WHERE k.bit = {stage.alliance.bit(council)}
            AND least(n.since, p.protected_from, l.since, s.issued) <= {last}
    """)


def _make_health_views(con: duckdb.DuckDBPyConnection) -> None:
    """Beside each patient, what the health record says: needs, protection, disabilities."""
    disability = _one_of(DISABILITIES)
    kinds = len(DISABILITIES)
    reasons = " ".join(f"WHEN '{abuse}' THEN '{code}'" for abuse, code in ABUSE_IN_HEALTH.items())
    con.execute(f"""
        CREATE VIEW patient_need AS
        SELECT p.* REPLACE (greatest(p.first_month, month_at(s.issued)) AS first_month), n.need
        FROM patient AS p JOIN special_needs AS s USING (child),
            LATERAL (SELECT unnest([s.need, s.second_need]) AS need) AS n
        WHERE n.need IS NOT NULL AND month_at(s.issued) <= p.last_month;
        CREATE VIEW patient_vulnerable AS
        SELECT *, CASE WHEN draw('factor', child) < 0.8 THEN '01' ELSE '98' END AS factor
        FROM patient WHERE is_safeguarded;
        CREATE VIEW patient_protected AS
        SELECT p.* REPLACE (greatest(p.first_month, month_at(t.protected_from)) AS first_month),
            t.protected_from, t.protected_to, CASE t.abuse {reasons} END AS reason
        FROM patient AS p JOIN protected AS t USING (child)
        WHERE month_at(t.protected_from) <= p.last_month;
        CREATE VIEW patient_disability AS
        SELECT p.*, {disability}[1 + (pick('disability', child, {kinds}) + n) % {kinds}]
                AS disability,
            lpad((1 + pick('impact', child * 2 + n, 3))::VARCHAR, 2, '0') AS impact
        FROM patient AS p, (VALUES (0), (1)) AS several (n)
        WHERE is_disabled AND (n = 0 OR draw('second disability', child) < 0.4);
        CREATE VIEW patient_status AS
        SELECT p.*, t.protected_from, t.protected_to
        FROM patient AS p LEFT JOIN protected AS t USING (child);
    """)


def social_care_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """The council's monthly word on each child it works or has worked with."""
    if partner != council_of(stage):
        return []
    need = _during("need_since", "need_until")
    care = _during("care_since", "care_until")
    plan = _during("protected_from", "protected_to")
    yes = "CASE WHEN {} THEN 'Y' ELSE 'N' END"
    return [
        Sheet("local", "social_care_status", "care_status", stage.alliance.bit(partner), ("child",), {
            "local_patient_id": stage.local_id(partner),
            "as_at_date": "{end}",
            "case_status": f"CASE WHEN {need} OR {care} OR {plan} THEN 'open' "
                           "WHEN need_since <= {end} THEN 'closed' ELSE 'not_known' END",
            "child_in_need": yes.format(need),
            "child_in_need_since": Cell("need_since", need),
            "has_cin_plan": yes.format(f"{need} AND NOT {plan} AND NOT {care}"),
            "on_protection_plan": yes.format(plan),
            "on_protection_plan_since": Cell("protected_from", plan),
            "is_looked_after": yes.format(care),
            "looked_after_since": Cell("care_since", care),
            "legal_status": Cell(legal_status("{end}", "care_since"), care),
            "lives_with_family": yes.format(f"NOT {care}"),
            "has_ehcp": yes.format("coalesce(issued <= {end}, false)"),
            "ehcp_since": Cell("issued", "issued <= {end}"),
            "school_setting": "CASE WHEN {end} < born + INTERVAL 4 YEAR THEN 'early_years' "
                              "WHEN issued <= {end} AND draw('special school', child) < 0.35 "
                              "THEN 'special_school' ELSE 'mainstream' END",
        }),
    ]  # fmt: skip


def council_child(stage: Stage, partner: str, end: date) -> str:
    """SELECT of the children the council knows by a day, under its own number."""
    return f"""
        SELECT c.* EXCLUDE (deceased, moved, opted_out), {stage.local_id(partner, "c.child")} AS local_id,
            CASE WHEN c.deceased <= DATE '{end}' THEN c.deceased END AS died,
            CASE WHEN c.born + INTERVAL 4 YEAR <= DATE '{end}' THEN {pupil_number("c.child")} END
                AS upn
        FROM child AS c JOIN known AS k ON k.child = c.child
        WHERE k.bit = {stage.alliance.bit(partner)} AND k.first_month <= month_at(DATE '{end}')
            AND c.born <= DATE '{end}'
    """


def ethnicity() -> str:
    """SQL of the Department for Education's code for `ethnic`."""
    cases = " ".join(f"WHEN '{nhs}' THEN '{code}'" for nhs, code in ETHNICITY.items())
    return f"CASE ethnic::VARCHAR {cases} END"


def legal_status(day: str, since: str) -> str:
    """SQL of a looked-after child's legal status on a day: an interim order before the full one."""
    return (
        f"CASE WHEN NOT has_order THEN 'V2' WHEN {day} - {since} < {INTERIM_DAYS} THEN 'C1' "
        "ELSE 'C2' END"
    )


def council_of(stage: Stage) -> str | None:
    """The partner that is a local authority."""
    kinds = zip(stage.alliance.partners, stage.alliance.kinds, strict=True)
    return next((code for code, kind in kinds if kind == "local_authority"), None)


def _during(since: str, until: str) -> str:
    return f"coalesce({since} <= {{end}} AND coalesce({until} > {{end}}, true), false)"


def _one_of(values: tuple[str, ...]) -> str:
    return f"[{', '.join(repr(v) for v in values)}]"
