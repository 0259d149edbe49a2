"""What is expected of a table's submissions: `suites/common.yaml` and one file per table.

An expectation stands as Great Expectations serialises it (`type`, `kwargs`, `severity`, `meta`),
on one statistic of the profile. A table's file replaces a common expectation by giving its id.
How suites are run is in `run`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from expectations.located import Document

SUITES_FOLDER = Path(__file__).parent / "suites"
LEAST_ROWS = 20
"""Of fewer rows a share says nothing: one child is more than a twentieth."""
WHOLE = ("rows", "held_share", "volume_ratio", "declared_difference")
"""Statistics of a file as a whole."""
OF_PARENT = "orphans"
OF_COLUMN = (
    *("missing", "default", "other", "invalid", "distinct"),
    *("first_days", "last_days", "median", "shift"),
)
"""Statistics of one column, named `<statistic>__<column>`."""
Note = Annotated[str, Field(pattern=r"\S")]


class StrictModel(BaseModel):
    """An unknown or misspelt field is an error, never ignored."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Kwargs(StrictModel):
    """A statistic and the limits it may reach but not pass."""

    column: str
    min_value: float | None = Field(default=None, strict=True, allow_inf_nan=False)
    max_value: float | None = Field(default=None, strict=True, allow_inf_nan=False)

    @field_validator("column")
    @classmethod
    def _is_a_statistic(cls, column: str) -> str:
        kinds = "|".join((OF_PARENT, *OF_COLUMN))
        if column not in WHOLE and not re.fullmatch(rf"({kinds})__(\w+|{{parent}})", column):
            raise ValueError(f"the profile has no statistic {column}")
        return column

    @model_validator(mode="after")
    def _has_limits_in_order(self) -> Self:
        low, high = self.min_value, self.max_value
        if low is None and high is None:
            raise ValueError("neither min_value nor max_value")
        if low is not None and high is not None and low > high:
            raise ValueError("min_value is above max_value")
        return self


class Meta(StrictModel):
    """Why the limits are what they are, and from how many rows on they mean anything."""

    category: Literal["conformance", "completeness", "plausibility"]
    note: Note
    min_rows: int = Field(default=LEAST_ROWS, ge=0, strict=True)
    """Rows read; of fewer the check is not applicable."""
    min_usual_rows: int = Field(default=0, ge=0, strict=True)
    """Rows the sender usually sends; where fewer are usual the check is not applicable."""


class Expectation(StrictModel):
    """One check. `critical` rejects the submission before it is loaded."""

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*(\{parent\}[a-z_]*)?$")
    type: Literal["expect_column_values_to_be_between"]
    kwargs: Kwargs
    severity: Literal["warning", "critical"]
    meta: Meta

    @property
    def statistic(self) -> str:
        """The kind of number looked at, without the column it is of."""
        return self.kwargs.column.split("__", 1)[0]

    @property
    def subject(self) -> str:
        """The column or parent table the statistic is of; '' for the file as a whole."""
        return self.kwargs.column.partition("__")[2]

    @property
    def column_name(self) -> str:
        """The contract's column the statistic is of, '' when none."""
        return self.subject if self.statistic in OF_COLUMN else ""

    def of_parent(self, parent: str, why: str) -> Expectation:
        """This template for one parent table: `{parent}` and `{why}` filled in."""
        return Expectation(
            id=self.id.replace("{parent}", parent),
            type=self.type,
            kwargs=self.kwargs.model_copy(
                update={"column": self.kwargs.column.replace("{parent}", parent)}
            ),
            severity=self.severity,
            meta=self.meta.model_copy(
                update={"note": self.meta.note.replace("{parent}", parent).replace("{why}", why)}
            ),
        )


class Common(StrictModel):
    """What is expected of every table, and of every table for each parent it names."""

    expectations: tuple[Expectation, ...]
    for_each_parent: tuple[Expectation, ...]


class TableSuite(StrictModel):
    """A table's own expectations; `parents` says why a row without its parent is of no use."""

    standard: str
    table: str
    parents: dict[str, Note] = Field(default_factory=dict)
    expectations: tuple[Expectation, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Suite:
    """All expectations on the submissions of one table, the common ones first."""

    standard: str
    table: str
    expectations: tuple[Expectation, ...]


@cache
def suite_for(standard: str, table: str) -> Suite:
    """The shipped suite; only the common checks where the table has no file. SuiteError."""
    return load_suite(SUITES_FOLDER, standard, table)


def load_suite(folder: Path, standard: str, table: str) -> Suite:
    """A table's suite from a folder of suites; SuiteError naming file, line and reason."""
    document = Document(folder / "common.yaml")
    common = document.as_model(Common)
    for part in ("expectations", "for_each_parent"):
        _no_id_twice(getattr(common, part), document, part)
        _right_placeholders(getattr(common, part), document, part)
    path = folder / standard / f"{table}.yaml"
    if not path.exists():
        return Suite(standard, table, common.expectations)
    document = Document(path)
    own = document.as_model(TableSuite)
    if (own.standard, own.table) != (standard, table):
        field = "table" if own.standard == standard else "standard"
        raise document.error((field,), f"the file stands at {standard}/{table}.yaml")
    _no_id_twice(own.expectations, document, "expectations")
    _right_placeholders(own.expectations, document, "expectations")
    shared = [
        *common.expectations,
        *(e.of_parent(p, why) for p, why in own.parents.items() for e in common.for_each_parent),
    ]
    found = {e.id: e for e in (*shared, *own.expectations)}  # a repeated id keeps its place
    return Suite(standard, table, tuple(found.values()))


def _no_id_twice(expectations: Iterable[Expectation], document: Document, part: str) -> None:
    seen = set()
    for place, expectation in enumerate(expectations):
        if expectation.id in seen:
            raise document.error((part, place, "id"), f"{expectation.id} is given twice")
        seen.add(expectation.id)


def _right_placeholders(expectations: Iterable[Expectation], document: Document, part: str) -> None:
    """`{parent}` stands in id and statistic of each template, and nowhere else."""
    is_template = part == "for_each_parent"
    for place, expectation in enumerate(expectations):
        for field, text in (("id", expectation.id), ("kwargs", expectation.kwargs.column)):
            if ("{parent}" in text) != is_template:
                reason = "has no {parent}" if is_template else "{parent} belongs to for_each_parent"
                raise document.error((part, place, field), reason)
