"""What the scheduler sees: returns → raw tables → dbt models → snapshot.

A return is an asset per (partner, standard), partitioned by its own calendar; intake reports what
arrived in it. One run takes in everything that has settled: a run per file would take hours for a
backlog. Each step calls one function of `orchestration.run`.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, cast

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

from orchestration.contracts.model import PeriodKind
from orchestration.contracts.periods import period_of
from orchestration.lock import writer_lock
from orchestration.partnership.model import Return
from orchestration.run import Pipeline, Report, require_passed
from orchestration.settings import load_settings
from orchestration.warehouse.build import (
    build_arguments,
    dbt_environment,
    dbt_folder,
    manifest_path,
    prepare_manifest,
    target_path,
)
from orchestration.warehouse.results import read_results

pipeline = Pipeline(load_settings())
_locks: dict[str, ExitStack] = {}
"""Locks held from a run's first step to its last: all steps of a run share one process."""


def hold_lock(run_id: str) -> None:
    """Take the writer's lock for a run unless the run has it already."""
    if run_id not in _locks:
        held = ExitStack()
        held.enter_context(writer_lock(pipeline.settings.lock_file))
        _locks[run_id] = held


def release_lock(run_id: str) -> None:
    """Let the next writer in."""
    if held := _locks.pop(run_id, None):
        held.close()


def ledger_run_id(run_id: str) -> str:
    """The scheduler's run id as the ledger holds it."""
    return run_id[:12]


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


def _raw_spec(standard: str, table: str, raw_table: str) -> dg.AssetSpec:
    senders = [
        return_key(due.partner_code, due.standard)
        for due in pipeline.partnership.returns
        if due.standard == standard and table in due.tables
    ]
    return dg.AssetSpec(
        dg.AssetKey(["raw", raw_table]), deps=senders, group_name="raw", skippable=True
    )


raw_specs = [
    _raw_spec(c.standard, c.table, c.raw_table) for c in pipeline.catalogue.contracts.values()
]


@dg.multi_asset(specs=raw_specs, name="intake", pool="writer")
def intake(context: dg.AssetExecutionContext) -> Iterator[dg.MaterializeResult[None]]:
    """Take in all that has settled; go on to the models only when the build is due."""
    hold_lock(context.run_id)
    files = pipeline.settled_files()
    report = pipeline.start(_trigger(context), ledger_run_id(context.run_id))
    summary = pipeline.take_in(report, files, lambda label, done, total: None)
    _report_returns(context, report.run_id)
    for refusal in summary.refusals:
        context.log.warning(refusal)
    if pipeline.pending_build() is None:
        pipeline.finish(report, "unchanged", "nothing new to build")
        release_lock(context.run_id)
        context.log.info("Nothing new to build")
        return
    pipeline.begin_build()
    os.environ.update(dbt_environment(pipeline.settings, pipeline.keys))
    for spec in raw_specs:
        yield dg.MaterializeResult(asset_key=spec.key)


def _trigger(context: dg.AssetExecutionContext) -> str:
    tags = context.run.tags
    for tag, name in (("dagster/schedule_name", "schedule"), ("dagster/sensor_name", "sensor")):
        if tag in tags:
            return name
    return "scheduler"


def _report_returns(context: dg.AssetExecutionContext, run_id: str) -> None:
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


class Translator(DagsterDbtTranslator):
    """Asset keys as people read them: the schema, then the table."""

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """`raw/<table>` for what intake loads, `<schema>/<name>` for models and context."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str | None:
        """The layer."""
        return str(dbt_resource_props["schema"])


manifest = prepare_manifest(pipeline.settings, pipeline.keys)


@dbt_assets(
    manifest=manifest, name="dbt_models", dagster_dbt_translator=Translator(), pool="writer"
)
def dbt_models(context: dg.AssetExecutionContext, dbt: DbtCliResource) -> Iterator[Any]:
    """Every model and test in one dbt process; a failed test fails the run, and nothing is published."""
    hold_lock(context.run_id)
    os.environ.update(dbt_environment(pipeline.settings, pipeline.keys))
    command = build_arguments(pipeline.settings)
    options = command[command.index("build") :]
    yield from dbt.cli(
        options, context=context, target_path=target_path(pipeline.settings)
    ).stream()


def _published_models() -> list[dg.AssetKey]:
    """The models a snapshot is copied from: the last layers."""
    layers = {"board", "marts"}
    return sorted(
        (key for key in dbt_models.keys if key.path[0] in layers), key=lambda k: k.to_user_string()
    )


@dg.asset(deps=_published_models(), group_name="published", pool="writer")
def snapshot(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Publish the build: copy, encrypt, point to it."""
    hold_lock(context.run_id)
    results = target_path(pipeline.settings) / "run_results.json"
    result = read_results(results, manifest_path(pipeline.settings), 0.0)
    require_passed(result)
    report = Report(ledger_run_id(context.run_id))
    pipeline.publish(report, pipeline.begun_stamp(), result)
    pipeline.finish(report, "published")
    release_lock(context.run_id)
    return dg.MaterializeResult(
        metadata={"build_id": str(report.build_id), "restatements": report.restatements}
    )


@dg.failure_hook
def close_failed_run(context: dg.HookContext) -> None:
    """Write the failure down and publish `operations`: the last good snapshot stays."""
    error = context.op_exception
    report = Report(ledger_run_id(context.run_id))
    pipeline.finish(report, "failed", f"{context.op.name}: {type(error).__name__}")
    release_lock(context.run_id)


dbt_resource = DbtCliResource(
    project_dir=str(pipeline.settings.dbt_project),
    profiles_dir=str(pipeline.settings.dbt_project),
    dbt_executable=str(Path(sys.executable).with_name("dbt")),
    global_config_flags=["--no-use-colors", "--log-level-file", "none"],
)
dbt_folder(pipeline.settings).mkdir(mode=0o700, exist_ok=True)
