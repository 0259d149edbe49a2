"""Small alliances, made once: with bad rows over the change of waits, without any, and a longer one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.partnership.load import load_partnership
from orchestration.synthetic.generate import Options, generate
from tests.unit.synthetic.landing import Files, read_files


@dataclass(frozen=True)
class Alliance:
    """What was asked for, what was told, what was sent."""

    out: Path
    truth: dict[str, Any]
    files: Files


def make(out: Path, **asked: Any) -> Alliance:
    """Generate into `out` and read it back."""
    truth = generate(Options(out=out, **asked), load_partnership())
    return Alliance(out, truth, read_files(out, truth))


@pytest.fixture(scope="session")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Alliance:
    """A year and a half with bad rows, half of it after the waits got longer."""
    return make(
        tmp_path_factory.mktemp("faulty") / "landing",
        children=700,
        first_month=date(2024, 8, 1),
        last_month=date(2025, 11, 1),
        seed=11,
        faults=0.03,
    )


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Alliance:
    """Three months without a bad row."""
    return make(
        tmp_path_factory.mktemp("clean") / "landing",
        children=600,
        first_month=date(2024, 1, 1),
        last_month=date(2024, 3, 1),
        seed=5,
        faults=0.0,
    )


@pytest.fixture(scope="session")
def long(tmp_path_factory: pytest.TempPathFactory) -> Alliance:
    """Seven quarters without a bad row, so that plans and goals come to their ends."""
    return make(
        tmp_path_factory.mktemp("long") / "landing",
        children=500,
        first_month=date(2023, 4, 1),
        last_month=date(2024, 12, 1),
        seed=7,
        faults=0.0,
    )
