"""Snapshot: publish the build, or write down why there is none."""

import dagster as dg

from orchestration.assets.home import hold_lock, ledger_run_id, pipeline, release_lock
from orchestration.assets.models import dbt_models
from orchestration.run import Report, require_passed
from orchestration.warehouse.build import manifest_path, target_path
from orchestration.warehouse.results import read_results


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
