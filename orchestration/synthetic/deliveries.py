"""How each partner sends: headings, dates, packaging, and the moment its files arrive."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import numpy as np

from orchestration.contracts.model import Column, ColumnType
from orchestration.synthetic.calendar_days import EPOCH, Window, to_weekday
from orchestration.synthetic.options import random_stream

LATE_SHARE = 0.04
SPACED = ((1, 3), (4, 3), (7, 4))


@dataclass(frozen=True)
class Style:
    """One partner's habits. `local_prefix` starts its own patient numbers."""

    headings: Literal["national", "dictionary", "alias"] = "national"
    has_british_dates: bool = False
    has_byte_order_mark: bool = False
    has_spaced_nhs_numbers: bool = False
    packing: Literal["folder", "activity zipped", "zipped"] = "folder"
    has_workbooks: bool = False
    """What families said comes as sheets of one workbook."""
    local_prefix: str = ""

    def heading(self, column: Column) -> str:
        """The column's heading in this partner's files."""
        if self.headings == "dictionary" and column.dictionary:
            return column.dictionary
        if self.headings == "alias" and column.aliases:
            return column.aliases[-1]
        return column.national

    def as_text(self, column: Column, expression: str) -> str:
        """SQL that writes a value the way this partner does."""
        if column.type is ColumnType.DATE and self.has_british_dates:
            return f"strftime({expression}, '%d/%m/%Y')"
        if column.type is ColumnType.DATETIME:
            return f"strftime({expression}, '%Y-%m-%dT%H:%M:%S')"
        if column.type is ColumnType.NHS_NUMBER and self.has_spaced_nhs_numbers:
            number = f"({expression})::VARCHAR"
            parts = (f"substr({number}, {start}, {length})" for start, length in SPACED)
            return " || ' ' || ".join(parts)
        return f"({expression})::VARCHAR"


STYLES = {
    "RV3": Style(),
    "RKE": Style(packing="activity zipped", has_workbooks=True, local_prefix="WH"),
    "RAL": Style("dictionary", True, True, True, local_prefix="RF"),
    "RNK": Style(packing="zipped", local_prefix="TP"),
    "E09000007": Style("alias", has_british_dates=True, local_prefix="LC"),
}


def style_of(partner: str) -> Style:
    """The partner's style; one not listed sends ISO dates under national names."""
    return STYLES.get(partner, Style(local_prefix=partner))


@dataclass(frozen=True)
class Delivery:
    """What one partner sends at one moment for one month."""

    partner: str
    month: int
    received_at: datetime
    created_at: datetime

    def stamp(self, path: Path) -> None:
        """Give a file the time it was received."""
        moment = int(self.received_at.timestamp())
        os.utime(path, (moment, moment))


def plan_deliveries(
    partners: tuple[str, ...], window: Window, seed: int, kind: str
) -> dict[tuple[str, int], Delivery]:
    """A delivery for every partner and month: most in time for day 21, a few percent late."""
    rng = random_stream(seed, f"deliveries {kind}")
    shape = (len(partners), len(window.months))
    days_after = np.where(
        rng.random(shape) < LATE_SHARE, rng.integers(23, 41, shape), rng.integers(5, 20, shape)
    )
    day = to_weekday((window.ends + days_after).astype(np.int32))
    second = rng.integers(8 * 3600, 18 * 3600, shape)
    prepared = rng.integers(2 * 3600, 30 * 3600, shape)
    start = datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=UTC)
    found = {}
    for row, partner in enumerate(partners):
        for month in range(shape[1]):
            received = start + timedelta(days=int(day[row, month]), seconds=int(second[row, month]))
            created = received - timedelta(seconds=int(prepared[row, month]))
            found[partner, month] = Delivery(partner, month, received, created)
    return found
