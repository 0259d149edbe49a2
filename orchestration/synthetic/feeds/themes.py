"""All themes: their tables in order of what stands on what, every monthly sheet, all the facts."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.synthetic.feeds.care import care_conditions, care_sheets, make_care
from orchestration.synthetic.feeds.goals import goal_facts, goal_sheets, make_goals
from orchestration.synthetic.feeds.mental_health import mental_health_sheets
from orchestration.synthetic.feeds.pathways import make_pathways, pathway_facts, pathway_sheets
from orchestration.synthetic.feeds.plans import make_plans, plan_facts, plan_sheets
from orchestration.synthetic.feeds.quality import make_quality, quality_sheets
from orchestration.synthetic.feeds.social_care import make_social_care, social_care_sheets
from orchestration.synthetic.feeds.staff import make_staff, staff_sheets
from orchestration.synthetic.feeds.stage import Stage, make_stage
from orchestration.synthetic.feeds.transition import (
    make_transition,
    transition_facts,
    transition_sheets,
)
from orchestration.synthetic.feeds.voices import make_voices, voice_facts, voice_sheets
from orchestration.synthetic.sheets import Sheet, csds_sheets, person_index_sheet

MAKERS = (
    make_stage,
    make_social_care,
    make_care,
    make_plans,
    make_goals,
    make_transition,
    make_voices,
    make_quality,
    make_pathways,
    make_staff,
)
SHEETS = (
    plan_sheets,
    goal_sheets,
    transition_sheets,
    voice_sheets,
    quality_sheets,
    pathway_sheets,
    staff_sheets,
    social_care_sheets,
)


def make_themes(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Make every theme's tables."""
    for make in MAKERS:
        make(con, stage)


def monthly_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """Every sheet the partner may send each month, headers and totals apart."""
    standard = stage.standard_of(partner)
    activity: list[Sheet] = []
    if standard == "csds":
        activity = [
            *csds_sheets(stage.alliance, partner),
            *care_sheets(stage, partner),
            *care_conditions(stage, partner),
        ]
    elif standard == "mhsds":
        activity = mental_health_sheets(stage, partner)
    themed = [sheet for sheets in SHEETS for sheet in sheets(stage, partner)]
    return [*activity, *themed, person_index_sheet(stage.alliance, partner)]


def tell_facts(con: duckdb.DuckDBPyConnection, stage: Stage) -> dict[str, Any]:
    """What later figures can be checked against, by quarter and provider."""
    return {
        "care_plans": plan_facts(con, stage),
        "goals": goal_facts(con, stage),
        "transition": transition_facts(con, stage),
        "voices": voice_facts(con, stage),
        **pathway_facts(con, stage),
    }
