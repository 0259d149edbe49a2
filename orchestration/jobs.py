"""The jobs: the usual pass, and the rebuild that shows archive and ledger are enough."""

import dagster as dg

from orchestration.assets.home import hold_lock, pipeline, release_lock
from orchestration.assets.intake import intake
from orchestration.assets.models import dbt_models
from orchestration.assets.snapshot import close_failed_run, snapshot
from orchestration.warehouse.build import reset_build_file

PIPELINE = "pipeline"

pipeline_job = dg.define_asset_job(
    PIPELINE,
    selection=dg.AssetSelection.assets(intake, dbt_models, snapshot),
    executor_def=dg.in_process_executor,
    hooks={close_failed_run},
    description="Take in, build, publish",
)


@dg.op(pool="writer")
def forget_build_file(context: dg.OpExecutionContext) -> None:
    """Throw the warehouse away; the next pass loads every active submission from the archive."""
    hold_lock(context.run_id)
    reset_build_file(pipeline.settings)
    release_lock(context.run_id)


@dg.job(
    executor_def=dg.in_process_executor,
    description="Next pass rebuilds everything from the archive",
)
def forget_job() -> None:
    """Monthly: a warehouse that could not be rebuilt would be found out here, not in an emergency."""
    forget_build_file()
