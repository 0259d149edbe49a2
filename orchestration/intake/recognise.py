"""Recognise: which table of which standard a file is, and which partner and period it is for.

Works on a file's first line and on what the delivery's header table or message head said.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from orchestration.contracts.model import Catalogue, Contract, PeriodKind, normalise_header
from orchestration.contracts.periods import Period, month, named, year
from orchestration.intake.derived import LINE_HEADING
from orchestration.partnership.model import Partnership, Return

DELIMITERS = (",", ";", "\t", "|")
MAX_HEADER_CHARACTERS = 1 << 16
FIRST_YEAR, LAST_YEAR = 1990, 2099


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
    withheld: tuple[str, ...] = ()
    """Columns that were sent and may not be taken: no agreement shares their group."""

    @property
    def has_lines(self) -> bool:
        """Whether the first value of each row is the line it stood at in what was sent."""
        return self.names[:1] == (LINE_HEADING,)

    def without(self, columns: Sequence[str]) -> Heading:
        """This heading as if `columns` had not been sent."""
        kept = {name: place for name, place in self.positions.items() if name not in columns}
        return replace(self, positions=kept, withheld=(*self.withheld, *columns))


@lru_cache(maxsize=1024)
def recognise(
    first_line: str, catalogue: Catalogue, owed: frozenset[tuple[str, str]] = frozenset()
) -> Heading:
    """The table whose columns a first line names; RefusedFileError when none or several fit.

    Each table is tried under the names of all its versions, newest first. Where tables of two
    standards fit alike, one the sender owes, as (standard, table), goes before another.
    """
    if len(first_line) >= MAX_HEADER_CHARACTERS:
        raise RefusedFileError("heading_too_long", "The first line is too long to be a heading")
    found = [
        _match(contract, delimiter, names)
        for delimiter in DELIMITERS
        if len(names := _split(first_line, delimiter)) > 1
        for contract in catalogue.every_version()
    ]
    if not found:
        raise RefusedFileError("heading_missing", "The first line holds no column names")

    def rank(heading: Heading) -> tuple[int, bool, bool, int, int]:
        known, complete, national, missing = _rank(heading)
        table = (heading.contract.standard, heading.contract.table)
        return known, complete, table in owed, national, missing

    # the table most columns belong to, even when one it needs is missing: a damaged heading must
    # not make contacts pass for another table that happens to need less
    best = max(found, key=rank)
    if len(best.positions) * 2 < len(best.names) and _missing_mandatory(best):
        raise RefusedFileError("table_unknown", "The column names are those of no table we know")
    same_table = (best.contract.standard, best.contract.table)
    if any(
        rank(h) == rank(best) and (h.contract.standard, h.contract.table) != same_table
        for h in found
    ):
        raise RefusedFileError("table_ambiguous", "The column names fit more than one table")
    folded = [normalise_header(n) for n in best.names]
    twice = sorted({n for n in best.names if n and folded.count(normalise_header(n)) > 1})
    if twice:
        raise RefusedFileError("heading_repeated", f"Column named twice: {_shown(twice)}")
    require_mandatory(best)
    return best


def in_version(heading: Heading, catalogue: Catalogue, period: Period) -> Heading:
    """The heading read by the version its period is reported in.

    A sender may still use another version's names: where those name more columns, they stand, and
    the caller can tell by the contract's version. RefusedFileError when the version has no such
    table or a column it needs is missing.
    """
    contract = heading.contract
    dated = catalogue.contract_on(contract.standard, contract.table, period.end)
    if dated is None:
        version = catalogue.standards[contract.standard].version_on(period.end).version
        raise RefusedFileError(
            "table_not_in_version",
            f"{contract.standard} {version}, which is for {period.end}, has no {contract.national}",
        )
    if dated.version == contract.version:
        return heading
    matched = _match(dated, heading.delimiter, heading.names)
    if len(matched.positions) < len(heading.positions):
        return heading
    require_mandatory(matched)
    return matched


def require_mandatory(heading: Heading) -> None:
    """RefusedFileError when a column the table cannot do without is not in the file."""
    if missing := _missing_mandatory(heading):
        national = heading.contract.national
        reason = f"{national} needs the column {_shown(missing)}, which is not there"
        raise RefusedFileError("column_missing", reason)


def heading_of(derived: Path, contract: Contract) -> Heading:
    """The heading of a derived file whose table is known."""
    with derived.open(encoding="utf-8") as file:
        return _match(contract, ",", _split(file.readline(MAX_HEADER_CHARACTERS), ","))


def _split(line: str, delimiter: str) -> tuple[str, ...]:
    try:
        row = next(csv.reader([line.strip("\ufeff\r\n")], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return ()
    return tuple(n.strip() for n in row)


def _match(contract: Contract, delimiter: str, names: Sequence[str]) -> Heading:
    positions: dict[str, int] = {}
    extra = []
    for place, name in enumerate(names):
        if place == 0 and name == LINE_HEADING:
            continue
        column = contract.by_spelling.get(normalise_header(name))
        if column is None:
            extra.append(name)
        else:
            positions.setdefault(column, place)
    missing = tuple(c.name for c in contract.columns if c.name not in positions)
    return Heading(contract, delimiter, tuple(names), positions, missing, tuple(extra))


def _rank(heading: Heading) -> tuple[int, bool, int, int]:
    """How well a table fits: columns known, none missing that it needs, names as it spells them."""
    national = sum(
        normalise_header(heading.contract.column(name).national)
        == normalise_header(heading.names[place])
        for name, place in heading.positions.items()
    )
    complete = not _missing_mandatory(heading)
    return len(heading.positions), complete, national, -len(heading.missing)


def _missing_mandatory(heading: Heading) -> list[str]:
    return [c.national for c in heading.contract.mandatory if c.name not in heading.positions]


def _shown(names: Sequence[str], most: int = 5) -> str:
    """Names for a message; cut short, since a heading may hold anything."""
    text = ", ".join(n[:40] for n in names[:most])
    return text if len(names) <= most else f"{text} and {len(names) - most} more"


def period_in_header(
    kind: PeriodKind,
    provider: str,
    start: date | None,
    end: date,
    created_at: datetime | None,
    partner: str,
    partnership: Partnership,
) -> Period:
    """The period a header states; RefusedFileError when it is not a whole one or another's.

    A header that gives only the last day leaves `start` None.
    """
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
    if not FIRST_YEAR <= end.year <= LAST_YEAR:
        raise RefusedFileError("header_invalid", "The reporting period is in no plausible year")
    whole = month(end) if kind is PeriodKind.MONTH else year(kind, _made_for(kind, end))
    if (start or whole.start, end) != (whole.start, whole.end):
        unit = "calendar month" if kind is PeriodKind.MONTH else "reporting year"
        stated = f"{start} to {end}" if start else f"that ends on {end}"
        raise RefusedFileError(
            "period_not_a_month" if kind is PeriodKind.MONTH else "period_not_a_year",
            f"The reporting period {stated} is not one {unit}",
        )
    return Period(whole.start, end, created_at)


def _made_for(kind: PeriodKind, end: date) -> int:
    """The year in whose name a yearly return is made, by its last day or its census day."""
    if kind is PeriodKind.YEAR_TO_MARCH:
        return end.year
    return (end + timedelta(days=1)).year


def expected(
    contract: Contract, period: Period, partner: str, partnership: Partnership, today: date
) -> Return:
    """The return a file belongs to; RefusedFileError when none is owed or the period is not over."""
    if period.end >= today:
        raise RefusedFileError(
            "period_not_over", f"The reporting period ends on {period.end}, which is not past"
        )
    due = partnership.expected_return(partner, contract.standard, contract.table, period.start)
    if due is None:
        raise RefusedFileError(
            "not_expected",
            f"No return of {contract.standard}.{contract.table} is agreed with {partner}"
            f" for {named(period)}",
        )
    return due
