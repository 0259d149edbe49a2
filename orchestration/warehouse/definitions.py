"""KPI definitions: `config.meta` of each measure's YAML, checked strictly."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator


class DefinitionError(ValueError):
    """A measure's definition is wrong; the message names file, field and reason."""


class Change(BaseModel):
    """What changed in a version, and when it was written down."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = Field(ge=1)
    changed_on: date
    change: str


class Definition(BaseModel):
    """One part of one KPI as readers see it. Limits and thresholds are the partnership's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    kpi_id: str
    part: str
    title: str
    what: str
    why: str
    numerator_text: str
    denominator_text: str
    exclusions_text: str
    better: Literal["higher", "lower"]
    level_rule: Literal["every_discipline", "pooled"]
    """Whether a provider meets it in every discipline, or as a whole."""
    needs: tuple[str, ...] = Field(min_length=1)
    """The returns it cannot do without, `standard.table`."""
    owner: str
    checker: str
    review_date: date
    change_log: tuple[Change, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _is_checked_by_another(self) -> Definition:
        if self.owner == self.checker:
            raise ValueError("owner and checker must be two people")
        return self

    def changes_of(self, version: int) -> str:
        """What was changed in a version, one line a change."""
        return "\n".join(
            f"{c.changed_on}: {c.change}" for c in self.change_log if c.version == version
        )


def read_definitions(dbt_project: Path) -> list[Definition]:
    """Every definition of the project, by measure name."""
    found = []
    for path in sorted((dbt_project / "models" / "measures").glob("measure_*.yml")):
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        for model in content["models"]:
            meta = model.get("config", {}).get("meta", {})
            if "kpi_id" in meta:
                found.append(_definition(path, meta))
    return found


def _definition(path: Path, meta: dict[str, object]) -> Definition:
    try:
        return Definition.model_validate(meta)
    except ValidationError as error:
        lines = [
            f"{path.name}: {'.'.join(str(p) for p in e['loc']) or 'definition'}: "
            f"{e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        ]
        raise DefinitionError("\n".join(lines)) from error
