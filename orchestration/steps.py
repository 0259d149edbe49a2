"""Named steps of a run: logged, and the places where a fault test may kill the process.

`CICS_KILL_AT=<step>` ends the process the hard way when that step is reached, as a power cut would.
It is honoured in demo homes only.
"""

from __future__ import annotations

import os
import signal

import structlog

from orchestration.settings import Settings

KILL_VARIABLE = "CICS_KILL_AT"
log = structlog.get_logger("cics")
_kill_at: str | None = None


def arm(settings: Settings) -> None:
    """Let a demo home's run be killed at a step; anywhere else the variable means nothing."""
    global _kill_at
    _kill_at = os.environ.get(KILL_VARIABLE) if settings.demo else None


def step(name: str, **facts: object) -> None:
    """Say that a step is reached; `facts` are numbers and codes, never a value from a file."""
    log.info(name, **facts)
    if _kill_at == name:
        os.kill(os.getpid(), signal.SIGKILL)
