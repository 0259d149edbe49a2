"""The same options give the same bytes; sizes scale; senseless options are refused."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from orchestration.partnership.load import load_partnership
from orchestration.synthetic.generate import Options, generate
from tests.unit.synthetic.conftest import Alliance, make
from tests.unit.synthetic.landing import all_paths


def options(out: Path, **changes: Any) -> Options:
    asked = {
        "children": 40,
        "first_month": date(2024, 1, 1),
        "last_month": date(2024, 2, 1),
        "seed": 1,
        "faults": 0.05,
    }
    return Options(out=out, **{**asked, **changes})


def fingerprint(out: Path) -> dict[str, tuple[str, float]]:
    return {
        p.relative_to(out).as_posix(): (
            hashlib.sha256(p.read_bytes()).hexdigest(),
            p.stat().st_mtime,
        )
        for p in all_paths(out)
    }


def test_the_same_options_give_the_same_bytes_and_receipt_times(tmp_path: Path) -> None:
    generate(options(tmp_path / "one"), load_partnership())
    generate(options(tmp_path / "two"), load_partnership())
    assert fingerprint(tmp_path / "one") == fingerprint(tmp_path / "two")


def test_another_seed_gives_another_alliance(tmp_path: Path) -> None:
    generate(options(tmp_path / "one"), load_partnership())
    generate(options(tmp_path / "two", seed=2), load_partnership())
    one, two = fingerprint(tmp_path / "one"), fingerprint(tmp_path / "two")
    assert one["RV3/2024-01/CYP001MPI.csv"] != two["RV3/2024-01/CYP001MPI.csv"]


def test_a_single_child_in_a_single_month_still_makes_every_file(tmp_path: Path) -> None:
    asked = options(tmp_path / "out", children=1, last_month=date(2024, 1, 31), faults=0)
    truth = generate(asked, load_partnership())
    monthly = [r for r in load_partnership().returns if r.standard in ("csds", "mhsds", "local")]
    assert len(truth["files"]) == sum(len(r.tables) for r in monthly)


def test_activity_grows_with_the_number_of_children(clean: Alliance, tmp_path: Path) -> None:
    twice = make(
        tmp_path / "out",
        children=1200,
        first_month=date(2024, 1, 1),
        last_month=date(2024, 3, 1),
        seed=5,
        faults=0.0,
    )
    grown = twice.truth["totals"]["contacts"]["distinct"]
    assert 1.6 < grown / clean.truth["totals"]["contacts"]["distinct"] < 2.4


def test_a_folder_that_holds_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("x")
    with pytest.raises(FileExistsError, match="not empty"):
        generate(options(tmp_path), load_partnership())


def test_months_in_which_a_service_moves_are_refused(tmp_path: Path) -> None:
    moving = options(tmp_path / "out", first_month=date(2018, 2, 1), last_month=date(2018, 5, 1))
    with pytest.raises(ValueError, match="occupational_therapy"):
        generate(moving, load_partnership())


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"children": 0}, "children"),
        ({"last_month": date(2023, 12, 31)}, "before"),
        ({"faults": 0.7}, "faults"),
    ],
)
def test_senseless_options_are_refused(changes: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        options(Path("unused"), **changes)
