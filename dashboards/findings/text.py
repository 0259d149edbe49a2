"""Dates, numbers and lists as a reader expects them in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from dashboards.settings import LONDON

MAX_WORDS = 30
"""A headline sentence longer than this is not read."""

_SMALL = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def number(count: int) -> str:
    """Words below ten, digits from ten."""
    return _SMALL[count] if 0 <= count < len(_SMALL) else f"{count:,}"


def plural(count: int, noun: str) -> str:
    """ "one return", "12 returns"."""
    return f"{number(count)} {noun}" if count == 1 else f"{number(count)} {noun}s"


def sentence(text: str) -> str:
    """`text` with a capital and a full stop."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")


def listed(items: Sequence[str]) -> str:
    """ "a, b and c"."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def long_day(day: date) -> str:
    """ "30 September 2026"."""
    return f"{day.day} {day:%B %Y}"


def short_day(day: date) -> str:
    """ "30 Sep"."""
    return f"{day.day} {day:%b}"


def dated_day(day: date | None) -> str:
    """ "21 Oct 2026"; empty without a day."""
    return f"{day.day} {day:%b %Y}" if day else ""


def month_name(day: date) -> str:
    """ "September 2026"."""
    return f"{day:%B %Y}"


def year_name(start: date) -> str:
    """The year a yearly return covers, by its first day: `2025`, or `2025-26` when it begins in April."""
    return f"{start:%Y}" if start.month == 1 else f"{start:%Y}-{(start.year + 1) % 100:02d}"


def short_month(day: date) -> str:
    """ "Sep 26"."""
    return f"{day:%b %y}"


def moment(when: datetime) -> str:
    """ "3 October 2026 at 06:12" in London; a time without an offset is UTC."""
    local = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(LONDON)
    return f"{long_day(local.date())} at {local:%H:%M}"


def quarter_name(quarter: str) -> str:
    """ "Quarter 2 of 2026-27" from "2026-27 Q2"."""
    year, _, number_part = quarter.partition(" Q")
    return f"Quarter {number_part} of {year}" if number_part else quarter


def shortest(candidates: Sequence[str], limit: int = MAX_WORDS) -> str:
    """The first candidate of at most `limit` words: give the fullest first, the surest last."""
    for candidate in candidates:
        if len(candidate.split()) <= limit:
            return candidate
    return candidates[-1]
