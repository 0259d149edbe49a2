"""One warehouse, built and published twice, that the tests of this folder look at."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from orchestration.warehouse.publish import Published
from orchestration.warehouse.results import BuildResult

from .small_alliance import MONTHS, SECOND_VERSION_OF_MAY, SmallAlliance


@dataclass(frozen=True)
class Story:
    """First everything is received; then a second version of one file."""

    alliance: SmallAlliance
    first: BuildResult
    first_published: Published
    second: BuildResult
    second_published: Published


@pytest.fixture(scope="session")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Two builds: the first with every dbt unit test, the second as production runs it."""
    alliance = SmallAlliance.in_folder(tmp_path_factory.mktemp("home"))
    first = alliance.build(with_unit_tests=True)
    first_published = alliance.publish(first)
    alliance.receive("RKE", "cyp201", MONTHS[1])
    alliance.load(SECOND_VERSION_OF_MAY)
    second = alliance.build()
    return Story(alliance, first, first_published, second, alliance.publish(second))
