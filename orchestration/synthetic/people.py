"""Made-up children: families, twins, names, addresses. No row comes from a real person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from orchestration.synthetic.calendar_days import NEVER, Days, Window, birthday
from orchestration.synthetic.nhs_numbers import draw_numbers
from orchestration.synthetic.options import Options, random_stream
from orchestration.synthetic.words import (
    ETHNIC_WEIGHTS,
    FORENAMES,
    LANGUAGE_WEIGHTS,
    POSTCODES,
    SURNAMES,
)

PRACTICES = 40
SCHOOLS = 60


@dataclass(frozen=True)
class People:
    """One value per child. Days are day numbers; `deceased` and `opted_out` are -1 if never."""

    born: Days
    nineteenth: Days
    deceased: Days
    opted_out: Days
    is_male: NDArray[np.bool_]
    family: NDArray[np.int32]
    nhs_number: NDArray[np.int64]
    mother_number: NDArray[np.int64]
    forename: NDArray[np.int16]
    surname: NDArray[np.int16]
    ethnic: NDArray[np.int8]
    language: NDArray[np.int8]
    postcode: NDArray[np.int16]
    practice: NDArray[np.int16]
    school: NDArray[np.int16]
    in_special_school: NDArray[np.bool_]
    is_looked_after: NDArray[np.bool_]
    is_safeguarded: NDArray[np.bool_]
    is_disabled: NDArray[np.bool_]
    is_sensitive: NDArray[np.bool_]
    need: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.born)


def make_people(options: Options, window: Window) -> People:
    """The population: siblings share a family, twins a birthday too."""
    rng = random_stream(options.seed, "people")
    count = options.children
    has_older_sibling = rng.random(count) < 0.25
    has_older_sibling[0] = False
    family = (np.cumsum(~has_older_sibling) - 1).astype(np.int32)
    families = int(family[-1]) + 1
    is_twin = has_older_sibling & (rng.random(count) < 0.06)
    born = _birth_days(rng, window, family, is_twin)
    is_male = rng.random(count) < 0.58  # more boys than girls are referred to these services
    forename = rng.integers(0, FORENAMES, count)
    forename = np.where(is_twin, np.roll(forename, 1) + 1, forename) % FORENAMES
    deceased = rng.integers(window.first_day, window.last_day, count)
    has_died = (rng.random(count) < 0.0025) & (deceased > born + 60)
    opted_out = rng.integers(window.first_day, window.last_day, count)
    try:
        numbers = draw_numbers(count + families, random_stream(options.seed, "nhs numbers"))
    except ValueError:
        # a very large alliance: mothers go without before children do
        numbers = draw_numbers(count, random_stream(options.seed, "nhs numbers"))
    mothers = np.zeros(families, np.int64)
    mothers[: len(numbers) - count] = numbers[count:]

    def by_family(values: NDArray[np.int64]) -> NDArray[np.int64]:
        return values[family]

    return People(
        born=born,
        nineteenth=birthday(born, 19),
        deceased=np.where(has_died, deceased, NEVER).astype(np.int32),
        opted_out=np.where(rng.random(count) < 0.02, opted_out, NEVER).astype(np.int32),
        is_male=is_male,
        family=family,
        nhs_number=numbers[:count],
        mother_number=by_family(mothers),
        forename=forename.astype(np.int16),
        surname=by_family(rng.integers(0, len(SURNAMES), families)).astype(np.int16),
        ethnic=by_family(weighted(rng, ETHNIC_WEIGHTS, families)).astype(np.int8),
        language=by_family(weighted(rng, LANGUAGE_WEIGHTS, families)).astype(np.int8),
        postcode=by_family(rng.integers(0, len(POSTCODES), families)).astype(np.int16),
        practice=by_family(rng.integers(0, PRACTICES, families)).astype(np.int16),
        school=rng.integers(0, SCHOOLS, count).astype(np.int16),
        in_special_school=rng.random(count) < 0.03,
        is_looked_after=rng.random(count) < 0.015,
        is_safeguarded=rng.random(count) < 0.05,
        is_disabled=rng.random(count) < 0.12,
        is_sensitive=rng.random(count) < 0.006,
        # a few children with many needs make most of the referrals
        need=rng.gamma(1.6, 1 / 1.6, count) + 0.05,
    )


def weighted(
    rng: np.random.Generator, weights: tuple[float, ...] | NDArray[np.float64], count: int
) -> NDArray[np.int64]:
    """`count` positions drawn with these weights."""
    edges = np.cumsum(np.asarray(weights, np.float64))
    found: NDArray[np.int64] = np.searchsorted(edges, rng.random(count) * edges[-1], side="right")
    return found


def _birth_days(
    rng: np.random.Generator,
    window: Window,
    family: NDArray[np.int32],
    is_twin: NDArray[np.bool_],
) -> Days:
    count = len(family)
    earliest, latest = window.first_day - 6900, window.last_day - 30
    first_of_family = np.searchsorted(family, family)
    place = np.arange(count) - first_of_family
    eldest = rng.integers(earliest, latest, int(family[-1]) + 1)[family]
    later = eldest + place * rng.integers(330, 1400, count)
    # where the gap would pass the end of the run, the sibling is the elder one
    born = np.where(later <= latest, later, 2 * eldest - later)
    source = np.where(is_twin, 0, np.arange(count))
    return born[np.maximum.accumulate(source)].astype(np.int32)
