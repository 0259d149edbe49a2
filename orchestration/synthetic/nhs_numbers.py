"""NHS numbers that were never issued: 999xxxxxxx with a valid check digit, and no other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

PREFIX = 999
WEIGHTS = range(10, 1, -1)


def check_digits(nine: NDArray[np.int64]) -> NDArray[np.int64]:
    """Modulus 11 check digit of each nine-digit number; 10 where none is legal."""
    total = np.zeros_like(nine)
    for place, weight in enumerate(WEIGHTS):
        total += nine // 10 ** (8 - place) % 10 * weight
    return (11 - total % 11) % 11


def draw_numbers(count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """`count` distinct valid numbers; ValueError when the range holds fewer (about 900,000).

    Palindromes are left out: receivers refuse them as dummies.
    """
    nine = PREFIX * 1_000_000 + np.arange(1_000_000, dtype=np.int64)
    check = check_digits(nine)
    number = nine * 10 + check
    last_three = number % 1000
    middle = (number // 1000) % 10_000
    mirrored = (middle % 10 * 10 + middle // 10 % 10) == middle // 100
    valid = number[(check < 10) & ~((last_three == PREFIX) & mirrored)]
    if count > len(valid):
        raise ValueError(
            f"{count} NHS numbers are needed, and the 999 range holds {len(valid)}: "
            "ask for fewer children"
        )
    return rng.permutation(valid)[:count]
