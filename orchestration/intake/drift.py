"""Drift: what a file's heading has that the contract has not, and the other way round."""

from __future__ import annotations

from difflib import SequenceMatcher

from orchestration.contracts.model import Requirement, normalise_header
from orchestration.intake.recognise import Heading
from orchestration.state.ledger import Change

ALIKE = 0.7
"""From this likeness on a new heading is taken for the new name of a missing column."""
MOST_CHARACTERS = 80


def heading_changes(heading: Heading) -> tuple[Change, ...]:
    """Extra, missing and renamed columns. An optional column that is not sent is no drift."""
    missing = [
        c for c in heading.contract.columns
        if c.name in heading.missing and c.required in (Requirement.MANDATORY, Requirement.REQUIRED)
    ]  # fmt: skip
    # a heading may hold anything: blank and unprintable characters are nobody's column name
    cleaned = ("".join(c for c in n if c.isprintable()).strip() for n in heading.extra)
    extra = list(dict.fromkeys(name[:MOST_CHARACTERS] for name in cleaned if name))
    found = []
    for column in missing:
        alike = max(extra, key=lambda name: _likeness(name, column.spellings), default=None)
        if alike is not None and _likeness(alike, column.spellings) >= ALIKE:
            found.append(Change("column_renamed", column.name, alike))
            extra.remove(alike)
        else:
            found.append(Change("column_missing", column.name))
    return (*found, *(Change("column_extra", name) for name in extra))


def _likeness(name: str, spellings: tuple[str, ...]) -> float:
    sent = normalise_header(name)
    return max(SequenceMatcher(None, sent, normalise_header(s)).ratio() for s in spellings)
