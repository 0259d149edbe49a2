"""The code location: everything the scheduler can see."""

from __future__ import annotations

import dagster as dg

from orchestration.assets.intake import intake
from orchestration.assets.models import dbt_models, dbt_resource
from orchestration.assets.returns import returns, returns_checked
from orchestration.assets.snapshot import snapshot
from orchestration.jobs import forget_job, pipeline_job
from orchestration.schedules import monthly, nightly
from orchestration.sensors import landing

defs = dg.Definitions(
    assets=[*returns, intake, dbt_models, snapshot],
    asset_checks=[returns_checked],
    jobs=[pipeline_job, forget_job],
    schedules=[nightly, monthly],
    sensors=[landing],
    resources={"dbt": dbt_resource},
)
