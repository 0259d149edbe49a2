"""Logs: JSON lines in the home, codes and numbers only; warnings also to the terminal."""

from __future__ import annotations

import logging
import sys
from typing import Any

import structlog

from orchestration.settings import Settings


def configure_logs(settings: Settings, *, quiet: bool = False) -> None:
    """Append to `<home>/logs/cics.jsonl`; a quiet command, which changes nothing, writes no log."""
    processors: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if quiet:
        structlog.configure(
            processors=[*processors, structlog.processors.JSONRenderer()],
            wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR),
            logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        )
        return
    folder = settings.home / "logs"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = (folder / "cics.jsonl").open("a", encoding="utf-8", buffering=1)
    structlog.configure(
        processors=[*processors, structlog.processors.JSONRenderer()],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.WriteLoggerFactory(file),
    )
