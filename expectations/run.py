"""Run a table's suite over the profiles of its submissions, all in one go.

Great Expectations takes seconds to import, so that only `validate` and `warm_up` do. Its analytics
and progress bars are off, its context lives in memory, and nothing of it is kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Any

import pandas as pd

from expectations.finding import Finding, found
from expectations.suite import Expectation, Suite, suite_for

if TYPE_CHECKING:
    from great_expectations.core.batch_definition import BatchDefinition

__all__ = ["Finding", "validate", "validate_suite", "warm_up"]

ROW = "ledger_id"
_one_at_a_time = Lock()


def validate(frame: pd.DataFrame, standard: str, table: str) -> list[Finding]:
    """The findings of a table's suite on a profile: each submission's, in the order of the frame.

    `frame` has a row per submission with `ledger_id`, `rows` and the statistics; ValueError when
    either is missing or a ledger_id stands twice. A statistic that is absent or null makes its
    check not applicable; one that cannot be compared, an error.
    """
    return validate_suite(frame, suite_for(standard, table))


def warm_up() -> None:
    """Import Great Expectations and make its context, so that the first `validate` need not."""
    with _one_at_a_time:
        _batches()


def validate_suite(frame: pd.DataFrame, suite: Suite) -> list[Finding]:
    """As `validate`, for a given suite."""
    if ROW not in frame or "rows" not in frame:
        raise ValueError("a profile needs ledger_id and rows")
    if frame[ROW].duplicated().any():
        raise ValueError("a ledger_id stands twice in the profile")
    profiles = frame.to_dict("records")
    reasons = {
        (n, e.id): _why_not(e, profile)
        for n, profile in enumerate(profiles)
        for e in suite.expectations
    }
    asked = [e for e in suite.expectations if any(not reasons[n, e.id] for n in range(len(frame)))]
    verdicts = _verdicts(frame, asked) if asked else {}
    findings = []
    for number, profile in enumerate(profiles):
        for expectation in suite.expectations:
            why = reasons[number, expectation.id]
            findings.append(_finding(expectation, profile, why, verdicts))
    return findings


def _why_not(expectation: Expectation, profile: Mapping[Any, Any]) -> str:
    """Why a check says nothing about a submission; '' when it does."""
    column, meta = expectation.kwargs.column, expectation.meta
    if profile["rows"] < meta.min_rows:
        return f"fewer than {meta.min_rows} rows"
    if column not in profile or pd.isna(profile[column]):
        return f"{column} cannot be told for this file"
    if meta.min_usual_rows:
        usual = profile.get("usual_rows")
        if usual is None or pd.isna(usual) or usual < meta.min_usual_rows:
            return f"fewer than {meta.min_usual_rows} rows are usual"
    return ""


def _finding(
    expectation: Expectation,
    profile: Mapping[Any, Any],
    why: str,
    verdicts: Mapping[str, frozenset[int] | str],
) -> Finding:
    ledger_id = int(profile[ROW])
    if why:
        return found(expectation, ledger_id, "not_applicable", None, why)
    verdict = verdicts[expectation.id]
    if isinstance(verdict, str):
        return found(expectation, ledger_id, "error", None, verdict)
    observed = float(profile[expectation.kwargs.column])
    return found(expectation, ledger_id, "fail" if ledger_id in verdict else "pass", observed)


def _verdicts(
    frame: pd.DataFrame, expectations: Sequence[Expectation]
) -> dict[str, frozenset[int] | str]:
    """By check id the submissions that fail it, or why it could not be evaluated."""
    columns = sorted({e.kwargs.column for e in expectations})
    numbers = frame[[ROW, *(c for c in columns if c != ROW)]].copy()
    for column in columns:
        numbers[column] = _as_floats(numbers[column])
    with _one_at_a_time:
        batch = _batches().get_batch({"dataframe": numbers})
        result = batch.validate(
            _as_gx(expectations),
            result_format={
                "result_format": "COMPLETE",
                "unexpected_index_column_names": [ROW],
            },
        )
    return {r.expectation_config.meta["check"]: _verdict(r) for r in result.results}


def _as_floats(values: pd.Series[Any]) -> pd.Series[Any]:
    """A column as numbers; unchanged where it holds something else, for the check to err on."""
    try:
        return values.astype("float64")
    except (TypeError, ValueError):
        return values


def _as_gx(expectations: Sequence[Expectation]) -> Any:
    from great_expectations import ExpectationSuite
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    return ExpectationSuite(
        name="profile",
        expectations=[
            ExpectationConfiguration(
                type=e.type,
                kwargs=e.kwargs.model_dump(exclude_none=True),
                meta={"check": e.id},
            ).to_domain_obj()
            for e in expectations
        ],
    )


def _verdict(result: Any) -> frozenset[int] | str:
    """Great Expectations' result of one check. Its own messages are left out: they quote values."""
    if "unexpected_count" not in result.result:
        return "the statistic is not a number"
    listed = result.result.get("unexpected_index_list") or []
    return frozenset(int(row[ROW]) for row in listed)


@cache
def _batches() -> BatchDefinition[Any]:
    """Where frames are handed over; one context for the life of the process."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("profiles").add_dataframe_asset("profile")
    return asset.add_batch_definition_whole_dataframe("all")
