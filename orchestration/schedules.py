"""The hours: every night, because lateness grows without a file arriving; every month, from the archive."""

from __future__ import annotations

import dagster as dg

from orchestration.assets.home import pipeline
from orchestration.jobs import forget_job, pipeline_job

nightly = dg.ScheduleDefinition(
    name="nightly",
    job=pipeline_job,
    cron_schedule="0 2 * * *",
    execution_timezone=pipeline.partnership.timezone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)

monthly = dg.ScheduleDefinition(
    name="monthly_from_archive",
    job=forget_job,
    cron_schedule="30 1 23 * *",  # the night after returns are due; the nightly pass rebuilds
    execution_timezone=pipeline.partnership.timezone,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
