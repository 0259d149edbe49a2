"""Every contract table is staged whole: a source, a model, and each column, or a word why not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestration.contracts.model import Contract, shipped_catalogue
from orchestration.settings import Settings
from orchestration.warehouse.raw import raw_columns

STAGING = Settings().dbt_project / "models" / "staging"
CONTRACTS = list(shipped_catalogue().contracts.values())


def documented(path: Path, kind: str) -> dict[str, dict[str, Any]]:
    """What a YAML file of dbt says of each of its models or sources, by name."""
    return {entry["name"]: entry for entry in yaml.safe_load(path.read_text())[kind]}


def model_path(contract: Contract) -> Path:
    """The staging model of a contract."""
    return STAGING / contract.standard / f"stg_{contract.raw_table}.sql"


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda c: c.raw_table)
def test_every_column_of_a_contract_is_staged_or_listed_as_left_out(contract: Contract) -> None:
    models = documented(STAGING / contract.standard / f"_{contract.standard}__models.yml", "models")
    model = models[f"stg_{contract.raw_table}"]
    assert model["description"]
    left_out = set(model.get("config", {}).get("meta", {}).get("left_out", ()))
    sql = model_path(contract).read_text()
    assert f"source('raw', '{contract.raw_table}')" in sql
    selected = set(re.findall(r"\w+", sql.partition("renamed as")[2]))
    columns = {name for name, _ in raw_columns(contract)}
    assert columns - selected == left_out


def test_every_raw_table_is_a_described_source_and_no_other_is() -> None:
    sources = documented(STAGING / "_staging__sources.yml", "sources")["raw"]["tables"]
    assert {s["name"] for s in sources} == {c.raw_table for c in CONTRACTS}
    assert all(s["description"] for s in sources)


def test_no_staging_model_is_without_a_contract() -> None:
    staged = {path for path in STAGING.glob("*/stg_*.sql") if path.parent.name != "ledger"}
    assert staged == {model_path(c) for c in CONTRACTS}
