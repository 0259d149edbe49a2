"""Intake: one run takes in everything that has settled; a run per file would take hours for a backlog."""

import os
from collections.abc import Iterator

import dagster as dg

from orchestration.assets.home import hold_lock, ledger_run_id, pipeline, release_lock
from orchestration.assets.returns import report_returns, return_key
from orchestration.warehouse.build import dbt_environment


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
    report_returns(context, report.run_id)
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
