"""What the scheduler sees: returns → raw tables → dbt models → snapshot.

A return is an asset per (partner, standard), partitioned by its own calendar; intake reports what
arrived in it. One run takes in everything that has settled: a run per file would take hours for a
backlog. Each step calls one function of `orchestration.run`.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, cast

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DbtCliResource, dbt_assets

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


def _return_spec(due: Return) -> dg.AssetSpec:
    return dg.AssetSpec(
        return_key(due.partner_code, due.standard),
        group_name="returns",
        partitions_def=dg.MonthlyPartitionsDefinition(
            start_date=due.valid_from.isoformat(),
            end_date=due.valid_to.isoformat() if due.valid_to else None,
        ),
        description=f"{', '.join(due.tables)}; due {due.due_days_after_period_end} days after the month",
    )


returns = [_return_spec(due) for due in pipeline.partnership.returns]
return_checks = [
    dg.AssetCheckSpec(
        "accepted",
        asset=return_key(due.partner_code, due.standard),
        blocking=False,
        description="Every file of the return was taken in; a refused one stops nobody else",
    )
    for due in pipeline.partnership.returns
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
    """A materialisation per period received, and the non-blocking check of each return touched."""
    for key, period, facts, is_accepted in _received_returns(run_id):
        if facts["refused"] < facts["files"]:
            partition = f"{period:%Y-%m-%d}"
            context.log_event(dg.AssetMaterialization(key, partition=partition, metadata=facts))
        context.instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=key,
                check_name="accepted",
                passed=is_accepted,
                severity=dg.AssetCheckSeverity.WARN,
                metadata=facts,
            )
        )


def _received_returns(
    run_id: str | None,
) -> Iterator[tuple[dg.AssetKey, date, dict[str, int], bool]]:
    """(return, month, counts, nothing refused) of what one run received, or of all, oldest first."""
    frame = pipeline.ledger.frame("submission")
    known = frame[frame.standard.notna() & frame.period_start.notna()]
    if run_id is not None:
        known = known[known.run_id == run_id]
    owed = {spec.key for spec in returns}
    unit = ["partner_code", "standard", "period_start"]
    for group, rows in known.groupby(unit):
        partner, standard, period = cast("tuple[str, str, date]", group)
        key = return_key(partner, standard)
        if key in owed:
            refused = int((rows.status == "rejected").sum())
            facts = {
                "files": len(rows),
                "refused": refused,
                "rows": int(rows.rows_loaded.fillna(0).sum()),
            }
            yield key, period, facts, refused == 0


@dg.multi_asset_check(specs=return_checks, name="returns_accepted")
def returns_accepted() -> Iterator[dg.AssetCheckResult]:
    """Whether the newest month of each return was taken in whole; asked from the scheduler's pages."""
    newest = {key: (facts, is_accepted) for key, _, facts, is_accepted in _received_returns(None)}
    for check in return_checks:
        facts, is_accepted = newest.get(
            check.asset_key, ({"files": 0, "refused": 0, "rows": 0}, False)
        )
        yield dg.AssetCheckResult(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=is_accepted,
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
