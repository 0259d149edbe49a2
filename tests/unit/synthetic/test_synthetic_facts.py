"""The facts of the truth, counted a second time from the files that were sent."""

from __future__ import annotations

from typing import Any

import pandas as pd

from tests.unit.synthetic.conftest import Alliance


def sent(alliance: Alliance, table: str) -> pd.DataFrame:
    """All rows of a table that hold, with the partner and period they came in."""
    rows = [
        {**row, "partner": partner, "period": period}
        for (partner, name, period), found in alliance.files.items()
        if name == table
        for row in found
    ]
    return pd.DataFrame(rows)


def days(values: pd.Series) -> pd.Series:
    """Days of either spelling; what is none is missing."""
    british = values.str.contains("/")
    return pd.to_datetime(values.where(~british), format="%Y-%m-%d", errors="coerce").fillna(
        pd.to_datetime(values.where(british), format="%d/%m/%Y", errors="coerce")
    )


def quarters(values: pd.Series) -> pd.Series:
    start = values.dt.year - (values.dt.month < 4)
    number = (values.dt.month + 8) % 12 // 3 + 1
    return start.astype(str) + "-" + (start + 1).astype(str).str[2:] + " Q" + number.astype(str)


def told(alliance: Alliance, family: str, *names: str) -> dict[tuple[str, str], Any]:
    found = alliance.truth["facts"][family]
    return {(f["quarter"], f["code"]): tuple(f[n] for n in names) for f in found}


def counted(frame: pd.DataFrame, *masks: pd.Series) -> dict[tuple[str, str], Any]:
    """Rows and rows where each mask holds, by quarter and partner."""
    keyed = frame.assign(**{f"m{n}": m for n, m in enumerate(masks)})
    grouped = keyed.groupby(["quarter", "partner"])
    sizes = grouped.size()
    sums = [grouped[f"m{n}"].sum() for n in range(len(masks))]
    return {key: (int(sizes[key]), *(int(s[key]) for s in sums)) for key in sizes.index}


def latest(frame: pd.DataFrame, *key: str) -> pd.DataFrame:
    """The last word on each key."""
    return frame.sort_values("period").drop_duplicates(["partner", *key], keep="last")


def test_friends_and_family_answers(clean: Alliance) -> None:
    frame = sent(clean, "fft_response")
    frame["quarter"] = quarters(days(frame.response_date))
    found = counted(frame, frame.fft_answer.isin(["very_good", "good"]))
    assert found == told(clean, "voices", "fft_responses", "fft_positive")


def test_goals_due_rated_and_achieved(long: Alliance) -> None:
    goals = latest(sent(long, "goal"), "goal_id")
    ratings = latest(sent(long, "goal_rating"), "goal_id", "rated_on", "rater")
    goals["target"], goals["closed"] = days(goals.goal_target_date), days(goals.goal_closed_date)
    goals["due"] = goals[["target", "closed"]].min(axis=1)
    goals = goals[(goals.goal_status != "withdrawn") | (goals.closed > goals.target)]
    goals = goals[goals.due <= pd.Timestamp("2024-12-31")]
    ratings["day"] = days(ratings.rated_on)
    joined = goals.merge(ratings[ratings.rater != "clinician"], on=["partner", "goal_id"])
    joined = joined[joined.day <= joined.due].sort_values("day")
    by_goal = joined.groupby(["partner", "goal_id"])
    last = by_goal.last()
    reached = (pd.to_numeric(last.rating_score) >= pd.to_numeric(last.goal_target_score)) | (
        last.is_achieved == "Y"
    )
    goals = goals.set_index(["partner", "goal_id"])
    goals["rated"] = (by_goal.size() >= 2).reindex(goals.index, fill_value=False)
    goals["achieved"] = reached.reindex(goals.index, fill_value=False)
    goals = goals.reset_index()
    goals["quarter"] = quarters(goals.due)
    found = counted(goals, goals.rated, goals.achieved)
    assert found == told(long, "goals", "due", "rated", "achieved")
    assert sum(f[0] for f in found.values()) > 50


def test_advice_in_six_weeks(long: Alliance) -> None:
    frame = latest(sent(long, "ehcp_advice"), "advice_request_id", "advice_service")
    frame["due"], frame["out"] = days(frame.advice_due_on), days(frame.advice_sent_on)
    frame = frame[frame.due <= pd.Timestamp("2024-12-31")]
    frame["quarter"] = quarters(frame.due)
    found = counted(frame, frame.out <= frame.due)
    assert found == told(long, "ehcp_advice", "due", "sent_in_time")


def test_same_day_routing(long: Alliance) -> None:
    frame = latest(sent(long, "spor_triage"), "service_request_id", "routed_to_service")
    received, routed = days(frame.spor_received_date), days(frame.routed_date)
    frame["quarter"] = quarters(received)
    found = counted(frame, routed == received, frame.spor_complexity == "complex")
    assert found == told(long, "spor_routing", "routed", "same_day", "to_panel")


def test_assessments_of_looked_after_children_in_time(long: Alliance) -> None:
    frame = latest(
        sent(long, "lac_health_assessment"),
        "local_patient_id", "health_assessment_kind", "health_assessment_due_date",
    )  # fmt: skip
    frame["due"] = days(frame.health_assessment_due_date)
    frame["done"] = days(frame.health_assessment_completed_date)
    first = pd.Timestamp("2023-04-01")
    frame = frame[frame.due.between(first, "2024-12-31") & (frame.is_inherited == "N")]
    frame["quarter"] = quarters(frame.due)
    found = counted(frame, frame.done <= frame.due)
    assert found == told(long, "health_assessment", "due", "completed_in_time")
