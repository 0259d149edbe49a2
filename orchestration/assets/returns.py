"""Returns: an asset per partner and standard, partitioned by its own calendar, with its checks."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast

import dagster as dg

from orchestration.assets.home import pipeline
from orchestration.contracts.model import PeriodKind
from orchestration.contracts.periods import period_of
from orchestration.partnership.model import Return


def return_key(partner: str, standard: str) -> dg.AssetKey:
    """Key of a return's asset."""
    return dg.AssetKey(["returns", partner, standard])


def _owed() -> dict[tuple[str, str], list[Return]]:
    """The rows of the calendar by partner and standard: together they are one return."""
    found: dict[tuple[str, str], list[Return]] = {}
    for due in pipeline.partnership.returns:
        found.setdefault((due.partner_code, due.standard), []).append(due)
    return found


def _return_spec(partner: str, standard: str, rows: list[Return]) -> dg.AssetSpec:
    days = max(due.due_days_after_period_end for due in rows)
    tables = [table for due in rows for table in due.tables]
    kind = pipeline.catalogue.standards[standard].period
    begins, deadline = PERIODS[kind](days)
    first = period_of(kind, min(due.valid_from for due in rows)).start
    return dg.AssetSpec(
        return_key(partner, standard),
        group_name="returns",
        partitions_def=dg.TimeWindowPartitionsDefinition(
            start=first.isoformat(), fmt="%Y-%m-%d", cron_schedule=begins
        ),
        # overdue when nothing came between the end of a period and its last day to come
        freshness_policy=dg.FreshnessPolicy.cron(
            deadline_cron=deadline,
            lower_bound_delta=timedelta(days=days),
            timezone=pipeline.partnership.timezone,
        ),
        description=f"{', '.join(tables)}; due {days} days after the period",
    )


def _yearly(first_month: int) -> Callable[[int], tuple[str, str]]:
    def crons(days: int) -> tuple[str, str]:
        due = date(2026, first_month, 1) + timedelta(
            days=days
        )  # any year: only day and month count
        return f"0 0 1 {first_month} *", f"0 0 {min(due.day, 28)} {due.month} *"

    return crons


PERIODS: dict[PeriodKind, Callable[[int], tuple[str, str]]] = {
    PeriodKind.MONTH: lambda days: ("0 0 1 * *", f"0 0 {min(days + 1, 28)} * *"),
    PeriodKind.YEAR_TO_MARCH: _yearly(4),
    PeriodKind.CALENDAR_YEAR: _yearly(1),
}
"""When a period of a kind begins, and when a return due some days after its end is overdue."""

returns = [_return_spec(partner, standard, rows) for (partner, standard), rows in _owed().items()]
return_checks = [
    dg.AssetCheckSpec(name, asset=spec.key, blocking=False, description=description)
    for spec in returns
    for name, description in (
        ("accepted", "Every file of the return was taken in; a refused one stops nobody else"),
        ("as_expected", "No expectation about the return's submissions failed"),
    )
]


def report_returns(context: dg.AssetExecutionContext, run_id: str) -> None:
    """A materialisation per period received, and the non-blocking checks of each return touched."""
    for received in _received_returns(run_id):
        if received.files["refused"] < received.files["files"]:
            partition = f"{received.period:%Y-%m-%d}"
            context.log_event(
                dg.AssetMaterialization(received.key, partition=partition, metadata=received.files)
            )
        for name, facts in received.checks.items():
            context.instance.report_runless_asset_event(
                dg.AssetCheckEvaluation(
                    asset_key=received.key,
                    check_name=name,
                    passed=facts["failed"] == 0,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata=facts,
                )
            )


@dataclass(frozen=True)
class ReceivedReturn:
    """One period of a return as it came: counts of files, and of what its checks found."""

    key: dg.AssetKey
    period: date
    files: dict[str, int]
    expectations: dict[str, int]

    @property
    def checks(self) -> dict[str, dict[str, int]]:
        """Facts of each check; `failed` decides."""
        accepted = {**self.files, "failed": self.files["refused"]}
        return {"accepted": accepted, "as_expected": self.expectations}


NOTHING_CAME = {"failed": 1, "files": 0}


def _received_returns(run_id: str | None) -> Iterator[ReceivedReturn]:
    """What one run received of each return and period, or all that ever came, oldest first."""
    frame = pipeline.ledger.frame("submission")
    known = frame[frame.standard.notna() & frame.period_start.notna()]
    if run_id is not None:
        known = known[known.run_id == run_id]
    results = pipeline.ledger.frame("check_result")
    owed = {spec.key for spec in returns}
    for group, rows in known.groupby(["partner_code", "standard", "period_start"]):
        partner, standard, period = cast("tuple[str, str, date]", group)
        key = return_key(partner, standard)
        if key in owed:
            status = results[results.ledger_id.isin(rows.ledger_id)].status
            files = {
                "files": len(rows),
                "refused": int((rows.status == "rejected").sum()),
                "rows": int(rows.rows_loaded.fillna(0).sum()),
            }
            checked = {
                "checked": int(status.isin(["pass", "fail", "error"]).sum()),
                "failed": int(status.isin(["fail", "error"]).sum()),
            }
            yield ReceivedReturn(key, period, files, checked)


@dg.multi_asset_check(specs=return_checks, name="returns_checked")
def returns_checked() -> Iterator[dg.AssetCheckResult]:
    """How the newest period of each return came in; asked from the scheduler's pages."""
    newest = {received.key: received for received in _received_returns(None)}
    for check in return_checks:
        received = newest.get(check.asset_key)
        facts = received.checks[check.name] if received else NOTHING_CAME
        yield dg.AssetCheckResult(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=facts["failed"] == 0,
            severity=dg.AssetCheckSeverity.WARN,
            metadata=facts,
        )
