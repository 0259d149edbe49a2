"""The independent numbers against the truth of a made-up alliance, bad rows among the good ones.

The two know nothing of one another: the truth is counted from what happened, these from the files.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pytest

from orchestration.partnership.load import SHIPPED, load_partnership
from orchestration.synthetic.generate import Options, generate

from .compare import truth_differences
from .extracts import TABLES
from .timeliness import Outcome, measure

AS_AT = date(2026, 5, 15)
Made = tuple[Outcome, dict[str, Any]]


@pytest.fixture(scope="module", params=[12, 13])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    out = tmp_path_factory.mktemp("made") / "landing"
    options = Options(
        children=400,
        first_month=date(2025, 1, 1),
        last_month=date(2026, 3, 1),
        seed=request.param,
        faults=0.02,
        out=out,
    )
    truth = generate(options, load_partnership())
    return measure(out, SHIPPED, AS_AT), truth


def test_the_independent_numbers_are_the_truth(made: Made) -> None:
    outcome, truth = made
    assert truth_differences(outcome, truth) == []


def test_the_truth_has_every_reason_to_leave_a_referral_out_but_the_rare_ones(made: Made) -> None:
    _, truth = made
    reasons = {reason for row in truth["timeliness"] for reason in row["exclusions"]}
    assert reasons >= {"opted_out", "rejected", "duplicate", "autism_pathway", "withdrawn"}


def test_every_file_is_read(made: Made) -> None:
    outcome, _ = made
    assert outcome.refused == []


def test_as_many_rows_are_held_back_as_were_made_bad(made: Made) -> None:
    outcome, truth = made
    made_bad = Counter[tuple[str, str]]()
    for file in truth["files"]:
        if file["table"] in TABLES:
            made_bad[file["partner"], file["table"]] += sum(file["quarantined"].values())
    assert +outcome.held_back == +made_bad


@pytest.mark.parametrize("name", ["numerator", "denominator", "mean_wait_days"])
def test_a_truth_told_wrong_is_noticed(made: Made, name: str) -> None:
    outcome, truth = made
    wrong = truth["timeliness"][0] | {name: 999}
    told = truth | {"timeliness": [wrong, *truth["timeliness"][1:]]}
    assert [line.split(" is ")[0].split(": ")[1] for line in truth_differences(outcome, told)] == [
        name
    ]
