"""All themes: their tables, in order of what stands on what, and every monthly sheet of a partner."""

from __future__ import annotations

import duckdb

from orchestration.synthetic.feeds.care import care_conditions, care_sheets, make_care
from orchestration.synthetic.feeds.mental_health import mental_health_sheets
from orchestration.synthetic.feeds.plans import make_plans, plan_sheets
from orchestration.synthetic.feeds.social_care import make_social_care, social_care_sheets
from orchestration.synthetic.feeds.stage import Stage, make_stage
from orchestration.synthetic.sheets import Sheet, csds_sheets, person_index_sheet


def make_themes(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Make every theme's tables."""
    make_stage(con, stage)
    make_social_care(con, stage)
    make_care(con, stage)
    make_plans(con, stage)


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
    return [
        *activity,
        *plan_sheets(stage, partner),
        *social_care_sheets(stage, partner),
        person_index_sheet(stage.alliance, partner),
    ]
