"""How fresh and how complete the figures are: the stamp line and the banners above the filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboards.findings.names import Names
from dashboards.findings.text import listed, long_day, moment, month_name
from dashboards.published.rows import Build, ReturnState
from dashboards.words import standard

STALE_AFTER_DAYS = 2
"""A daily run missed once is not worth a banner; missed twice it is."""
MAX_BANNERS = 3
NOT_IN = frozenset({"missing", "rejected"})
EXPECTED = frozenset({"on_time", "late", "resubmitted", *NOT_IN})


@dataclass(frozen=True)
class Banner:
    """Something is wrong and a reader should know; `kind` is info, warning or error."""

    kind: str
    text: str


@dataclass(frozen=True)
class Stamp:
    """The parts of the stamp line, and whether the figures are old."""

    parts: tuple[str, ...]
    is_stale: bool


def latest_returns(states: Sequence[ReturnState]) -> list[ReturnState]:
    """The returns of the latest period that anything was due for."""
    due = [state for state in states if state.status in EXPECTED]
    latest = max((state.period for state in due), default=None)
    return [state for state in due if state.period == latest]


def next_due(states: Sequence[ReturnState]) -> date | None:
    """When the next returns are due."""
    days = [state.due_on for state in states if state.status == "not_due" and state.due_on]
    return min(days, default=None)


def make_stamp(build: Build, states: Sequence[ReturnState], names: Names, today: date) -> Stamp:
    """Data to · loaded · returns in · next update · build."""
    latest = latest_returns(states)
    missing = [state for state in latest if state.status in NOT_IN]
    is_stale = age_days(build, today) > STALE_AFTER_DAYS
    parts = [
        f"Data to {long_day(build.data_to)}" if build.data_to else "No data yet",
        f"loaded {moment(build.built_at)}",
    ]
    if latest:
        text = f"{len(latest) - len(missing)} of {len(latest)} returns in"
        late = sorted({names.short(state.partner_code) for state in missing})
        parts.append(f"{text}, {listed(late)} late" if late else text)
    else:
        parts.append("no returns due yet")
    following = next_due(states)
    if following:
        parts.append(f"next returns due {long_day(following)}")
    parts.append(f"build {build.build_id}")
    return Stamp(tuple(parts), is_stale)


def age_days(build: Build, today: date) -> int:
    """Days since the day the build was asked about."""
    return (today - build.as_at).days


def make_banners(
    build: Build,
    states: Sequence[ReturnState],
    names: Names,
    today: date,
    *,
    is_fallback: bool,
) -> list[Banner]:
    """What is wrong, worst first; nothing when nothing is."""
    banners = []
    if is_fallback:
        banners.append(
            Banner(
                "error",
                "Newer figures could not be opened. These are the last good ones, "
                f"loaded {moment(build.built_at)}; they are unchanged and can be used.",
            )
        )
    age = age_days(build, today)
    if age > STALE_AFTER_DAYS:
        banners.append(
            Banner(
                "warning",
                f"Figures are {age} days old. Last successful load {moment(build.built_at)}.",
            )
        )
    wrong = [state for state in latest_returns(states) if state.status in NOT_IN]
    banners += [Banner("warning", _not_in(state, names)) for state in wrong[:MAX_BANNERS]]
    if len(wrong) > MAX_BANNERS:
        banners.append(
            Banner("warning", f"{len(wrong) - MAX_BANNERS} more returns are not in: see Returns.")
        )
    return banners


def _not_in(state: ReturnState, names: Names) -> str:
    who = names.full("provider", state.partner_code, state.period)
    what = f"{who}: the {month_name(state.period)} return, {standard(state.standard)},"
    due = f" It was due {long_day(state.due_on)}." if state.due_on else ""
    if state.status == "rejected":
        return f"{what} was rejected; earlier figures stay.{due}"
    days = f" and is {state.days_late} days late" if state.days_late > 1 else ""
    return f"{what} has not arrived{days}.{due}"
