"""Recognise: which table of which standard a file is, and which partner and month it is for.

Pure: works on a file's first line and on what the delivery's header table said.
"""

from __future__ import annotations

import calendar
import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from orchestration.contracts.model import Catalogue, Contract, normalise_header
from orchestration.partnership.model import Partnership

DELIMITERS = (",", ";", "\t", "|")
MAX_HEADER_CHARACTERS = 1 << 16
PERIOD_IN_NAME = re.compile(r"(?<!\d)(20\d{2})[-_]?(0[1-9]|1[0-2])(?!\d)")


class RefusedFileError(ValueError):
    """A file that cannot be taken in; `rule` names the kind of fault, the message what to do."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule


@dataclass(frozen=True)
class Heading:
    """A recognised first line. `positions` gives each contract column its place in the file."""

    contract: Contract
    delimiter: str
    names: tuple[str, ...]
    positions: dict[str, int]
    missing: tuple[str, ...]
    extra: tuple[str, ...]


@dataclass(frozen=True)
class Period:
    """A reporting month, and when the sender made the submission if a header table says so."""

    start: date
    end: date
    created_at: datetime | None = None


def recognise(first_line: str, catalogue: Catalogue) -> Heading:
    """The table whose columns a first line names; RefusedFileError when none or several fit."""
    if len(first_line) >= MAX_HEADER_CHARACTERS:
        raise RefusedFileError("heading_too_long", "The first line is too long to be a heading")
    found = [
        _match(contract, delimiter, names)
        for delimiter in DELIMITERS
        if len(names := _split(first_line, delimiter)) > 1
        for contract in catalogue.contracts.values()
    ]
    if not found:
        raise RefusedFileError("heading_missing", "The first line holds no column names")
    # the table most columns belong to, even when one it needs is missing: a damaged heading must
    # not make contacts pass for another table that happens to need less
    best = max(found, key=_rank)
    if len(best.positions) * 2 < len(best.names) and _missing_mandatory(best):
        raise RefusedFileError("table_unknown", "The column names are those of no table we know")
    if any(h is not best and _rank(h) == _rank(best) for h in found):
        raise RefusedFileError("table_ambiguous", "The column names fit more than one table")
    folded = [normalise_header(n) for n in best.names]
    twice = sorted({n for n in best.names if n and folded.count(normalise_header(n)) > 1})
    if twice:
        raise RefusedFileError("heading_repeated", f"Column named twice: {_shown(twice)}")
    if missing := _missing_mandatory(best):
        raise RefusedFileError(
            "column_missing",
            f"{best.contract.national} needs the column {_shown(missing)}, which is not there",
        )
    return best


def _split(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        row = next(csv.reader([line.strip("\ufeff\r\n")], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return ()
    return tuple(n.strip() for n in row)


def _match(contract: Contract, delimiter: str, names: Sequence[str]) -> Heading:
    by_spelling = {normalise_header(s): c.name for c in contract.columns for s in c.spellings}
    positions: dict[str, int] = {}
    extra = []
    for place, name in enumerate(names):
        column = by_spelling.get(normalise_header(name))
        if column is None:
            extra.append(name)
        else:
            positions.setdefault(column, place)
    missing = tuple(c.name for c in contract.columns if c.name not in positions)
    return Heading(contract, delimiter, tuple(names), positions, missing, tuple(extra))


def _rank(heading: Heading) -> tuple[int, bool, int]:
    return len(heading.positions), not _missing_mandatory(heading), -len(heading.missing)


def _missing_mandatory(heading: Heading) -> list[str]:
    return [c.national for c in heading.contract.mandatory if c.name not in heading.positions]


def _shown(names: Sequence[str], most: int = 5) -> str:
    """Names for a message; cut short, since a heading may hold anything."""
    text = ", ".join(n[:40] for n in names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most} more"


def month(day: date) -> Period:
    """The whole month `day` is in."""
    last = calendar.monthrange(day.year, day.month)[1]
    return Period(day.replace(day=1), day.replace(day=last))


def period_in_name(*names: str) -> Period | None:
    """The month the last of `names` to hold one holds as YYYY-MM, YYYY_MM or YYYYMM."""
    for name in names:
        if found := PERIOD_IN_NAME.findall(name):
            year, number = found[-1]
            return month(date(int(year), int(number), 1))
    return None


def period_in_header(
    provider: str,
    start: date,
    end: date,
    created_at: datetime,
    partner: str,
    partnership: Partnership,
) -> Period:
    """The period a header table states; RefusedFileError when it is no month or another's."""
    organisation = partnership.organisation(provider)
    if organisation is None or organisation.code != partner:
        known = (
            f"those of {organisation.code}"
            if organisation
            else "those of nobody in the partnership"
        )
        raise RefusedFileError(
            "wrong_partner", f"The header's organisation codes are {known}, not {partner}'s"
        )
    whole = month(start)
    if (start, end) != (whole.start, whole.end):
        raise RefusedFileError(
            "period_not_a_month", f"The reporting period {start} to {end} is not one calendar month"
        )
    return Period(start, end, created_at)


def expected(
    contract: Contract, period: Period, partner: str, partnership: Partnership, today: date
) -> None:
    """RefusedFileError unless the partner owes this table and the period is over."""
    if period.end >= today:
        raise RefusedFileError(
            "period_not_over", f"The reporting period ends on {period.end}, which is not past"
        )
    if (
        partnership.expected_return(partner, contract.standard, contract.table, period.start)
        is None
    ):
        raise RefusedFileError(
            "not_expected",
            f"No return of {contract.standard}.{contract.table} is agreed with {partner} for {period.start:%Y-%m}",
        )
