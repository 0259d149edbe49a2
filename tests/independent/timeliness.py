"""KPI 1, timeliness: of the children referred to a service, who was first seen by the limit day.

    outcome = measure(landing_folder, partnership_file, as_at)

Written from the rules of the agreement alone; the warehouse's own numbers are compared with these.
The way there: `extracts`, `children`, `referrals`, `judging`, `results` and `waiting`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from .days import month_end, quarters_between
from .extracts import Landing, read_landing
from .judging import JudgedUnit, judge
from .referrals import has_arrived, read_units
from .results import Key, QuarterResults, Result
from .terms import Terms
from .waiting import Unknown, Waiting, unknown_months, waiting_lists


@dataclass
class Outcome:
    """All this implementation has to say about a landing folder."""

    data_to: date
    units: list[JudgedUnit] = field(default_factory=list)
    results: dict[Key, Result] = field(default_factory=dict)
    waiting: list[Waiting] = field(default_factory=list)
    unknown_months: Unknown = field(default_factory=set)
    """Months and services whose waiting list is not known, because a return has not arrived."""
    held_back: Counter[tuple[str, str]] = field(default_factory=Counter)
    """Rows by partner and table."""
    refused: list[str] = field(default_factory=list)


def measure(root: Path, partnership: Path, as_at: date) -> Outcome:
    """Everything about the extracts under `root`, as asked on `as_at`."""
    terms = Terms(partnership)
    landing = read_landing(root, terms)
    data_to = month_end(landing.months[-1])
    units = read_units(landing, terms, as_at)
    judged = [j for j in (judge(unit, terms) for unit in units) if _is_due(j, landing, terms)]
    outcome = Outcome(data_to=data_to, units=judged, refused=landing.refused)
    for quarter in quarters_between(terms.first_month, as_at):
        members = [j for j in judged if j.quarter == quarter]
        outcome.results |= QuarterResults(quarter, landing, terms, as_at).of(members)
    outcome.unknown_months = unknown_months(landing, terms, as_at)
    outcome.waiting = waiting_lists(units, landing.months, outcome.unknown_months)
    for submission in landing.submissions.values():
        held_back = submission.sent - len(submission.rows)
        outcome.held_back[submission.partner, submission.table] += held_back
    return outcome


def _is_due(judged: JudgedUnit, landing: Landing, terms: Terms) -> bool:
    """Whether the data of the unit's provider reach the day it is judged on."""
    provider = judged.unit.service.provider
    return any(
        judged.judged_on <= month_end(month)
        and has_arrived(landing, terms, provider, month, ("cyp101", "cyp102"))
        for month in landing.months
    )
