"""The home the scheduler works for, and the writer's lock its runs hold."""

from contextlib import ExitStack

from orchestration.lock import writer_lock
from orchestration.run import Pipeline
from orchestration.settings import load_settings

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
