"""What an extract looks like: one strict model per YAML under `contracts/<standard>/`.

`standard.yaml` says what is true of a standard as a whole: its period, its dated versions, the
layout of its XML if it has one. Each other file is a table of its newest version, with what was
different in earlier ones. A contract names each column three ways (national, data-dictionary and
alias names), says what it holds and whether it can identify a child. Nothing here reads an
extract: that is `intake`.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, model_validator

from orchestration.located_yaml import Document, Location, mistake

CONTRACTS_FOLDER = Path(__file__).parent


class ColumnType(StrEnum):
    """How a text value is read. Dates are ISO or dd/mm/yyyy, times ISO; nothing is guessed."""

    TEXT = "text"
    CODE = "code"
    DATE = "date"
    DATETIME = "datetime"
    TIME = "time"
    INTEGER = "integer"
    DECIMAL = "decimal"
    NHS_NUMBER = "nhs_number"
    FLAG = "flag"

    @property
    def duckdb_type(self) -> str:
        """The DuckDB type a valid value of this column has in `raw`."""
        return {
            ColumnType.DATE: "DATE",
            ColumnType.DATETIME: "TIMESTAMP",
            ColumnType.TIME: "TIME",
            ColumnType.INTEGER: "BIGINT",
            ColumnType.DECIMAL: "DOUBLE",
        }.get(self, "VARCHAR")


class Requirement(StrEnum):
    """M, R, O and P of the national data sets: only a blank mandatory value rejects a row."""

    MANDATORY = "mandatory"
    REQUIRED = "required"
    OPTIONAL = "optional"
    PILOT = "pilot"


class Identifiability(StrEnum):
    """What a value tells about whom; drives what may leave the `identity` schema."""

    NONE = "none"
    LOCAL_ID = "local_id"  # means something only inside the sender's record
    PERSON = "person"  # names, numbers, dates of birth, postcodes: never past `identity`


class ColumnGroup(StrEnum):
    """What a sharing agreement grants together."""

    IDENTITY = "identity"
    DEMOGRAPHIC = "demographic"
    ACTIVITY = "activity"
    CLINICAL = "clinical"
    SAFEGUARDING = "safeguarding"
    SOCIAL_CARE = "social_care"
    EDUCATION = "education"
    EXPERIENCE = "experience"
    STAFF = "staff"
    FREE_TEXT = "free_text"


class PeriodKind(StrEnum):
    """What one submission covers. A year in a file's name is the year the return is made for."""

    MONTH = "month"
    YEAR_TO_MARCH = "year_to_march"  # 2025: April 2024 to March 2025
    CALENDAR_YEAR = "calendar_year"  # 2025: a January 2025 collection about the whole of 2024


class StrictModel(BaseModel):
    """Every configuration model: an unknown or misspelt field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Code(StrictModel):
    """One value of a code list; open-ended unless dated."""

    code: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None
    means: Literal["valid", "other", "default"] = "valid"
    """The letters of VODIM: `other` says something else, `default` that nobody knows."""

    @model_validator(mode="after")
    def _dates_in_order(self) -> Code:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise mistake(("valid_to",), f"code {self.code}: valid_to is before valid_from")
        return self


class CodeList(StrictModel):
    """A named list of codes. An open list is one whose national values we do not hold whole."""

    source: str
    is_complete: bool = True
    codes: tuple[Code, ...]

    @model_validator(mode="after")
    def _no_code_twice(self) -> CodeList:
        held = sorted(
            enumerate(self.codes), key=lambda c: (c[1].code, c[1].valid_from or date.min, c[0])
        )
        for (_, earlier), (place, code) in pairwise(held):
            starts, ended = code.valid_from or date.min, earlier.valid_to or date.max
            if earlier.code == code.code and starts <= ended:
                raise mistake(("codes", place), f"the code {code.code} is listed twice")
        return self


class CodeLists(RootModel[dict[str, CodeList]]):
    """The code lists of a standard by name."""


class Column(StrictModel):
    """One column: `name` in raw, its other spellings, and what makes a value valid."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    national: str
    dictionary: str | None = None
    aliases: tuple[str, ...] = ()
    type: ColumnType = ColumnType.TEXT
    required: Requirement = Requirement.OPTIONAL
    code_list: str | None = None
    identifiable: Identifiability = Identifiability.NONE
    group: ColumnGroup | None = None
    defaults: tuple[str, ...] = ()
    """Values that stand for knowing nothing, where no code list marks them."""
    xpath: str | None = None
    """Where the value stands in an XML message, from the table's element; `national` unless said."""
    description: str

    @property
    def sharing_group(self) -> ColumnGroup:
        """The group an agreement must grant; who a child is belongs to `identity` unless said."""
        if self.group is not None:
            return self.group
        is_person = self.identifiable is Identifiability.PERSON
        return ColumnGroup.IDENTITY if is_person else ColumnGroup.ACTIVITY

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every header this column may carry, as sent."""
        names = (self.national, self.dictionary, self.name, *self.aliases)
        return tuple(n for n in names if n)


class RuleKind(StrEnum):
    """Row rules that need more than one column; each is one SQL condition in `intake.rules`."""

    NOT_BEFORE = "not_before"  # column >= other, when both are present
    NOT_AFTER_PERIOD = "not_after_period"  # column <= last day of the reporting period
    IN_PERIOD = "in_period"  # column within the reporting period


class RowRule(StrictModel):
    """A rule over one row; a row that breaks it is quarantined under `id`."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    kind: RuleKind
    column: str
    other: str | None = None
    message: str


class Reference(StrictModel):
    """A child row's parent in another table of the same standard.

    Checked as a warning: quarantining on it would make the result depend on arrival order.
    """

    columns: tuple[str, ...]
    table: str


class ColumnChange(StrictModel):
    """What a column was in an earlier version; what is not named was the same."""

    national: str | None = None
    dictionary: str | None = None
    aliases: tuple[str, ...] | None = None
    type: ColumnType | None = None
    required: Requirement | None = None
    code_list: str | None = None
    xpath: str | None = None


class Difference(StrictModel):
    """An earlier version of a table, told by what sets it apart from the newest."""

    version: str
    is_absent: bool = False
    without: tuple[str, ...] = ()
    changed: dict[str, ColumnChange] = Field(default_factory=dict)
    also: tuple[Column, ...] = ()


class Table(StrictModel):
    """One table of a standard: its newest version, and what was different before."""

    standard: str
    table: str
    national: str
    title: str
    source: str
    may_be_empty: bool = False
    """A heading without rows is an answer: nothing happened in the period."""
    element: str | None = None
    """The XML element one row is made of, at any depth below the message's record."""
    is_header: bool = False
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rules: tuple[RowRule, ...] = ()
    references: tuple[Reference, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def raw_table(self) -> str:
        """Name of the table in schema `raw`."""
        return f"{self.standard}__{self.table}"

    @property
    def mandatory(self) -> tuple[Column, ...]:
        """The columns whose blank value rejects a row."""
        return tuple(c for c in self.columns if c.required is Requirement.MANDATORY)

    def column(self, name: str) -> Column:
        """The column called `name`; KeyError when the contract has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.standard}.{self.table} has no column {name}")

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """The columns of every version, the newest version's first: what `raw` holds."""
        found = {c.name: c for c in self.columns}
        for difference in self.differences:
            for column in difference.also:
                found.setdefault(column.name, column)
        return tuple(found.values())

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        names = [c.name for c in self.columns]
        spelt: dict[str, str] = {}
        for place, column in enumerate(self.columns):
            where = ("columns", place)
            if column.name in names[:place]:
                raise mistake((*where, "name"), f"two columns are called {column.name}")
            for spelling in sorted({normalise_header(s) for s in column.spellings}):
                if spelt.setdefault(spelling, column.name) != column.name:
                    other = spelt[spelling]
                    raise mistake(where, f"the heading {spelling} names {other} and {column.name}")
            if column.code_list and column.type is not ColumnType.CODE:
                raise mistake((*where, "code_list"), "a code list needs type: code")
        for place, name in enumerate(self.key):
            self._must_have(name, ("key", place))
        for place, rule in enumerate(self.rules):
            self._must_be_a_day(rule.column, ("rules", place, "column"))
            if (rule.kind is RuleKind.NOT_BEFORE) != (rule.other is not None):
                raise mistake(("rules", place), "`other` belongs to not_before alone")
            if rule.other is not None:
                self._must_be_a_day(rule.other, ("rules", place, "other"))
        for place, reference in enumerate(self.references):
            for each, name in enumerate(reference.columns):
                self._must_have(name, ("references", place, "columns", each))
        for place, difference in enumerate(self.differences):
            for each, name in enumerate(difference.without):
                self._must_have(name, ("differences", place, "without", each))
            for name in difference.changed:
                self._must_have(name, ("differences", place, "changed", name))
            for each, column in enumerate(difference.also):
                if column.name in names:
                    at = ("differences", place, "also", each, "name")
                    raise mistake(at, f"the newest version has {column.name} too")
        return self

    def _must_have(self, name: str, location: Location) -> None:
        if all(name != column.name for column in self.columns):
            raise mistake(location, f"there is no column {name}")

    def _must_be_a_day(self, name: str, location: Location) -> None:
        self._must_have(name, location)
        if self.column(name).type not in (ColumnType.DATE, ColumnType.DATETIME):
            raise mistake(location, f"{name} is not a date")


class Contract(Table):
    """A table in one version of its standard: what a file of a given period is read by."""

    version: str
    period: PeriodKind

    @cached_property
    def by_spelling(self) -> dict[str, str]:
        """Column by folded heading."""
        return {normalise_header(s): c.name for c in self.columns for s in c.spellings}


class Version(StrictModel):
    """A version of a standard and the reporting periods it is for, by their last day."""

    version: str
    valid_from: date | None = None
    valid_to: date | None = None
    source: str

    def is_valid_on(self, day: date) -> bool:
        """Whether a period that ends on `day` is reported by this version."""
        return (self.valid_from or date.min) <= day <= (self.valid_to or date.max)


class Mark(StrictModel):
    """A value that tells a standard's messages from others with the same root element."""

    path: str
    value: str


class Message(StrictModel):
    """A standard's XML: one element per record, read one after another, and a head before them.

    Paths are XPath from the root element.
    """

    root: str
    record: str
    mark: Mark | None = None
    sender: str | None = None
    period_end: str | None = None
    year: str | None = None
    created_at: str | None = None


class Standard(StrictModel):
    """What is true of all tables of a standard. Versions stand newest first."""

    standard: str
    title: str
    source: str
    period: PeriodKind
    versions: tuple[Version, ...] = Field(min_length=1)
    message: Message | None = None

    @model_validator(mode="after")
    def _versions_follow_on(self) -> Standard:
        for place, (newer, older) in enumerate(pairwise(self.versions), start=1):
            if newer.valid_from is None or older.valid_to is None:
                raise mistake(("versions", place), "only the newest version is open-ended")
            if older.valid_to + timedelta(days=1) != newer.valid_from:
                raise mistake(
                    ("versions", place),
                    f"{older.version} does not end the day before {newer.version}",
                )
        return self

    def version_on(self, day: date) -> Version:
        """The version for a period that ends on `day`; the oldest for one before them all."""
        return next((v for v in self.versions if v.is_valid_on(day)), self.versions[-1])


class ContractError(ValueError):
    """A contract file is wrong; the message names file, field and reason."""


@lru_cache(maxsize=10_000)
def normalise_header(text: str) -> str:
    """Fold a heading so that `CareContactID`, `Care_Contact_Id` and `CARE CONTACT ID` agree."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


class Catalogue:
    """All standards, contracts and code lists of a folder, checked against one another."""

    def __init__(self, folder: Path = CONTRACTS_FOLDER) -> None:
        self.standards: dict[str, Standard] = {}
        self.code_lists: dict[str, CodeList] = {}
        self.contracts: dict[tuple[str, str], Contract] = {}
        """By standard and table, in the standard's newest version."""
        self._earlier: dict[tuple[str, str, str], Contract | None] = {}
        tables: list[tuple[Document, Table]] = []
        for path in sorted(folder.glob("*/*.yaml")):
            standard, name = path.parent.name, path.stem
            document = Document(path, ContractError, shown_as=f"{standard}/{path.name}")
            if name == "code_lists":
                for code_list, codes in document.as_model(CodeLists).root.items():
                    self.code_lists[f"{standard}.{code_list}"] = codes
                continue
            if name == "standard":
                model: Standard | Table = document.as_model(Standard)
                self.standards[standard] = cast(Standard, model)
            else:
                model = document.as_model(Table)
                tables.append((document, model))
            if model.standard != standard:
                raise document.error(("standard",), f"the folder is called {standard}")
            if isinstance(model, Table) and model.table != name:
                raise document.error(("table",), f"the file is called {name}")
        for document, table in tables:
            self._add(table, document)
        for document, table in tables:
            self._check_names(table, document)

    def _add(self, table: Table, document: Document) -> None:
        standard = self.standards.get(table.standard)
        if standard is None:
            raise document.error(("standard",), f"{table.standard}/standard.yaml is missing")
        known = [v.version for v in standard.versions]
        self.contracts[table.standard, table.table] = _contract(table, known[0], standard)
        for place, difference in enumerate(table.differences):
            where = ("differences", place, "version")
            if difference.version not in known[1:]:
                raise document.error(where, f"{difference.version} is no earlier version")
            key = (table.standard, table.table, difference.version)
            if key in self._earlier:
                raise document.error(where, f"{difference.version} is told twice")
            try:
                self._earlier[key] = _earlier(table, difference, standard)
            except ValidationError as error:
                raise document.error(where, error.errors()[0]["msg"]) from error

    def _check_names(self, table: Table, document: Document) -> None:
        for place, column in enumerate(table.columns):
            self._check_code_list(table, column.code_list, ("columns", place), document)
        for place, difference in enumerate(table.differences):
            at = ("differences", place)
            for name, change in difference.changed.items():
                self._check_code_list(table, change.code_list, (*at, "changed", name), document)
            for each, column in enumerate(difference.also):
                self._check_code_list(table, column.code_list, (*at, "also", each), document)
        for place, reference in enumerate(table.references):
            parent = self.contracts.get((table.standard, reference.table))
            if parent is None:
                where = ("references", place, "table")
                raise document.error(where, f"there is no table {reference.table}")
            for each, name in enumerate(reference.columns):
                if all(name != column.name for column in parent.columns):
                    inside = ("references", place, "columns", each)
                    raise document.error(inside, f"{reference.table} has no column {name}")

    def _check_code_list(
        self, table: Table, name: str | None, location: Location, document: Document
    ) -> None:
        if name and f"{table.standard}.{name}" not in self.code_lists:
            raise document.error((*location, "code_list"), f"there is no code list {name}")

    def tables(self, standard: str) -> list[Contract]:
        """The contracts of one standard, header table first."""
        found = [c for c in self.contracts.values() if c.standard == standard]
        return sorted(found, key=lambda c: (not c.is_header, c.table))

    def every_version(self) -> list[Contract]:
        """Every table under each set of names it ever had, newest first."""
        earlier = [c for c in self._earlier.values() if c is not None]
        return [*self.contracts.values(), *earlier]

    def contract_on(self, standard: str, table: str, period_end: date) -> Contract | None:
        """The contract for a period that ends on a day; None where that version has no such table."""
        version = self.standards[standard].version_on(period_end).version
        newest = self.contracts[standard, table]
        if (standard, table, version) in self._earlier:
            return self._earlier[standard, table, version]
        return newest.model_copy(update={"version": version})

    def codes(self, contract: Contract, column: Column) -> CodeList | None:
        """The code list a column is checked against, if any."""
        if column.code_list is None:
            return None
        return self.code_lists[f"{contract.standard}.{column.code_list}"]


def _contract(table: Table, version: str, standard: Standard) -> Contract:
    """A table as the contract of a version. Its parts are checked already."""
    return Contract.model_construct(**dict(table), version=version, period=standard.period)


def _earlier(table: Table, difference: Difference, standard: Standard) -> Contract | None:
    """The contract of an earlier version; None where it had no such table."""
    if difference.is_absent:
        return None
    columns = []
    for column in table.columns:
        if column.name in difference.without:
            continue
        change = difference.changed.get(column.name)
        if change is not None:
            changes = change.model_dump(exclude_none=True)
            column = Column.model_validate({**column.model_dump(exclude_none=True), **changes})
        columns.append(column)
    gone = set(difference.without)
    whole = {
        **dict(table),
        "columns": (*columns, *difference.also),
        "key": tuple(k for k in table.key if k not in gone),
        "rules": tuple(r for r in table.rules if not gone & {r.column, r.other}),
        "references": tuple(r for r in table.references if not gone & set(r.columns)),
        "differences": (),
    }
    return Contract(**whole, version=difference.version, period=standard.period)


@cache
def shipped_catalogue() -> Catalogue:
    """The contracts this release ships; read once."""
    return Catalogue()
