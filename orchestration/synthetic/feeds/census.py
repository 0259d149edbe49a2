"""The children in need census: one XML message a year, children in need with all that was done."""

from __future__ import annotations

from datetime import date, datetime

import duckdb

from orchestration.synthetic.feeds.social_care import DISABILITIES, council_child, ethnicity
from orchestration.synthetic.feeds.stage import Stage

AUTHORITY = "202"
NO_DATE = "DATE '2099-01-01'"
DISABILITY = dict(
    zip(DISABILITIES, ("BEH", "LD", "MOB", "PC", "COMM", "HAND", "CON", "HEAR", "VIS", "DDA"),
        strict=True)
)  # fmt: skip
FACTORS = ("2A", "3A", "4A", "9A", "17A", "19B", "21")
REVIEWS = (90, 270, 450)
TABLES = ("child", "child_disability", "cin_details", "assessment", "assessment_factor", "cin_plan",
          "section47", "child_protection_plan", "cp_review")  # fmt: skip


def census_message(
    con: duckdb.DuckDBPyConnection, stage: Stage, partner: str, end: date, made: datetime
) -> tuple[str, dict[str, int]]:
    """The message of the year to `end`, and the rows it has for each table."""
    start = end.replace(year=end.year - 1, month=4, day=1)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE counted AS
        WITH found AS (
            SELECT c.*, n.since, CASE WHEN n.until <= DATE '{end}' THEN n.until END AS ended,
                n.since + 5 AS assessed,
                CASE WHEN n.since + 15 + pick('authorised', c.child, 50) <= DATE '{end}'
                    THEN n.since + 15 + pick('authorised', c.child, 50) END AS authorised,
                CASE WHEN n.protected_from <= DATE '{end}' THEN n.protected_from END AS plan_from,
                CASE WHEN n.protected_to <= DATE '{end}' THEN n.protected_to END AS plan_to,
                n.abuse, n.is_looked_after AS is_in_care
            FROM in_need AS n JOIN ({council_child(stage, partner, end)}) AS c USING (child)
            WHERE n.since <= DATE '{end}' AND coalesce(n.until >= DATE '{start}', true)
        )
        SELECT *,
            CASE WHEN is_disabled THEN [
                {_disability(0)},
                CASE WHEN draw('second disability', child) < 0.4 THEN {_disability(1)} END
            ] ELSE ['NONE'] END AS disabilities,
            CASE WHEN assessed <= DATE '{end}' THEN list_distinct([
                {list(FACTORS)}[1 + pick('factor 1', child, {len(FACTORS)})],
                {list(FACTORS)}[1 + pick('factor 2', child, {len(FACTORS)})]
            ]) ELSE [] END AS factors,
            plan_from IS NULL AND NOT is_in_care AND since + 50 <= DATE '{end}'
                AND coalesce(since + 50 < ended, true) AS has_plan,
            list_filter([plan_from + d FOR d IN {list(REVIEWS)}],
                lambda d: d <= coalesce(plan_to, DATE '{end}') AND d <= DATE '{end}') AS reviews
        FROM found
    """)
    rows = con.execute("""
        SELECT count(*), sum(len(list_filter(disabilities, lambda d: d IS NOT NULL))), count(*),
            count(*) FILTER (WHERE len(factors) > 0), sum(len(factors)),
            count(*) FILTER (WHERE has_plan), count(plan_from), count(plan_from),
            sum(len(reviews)) FILTER (WHERE plan_from IS NOT NULL)
        FROM counted
    """).fetchone()
    assert rows is not None
    children = con.execute(f"""
        SELECT coalesce(string_agg({_child()}, chr(10) ORDER BY local_id), '') FROM counted
    """).fetchone()
    assert children is not None
    message = (
        "<Message>\n<Header><CollectionDetails><Collection>CIN</Collection>"
        f"<Year>{end.year}</Year><ReferenceDate>{end}</ReferenceDate></CollectionDetails>"
        f"<Source><SourceLevel>L</SourceLevel><LEA>{AUTHORITY}</LEA>"
        "<SoftwareCode>Mosaic</SoftwareCode><Release>1</Release><SerialNo>001</SerialNo>"
        f"<DateTime>{made:%Y-%m-%dT%H:%M:%S}</DateTime></Source></Header>\n"
        f"<Children>\n{children[0]}\n</Children>\n</Message>\n"
    )
    return message, {t: int(n or 0) for t, n in zip(TABLES, rows, strict=True)}


def _disability(number: int) -> str:
    """SQL of the census's code for what the health record calls the child's disability."""
    codes = list(DISABILITY.values())
    return f"{codes}[1 + (pick('disability', child, {len(codes)}) + {number}) % {len(codes)}]"


def _child() -> str:
    """SQL of one child's element, in the order the census asks for."""
    identifiers = _element("ChildIdentifiers", _concat(
        _tag("LAchildID", "local_id"), _tag("UPN", "upn"),
        _tag("UPNunknown", "CASE WHEN upn IS NULL THEN 'UN1' END"),
        _tag("PersonBirthDate", "born"), _tag("Sex", "CASE WHEN is_male THEN 'M' ELSE 'F' END"),
        _tag("PersonDeathDate", "died"),
    ))  # fmt: skip
    characteristics = _element("ChildCharacteristics", _concat(
        _tag("Ethnicity", ethnicity()), _element("Disabilities", _each("Disability", "disabilities")),
    ))  # fmt: skip
    assessment = _element("Assessments", _concat(
        _tag("AssessmentActualStartDate", "assessed"),
        _tag("AssessmentAuthorisationDate", "authorised"),
        _element("FactorsIdentifiedAtAssessment", _each("AssessmentFactors", "factors")),
    ))  # fmt: skip
    plan = _element("CINPlanDates", _concat(
        _tag("CINPlanStartDate", "since + 50"), _tag("CINPlanEndDate", "ended"),
    ))  # fmt: skip
    enquiry = _element("Section47", _concat(
        _tag("S47ActualStartDate", "plan_from - 15"), _tag("InitialCPCtarget", "plan_from + 6"),
        _tag("DateOfInitialCPC", "plan_from"), "'<ICPCnotRequired>false</ICPCnotRequired>'",
    ))  # fmt: skip
    protection = _element("ChildProtectionPlans", _concat(
        _tag("CPPstartDate", "plan_from"), _tag("CPPendDate", "plan_to"),
        _tag("InitialCategoryOfAbuse", "abuse"), _tag("LatestCategoryOfAbuse", "abuse"),
        _tag("NumberOfPreviousCPP", "pick('plans before', child, 2)"),
        _element("Reviews", _each("CPPreviewDate", "reviews")),
    ))  # fmt: skip
    need = (
        "CASE WHEN plan_from IS NOT NULL OR is_in_care THEN 'N1' WHEN is_disabled THEN 'N2' "
        "ELSE 'N4' END"
    )
    details = _element("CINdetails", _concat(
        _tag("CINreferralDate", "since"),
        _tag("ReferralSource", "['2A', '3F', '6', '1A'][1 + pick('referred by', child, 4)]"),
        _tag("PrimaryNeedCode", need), _tag("CINclosureDate", "ended"),
        _tag("ReasonForClosure", "CASE WHEN ended IS NULL THEN NULL WHEN ended = died THEN 'RC2' "
                                 "ELSE 'RC7' END"),
        _tag("DateOfInitialCPC", "plan_from"),
        f"CASE WHEN len(factors) > 0 THEN {assessment} END",
        f"CASE WHEN has_plan THEN {plan} END",
        f"CASE WHEN plan_from IS NOT NULL THEN {enquiry} END",
        "'<ReferralNFA>false</ReferralNFA>'",
        f"CASE WHEN plan_from IS NOT NULL THEN {protection} END",
    ))  # fmt: skip
    return _element("Child", _concat(identifiers, characteristics, details))


def _tag(name: str, value: str) -> str:
    return f"'<{name}>' || ({value})::VARCHAR || '</{name}>'"


def _concat(*parts: str) -> str:
    return f"concat({', '.join(parts)})"


def _element(name: str, content: str) -> str:
    return f"concat('<{name}>', {content}, '</{name}>')"


def _each(name: str, values: str) -> str:
    shown = f"list_transform({values}, lambda v: '<{name}>' || v || '</{name}>')"
    return f"array_to_string({shown}, '')"
