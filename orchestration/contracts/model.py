"""What an extract looks like: one strict model per YAML under `contracts/<standard>/`.

A contract names each column three ways (national, data-dictionary and alias names), says what it
holds and whether it can identify a child. Nothing here reads an extract: that is `intake`.
"""

from __future__ import annotations

import re
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, model_validator

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
            raise ValueError(f"code {self.code}: valid_to is before valid_from")
        return self


class CodeList(StrictModel):
    """A named list of codes. An open list is one whose national values we do not hold whole."""

    source: str
    is_complete: bool = True
    codes: tuple[Code, ...]


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
        if len(names) != len(set(names)):
            raise ValueError(f"{self.table}: two columns have one name")
        spelt: dict[str, str] = {}
        for column in self.columns:
            for spelling in {normalise_header(s) for s in column.spellings}:
                if spelt.setdefault(spelling, column.name) != column.name:
                    raise ValueError(
                        f"{self.table}: heading {spelling} names {spelt[spelling]} and {column.name}"
                    )
            if column.code_list and column.type is not ColumnType.CODE:
                raise ValueError(f"{self.table}.{column.name}: a code list needs type: code")
        used = [*self.key, *(r.column for r in self.rules)]
        used += [r.other for r in self.rules if r.other]
        used += [c for reference in self.references for c in reference.columns]
        for name in used:
            if name not in names:
                raise ValueError(f"{self.table}: rule or key names the unknown column {name}")
        for rule in self.rules:
            if (rule.kind is RuleKind.NOT_BEFORE) != (rule.other is not None):
                raise ValueError(f"{self.table}.{rule.id}: `other` belongs to not_before alone")
        return self


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
        for path in sorted(folder.glob("*/*.yaml")):
            content: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
            try:
                if path.stem == "code_lists":
                    for name, body in content.items():
                        self.code_lists[f"{path.parent.name}.{name}"] = CodeList(**body)
                    continue
                contract = Contract(**content)
                if (contract.standard, contract.table) != (path.parent.name, path.stem):
                    raise ValueError("standard and table must match folder and file name")
                self.contracts[contract.standard, contract.table] = contract
            except ValueError as error:
                raise ContractError(f"{path.parent.name}/{path.name}: {error}") from error
        for contract in self.contracts.values():
            self._check_names(contract)

    def _check_names(self, contract: Contract) -> None:
        where = f"{contract.standard}/{contract.table}.yaml"
        for column in contract.columns:
            if column.code_list and f"{contract.standard}.{column.code_list}" not in self.code_lists:
                raise ContractError(f"{where}: {column.name}: no code list {column.code_list}")
        for reference in contract.references:
            if (contract.standard, reference.table) not in self.contracts:
                raise ContractError(f"{where}: references the unknown table {reference.table}")

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
