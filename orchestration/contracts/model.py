"""What an extract looks like: one strict model per YAML under `contracts/<standard>/`.

A contract names each column three ways (national, data-dictionary and alias names), says what it
holds and whether it can identify a child. Nothing here reads an extract: that is `intake`.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

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


class StrictModel(BaseModel):
    """Every configuration model: an unknown or misspelt field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Code(StrictModel):
    """One value of a code list; open-ended unless dated."""

    code: str
    label: str
    valid_from: date | None = None
    valid_to: date | None = None

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
    description: str

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


class Contract(StrictModel):
    """One table of one version of one standard."""

    standard: str
    table: str
    national: str
    title: str
    version: str
    source: str
    period: str = Field(pattern="^(month)$")
    is_header: bool = False
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    rules: tuple[RowRule, ...] = ()
    references: tuple[Reference, ...] = ()

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

    @model_validator(mode="after")
    def _is_consistent(self) -> Contract:
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
        return self

    def _must_have(self, name: str, location: Location) -> None:
        if all(name != column.name for column in self.columns):
            raise mistake(location, f"there is no column {name}")

    def _must_be_a_day(self, name: str, location: Location) -> None:
        self._must_have(name, location)
        if self.column(name).type not in (ColumnType.DATE, ColumnType.DATETIME):
            raise mistake(location, f"{name} is not a date")


class ContractError(ValueError):
    """A contract file is wrong; the message names file, field and reason."""


def normalise_header(text: str) -> str:
    """Fold a heading so that `CareContactID`, `Care_Contact_Id` and `CARE CONTACT ID` agree."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


class Catalogue:
    """All contracts and code lists of a folder, checked against one another."""

    def __init__(self, folder: Path = CONTRACTS_FOLDER) -> None:
        self.contracts: dict[tuple[str, str], Contract] = {}
        self.code_lists: dict[str, CodeList] = {}
        documents: dict[tuple[str, str], Document] = {}
        for path in sorted(folder.glob("*/*.yaml")):
            standard, table = path.parent.name, path.stem
            document = Document(path, ContractError, shown_as=f"{standard}/{path.name}")
            if table == "code_lists":
                for name, codes in document.as_model(CodeLists).root.items():
                    self.code_lists[f"{standard}.{name}"] = codes
                continue
            contract = document.as_model(Contract)
            if contract.standard != standard:
                raise document.error(("standard",), f"the folder is called {standard}")
            if contract.table != table:
                raise document.error(("table",), f"the file is called {table}")
            self.contracts[standard, table] = contract
            documents[standard, table] = document
        for key, document in documents.items():
            self._check_names(self.contracts[key], document)

    def _check_names(self, contract: Contract, document: Document) -> None:
        for place, column in enumerate(contract.columns):
            code_list = f"{contract.standard}.{column.code_list}"
            if column.code_list and code_list not in self.code_lists:
                where = ("columns", place, "code_list")
                raise document.error(where, f"there is no code list {column.code_list}")
        for place, reference in enumerate(contract.references):
            parent = self.contracts.get((contract.standard, reference.table))
            if parent is None:
                where = ("references", place, "table")
                raise document.error(where, f"there is no table {reference.table}")
            for each, name in enumerate(reference.columns):
                if all(name != column.name for column in parent.columns):
                    at = ("references", place, "columns", each)
                    raise document.error(at, f"{reference.table} has no column {name}")

    def tables(self, standard: str) -> list[Contract]:
        """The contracts of one standard, header table first."""
        found = [c for c in self.contracts.values() if c.standard == standard]
        return sorted(found, key=lambda c: (not c.is_header, c.table))

    @property
    def standards(self) -> list[str]:
        """Names of the standards held, sorted."""
        return sorted({standard for standard, _ in self.contracts})

    def codes(self, contract: Contract, column: Column) -> CodeList | None:
        """The code list a column is checked against, if any."""
        if column.code_list is None:
            return None
        return self.code_lists[f"{contract.standard}.{column.code_list}"]


@cache
def shipped_catalogue() -> Catalogue:
    """The contracts this release ships; read once."""
    return Catalogue()
