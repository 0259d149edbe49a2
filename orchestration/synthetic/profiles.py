"""How the made-up services behave: who is referred, how long they wait, how often they are seen.

The figures are invented. They give a service that mostly meets a 90 % six-week standard, and one
(speech and language) whose waits really get worse in April 2025, so that there is a change to find.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

AGE_BANDS = (2, 5, 11, 16)
"""Ages at which the next band starts: 0-1, 2-4, 5-10, 11-15, 16 and over."""

NEED_BY_AGE = (0.6, 1.0, 0.75, 0.45, 0.35)
"""How likely a child of each age band is to be referred, against the most likely band."""

SEASON = (1.06, 1.02, 1.04, 0.98, 1.02, 1.0, 0.95, 0.6, 1.12, 1.2, 1.16, 0.72)
"""Referrals received by calendar month against an average month: quiet August and December."""

REQUESTS_PER_YEAR = 0.92
"""First-wave referrals a child and year; onward and repeated ones come on top."""


@dataclass(frozen=True)
class Profile:
    """One service. `shares` are weights by age band; waits are lognormal, in days."""

    shares: tuple[float, float, float, float, float]
    median_wait: float
    spread: float = 0.4
    follow_ups: float = 11.0
    gap_days: float = 18.0
    reason: str = "06"
    location: str = "B01"
    changes_on: date | None = None
    median_wait_after: float | None = None


DEFAULT = Profile((1, 1, 1, 1, 1), 20)

PROFILES = {
    "child_development": Profile((3.0, 2.6, 1.6, 1.0, 0.8), 19, follow_ups=8, gap_days=32),
    "autism_assessment": Profile((0.1, 1.2, 1.5, 1.1, 0.6), 74, 0.5, 6, 28, reason="07"),
    "dietetics": Profile((1.6, 0.9, 0.6, 0.6, 0.7), 15, follow_ups=7, gap_days=28, reason="04"),
    "bladder_and_bowel": Profile(
        (0.1, 0.7, 1.1, 0.6, 0.3), 14, follow_ups=7, gap_days=30, reason="05",
    ),
    "speech_and_language": Profile(
        (0.8, 4.0, 3.0, 1.2, 0.6), 18, 0.35, 18, 13, reason="01", location="L01",
        changes_on=date(2025, 4, 1), median_wait_after=47,
    ),
    "continuing_care": Profile(
        (0.3, 0.2, 0.15, 0.15, 0.2), 6, 0.5, 28, 10, reason="09", location="A01",
    ),
    "occupational_therapy": Profile(
        (0.4, 1.6, 2.2, 1.1, 0.7), 20, 0.4, 13, 16, reason="03", location="L01",
    ),
    "physiotherapy": Profile((1.8, 1.3, 1.1, 1.2, 1.2), 15, 0.4, 12, 14, reason="02"),
    "community_nursing": Profile(
        (1.2, 0.8, 0.6, 0.6, 0.7), 5, 0.6, 22, 9, reason="08", location="A01",
    ),
    "camhs": Profile((0.0, 0.1, 0.6, 1.0, 1.0), 24, 0.4, 12, 15, reason="05"),
}  # fmt: skip


def profile_of(service_code: str) -> Profile:
    """The service's profile; an unknown service behaves like an average one."""
    return PROFILES.get(service_code, DEFAULT)
