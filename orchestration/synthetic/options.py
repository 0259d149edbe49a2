"""What a made-up alliance is asked to be: how many children, which months, which seed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np


@dataclass(frozen=True)
class Options:
    """One run. The same options give the same bytes.

    `first_month` and `last_month` are any day of the first and last month sent. `faults` is the
    share of bad rows added to every file, from 0 to 0.5. `out` must be missing or empty.
    """

    children: int
    first_month: date
    last_month: date
    seed: int
    faults: float
    out: Path

    def __post_init__(self) -> None:
        if self.children < 1:
            raise ValueError(f"children must be at least 1, not {self.children}")
        if self.last_month.replace(day=1) < self.first_month.replace(day=1):
            raise ValueError(f"the last month {self.last_month} is before {self.first_month}")
        if not 0 <= self.faults <= 0.5:
            raise ValueError(f"faults is a share from 0 to 0.5, not {self.faults}")


def random_stream(seed: int, name: str) -> np.random.Generator:
    """A stream of its own for each part, so that a change in one part leaves the others alone."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
