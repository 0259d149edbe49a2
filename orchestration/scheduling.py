"""`cics schedule`: webserver and daemon as two processes that live and end together."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

from orchestration.lock import writer_lock
from orchestration.settings import Settings
from orchestration.state.database import open_state

DAGSTER_YAML = """\
telemetry: {enabled: false}
run_retries: {enabled: true, max_retries: 1}
concurrency: {pools: {default_limit: 1}, runs: {max_concurrent_runs: 1}}
run_monitoring: {enabled: true}
retention: {schedule: {purge_after_days: 90}, sensor: {purge_after_days: {skipped: 2, success: 30}}}
"""
STOP_SECONDS = 20


def scheduler_environment(settings: Settings) -> dict[str, str]:
    """What the scheduler's processes need; `CICS_SCHEDULER_START` tells the sensor of a new start."""
    return {
        **os.environ,
        "CICS_HOME": str(settings.home),
        "DAGSTER_HOME": str(settings.dagster_home),
        "CICS_SCHEDULER_START": uuid4().hex,
        "DO_NOT_TRACK": "1",
    }


def clear_orphaned_runs(settings: Settings) -> int:
    """Mark runs that a killed scheduler left under way as failed: nothing else ever does."""
    import dagster as dg

    write_configuration(settings)
    under_way = [
        dg.DagsterRunStatus.NOT_STARTED,
        dg.DagsterRunStatus.STARTING,
        dg.DagsterRunStatus.STARTED,
        dg.DagsterRunStatus.CANCELING,
    ]
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        orphans = instance.get_runs(dg.RunsFilter(statuses=under_way))
        for run in orphans:
            instance.report_run_failed(run, "The scheduler ended while this run was under way")
        for run in orphans:
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    return len(orphans)


def write_configuration(settings: Settings) -> None:
    """The scheduler's own settings, in its folder of the home."""
    settings.dagster_home.mkdir(parents=True, exist_ok=True, mode=0o700)
    (settings.dagster_home / "dagster.yaml").write_text(DAGSTER_YAML, encoding="utf-8")


def run_scheduler(settings: Settings, port: int, tell: Callable[[str], None]) -> int:
    """Start both processes and wait; when one ends, so does the other. The exit code of the first."""
    settings.make_folders()
    with writer_lock(settings.dagster_home / "scheduler.lock", wait=False):
        open_state(settings).dispose()
        if orphans := clear_orphaned_runs(settings):
            tell(f"{orphans} runs of an earlier start were marked failed")
        return _supervise(settings, port, tell)


def _supervise(settings: Settings, port: int, tell: Callable[[str], None]) -> int:
    environment = scheduler_environment(settings)
    bin_folder = Path(sys.executable).parent
    code = ["-m", "orchestration.definitions"]
    commands = [
        [str(bin_folder / "dagster-webserver"), "-h", "127.0.0.1", "-p", str(port), *code],
        [str(bin_folder / "dagster-daemon"), "run", *code],
    ]
    processes = [
        subprocess.Popen(command, env=environment, cwd=settings.home)  # noqa: S603
        for command in commands
    ]
    tell(f"The scheduler's pages: http://127.0.0.1:{port}")

    def end(_signal: int, _frame: object) -> None:
        for process in processes:
            process.terminate()

    for caught in (signal.SIGTERM, signal.SIGINT):
        signal.signal(caught, end)
    try:
        while all(process.poll() is None for process in processes):
            time.sleep(0.5)
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        last = time.monotonic() + STOP_SECONDS
        for process in processes:
            try:
                process.wait(timeout=max(0.1, last - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
    return next(p.returncode for p in processes if p.returncode is not None)
