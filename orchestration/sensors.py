"""The landing sensor: one run for everything that has settled since the last look."""

import hashlib
import json
import os

import dagster as dg

from orchestration.assets.home import pipeline
from orchestration.intake.files import Look
from orchestration.jobs import PIPELINE, pipeline_job

UNDER_WAY = [
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
]
START_VARIABLE = "CICS_SCHEDULER_START"


def _as_cursor(looks: dict[str, str], start: str) -> str:
    return json.dumps({"start": start, "looks": looks}, sort_keys=True)


def _described(looks: list[Look]) -> dict[str, str]:
    return {str(seen.path): f"{seen.size}:{seen.mtime_ns}" for seen in looks}


@dg.sensor(
    job=pipeline_job,
    minimum_interval_seconds=int(os.environ.get("CICS_SENSOR_SECONDS", "30")),
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def landing(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run when files agree with the look before, or when the scheduler has just started.

    The first tick after a start always asks: a killed run may have left work that lies nowhere in
    landing any more.
    """
    start = os.environ.get(START_VARIABLE, "")
    held = json.loads(context.cursor) if context.cursor else {"start": None, "looks": {}}
    now = _described(list(pipeline.look().values()))
    same = {path: seen for path, seen in now.items() if held["looks"].get(path) == seen}
    busy = context.instance.get_runs_count(dg.RunsFilter(job_name=PIPELINE, statuses=UNDER_WAY))
    if busy:
        return dg.SensorResult(
            skip_reason="A run is under way", cursor=_as_cursor(now, held["start"] or "")
        )
    if held["start"] == start and not same:
        return dg.SensorResult(
            skip_reason="Nothing has settled in landing", cursor=_as_cursor(now, start)
        )
    key = hashlib.sha256(
        json.dumps([start, context.cursor, sorted(same.items())]).encode()
    ).hexdigest()
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=key[:20])], cursor=_as_cursor(now, start)
    )
