"""A file is told by its heading alone, so no two tables may look alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestration.contracts.model import Contract, Requirement, shipped_catalogue
from orchestration.intake.recognise import recognise

CONTRACTS = list(shipped_catalogue().contracts.values())
VERSIONS = shipped_catalogue().every_version()
NEEDED = (Requirement.MANDATORY, Requirement.REQUIRED)
# as sent in 2020; the last heading of the second is the sender's own
SAMPLES = {
    "header": "CHILD,SEX,DOB,ETHNIC,UPN,MOTHER,MC_DOB",
    "episodes": "CHILD,DECOM,RNE,LS,CIN,PLACE,PLACE_PROVIDER,DEC,REC,REASON_PLACE_CHANGE,"
    "HOME_POST,PL_POST,URN,TEST_COLUMN",
}


def national(found: Contract) -> list[str]:
    return [c.national for c in found.columns]


def dictionary(found: Contract) -> list[str]:
    return [c.dictionary or c.national for c in found.columns]


def last_alias(found: Contract) -> list[str]:
    return [c.aliases[-1] if c.aliases else c.national for c in found.columns]


def needed(found: Contract) -> list[str]:
    return [c.national for c in found.columns if c.required in NEEDED]


def needed_by_dictionary(found: Contract) -> list[str]:
    return [c.dictionary or c.national for c in found.columns if c.required in NEEDED]


def recognised(names: list[str]) -> str:
    """The raw table a heading is taken for."""
    line = ",".join(f'"{name}"' for name in names)
    return recognise(line, shipped_catalogue()).contract.raw_table


@pytest.mark.parametrize(
    "heading", [national, dictionary, last_alias, needed, needed_by_dictionary]
)
@pytest.mark.parametrize("found", CONTRACTS, ids=lambda c: c.raw_table)
def test_a_heading_is_known_as_its_own_table_and_no_other(
    found: Contract, heading: Callable[[Contract], list[str]]
) -> None:
    assert recognised(heading(found)) == found.raw_table


@pytest.mark.parametrize("found", VERSIONS, ids=lambda c: f"{c.raw_table}-{c.version}")
def test_a_heading_of_an_earlier_version_is_known_as_its_own_table(found: Contract) -> None:
    assert recognised(national(found)) == found.raw_table


@pytest.mark.parametrize("table", SAMPLES)
def test_the_heading_of_a_public_sample_is_known(table: str) -> None:
    assert recognised(SAMPLES[table].split(",")) == f"ssda903__{table}"
