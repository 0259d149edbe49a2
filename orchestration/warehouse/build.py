"""Run dbt as a process of its own on the build file, and read what came of it.

A process, because dbt run in-process keeps the file attached. Arguments and environment are pure
functions, so that the scheduler's dbt assets run the very same thing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from orchestration.duck import extension_path
from orchestration.keys import Keys
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.warehouse.results import BuildResult, read_results

OUTPUT_TAIL = 4000  # characters of dbt's own words kept when it made no results


class BuildError(RuntimeError):
    """dbt could not run at all: its project does not parse, or the build file does not open."""


def dbt_folder(settings: Settings) -> Path:
    """Where dbt keeps its parsed project between runs; without it each run parses afresh."""
    return settings.home / "dbt"


def target_path(settings: Settings) -> Path:
    """dbt's target: manifest, run results, compiled SQL. Never a key, never a row."""
    return dbt_folder(settings) / "target"


def manifest_path(settings: Settings) -> Path:
    """The manifest `prepare_manifest` makes."""
    return target_path(settings) / "manifest.json"


def dbt_environment(settings: Settings, keys: Keys) -> dict[str, str]:
    """What dbt's profile and plugin read, keys among it; to be added to the process's own."""
    environment = {
        "CICS_DBT_BUILD_FILE": str(settings.build_file),
        "CICS_DBT_HTTPFS": str(extension_path("httpfs")),
        "CICS_DBT_MEMORY_LIMIT": settings.memory_limit,
        "CICS_DBT_TEMP_DIRECTORY": str(settings.tmp / "duckdb"),
        "CICS_DBT_DUCKDB_THREADS": str(settings.threads or os.cpu_count() or 1),
        "CICS_DBT_PYTHON_PATH": str(PROJECT_ROOT),
        "DBT_ENV_SECRET_CICS_WAREHOUSE_KEY": keys.warehouse,
        "DBT_ENV_SECRET_CICS_PSEUDONYM_KEY": keys.pseudonym.hex(),
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "DO_NOT_TRACK": "1",
    }
    if sys.dont_write_bytecode:
        # dbt compiles 1,200 modules at every start, 5 s, when their byte code is kept nowhere
        environment["PYTHONDONTWRITEBYTECODE"] = ""
        environment["PYTHONPYCACHEPREFIX"] = str(dbt_folder(settings) / "bytecode")
    return environment


def dbt_arguments(settings: Settings, command: str, *options: str) -> list[str]:
    """The dbt command line for this home, after the program's name."""
    return [
        "--no-use-colors",
        "--log-level-file",
        "none",
        command,
        "--project-dir",
        str(settings.dbt_project),
        "--profiles-dir",
        str(settings.dbt_project),
        "--target-path",
        str(target_path(settings)),
        "--log-path",
        str(dbt_folder(settings) / "logs"),
        "--no-send-anonymous-usage-stats",
        *options,
    ]


def build_arguments(settings: Settings, *, with_unit_tests: bool = False) -> list[str]:
    """Every model and data test in one invocation. Unit tests check code, not data: not here."""
    options = () if with_unit_tests else ("--exclude-resource-type", "unit_test")
    return dbt_arguments(settings, "build", *options)


def prepare_manifest(settings: Settings, keys: Keys) -> Path:
    """Parse the project when a file of it is newer than the manifest; path of the manifest."""
    manifest = manifest_path(settings)
    newest = max(path.stat().st_mtime for path in project_files(settings.dbt_project))
    if not manifest.exists() or manifest.stat().st_mtime < newest:
        completed = _run(settings, keys, dbt_arguments(settings, "parse"))
        if completed.returncode != 0 or not manifest.exists():
            raise BuildError(f"dbt cannot parse its project:\n{_tail(completed, keys)}")
    return manifest


def project_files(dbt_project: Path) -> list[Path]:
    """The files that make the project, sorted."""
    return sorted(
        path
        for path in dbt_project.rglob("*")
        if path.suffix in {".sql", ".yml", ".yaml", ".csv", ".md"} and path.is_file()
    )


def run_dbt(settings: Settings, keys: Keys, *, with_unit_tests: bool = False) -> BuildResult:
    """Build and test every model. A failed test is a result; BuildError means there is none."""
    (settings.tmp / "duckdb").mkdir(parents=True, exist_ok=True, mode=0o700)
    results = target_path(settings) / "run_results.json"
    results.unlink(missing_ok=True)
    started = time.monotonic()
    completed = _run(settings, keys, build_arguments(settings, with_unit_tests=with_unit_tests))
    if not results.exists():
        raise BuildError(f"dbt did not run:\n{_tail(completed, keys)}")
    return read_results(results, manifest_path(settings), time.monotonic() - started)


def reset_build_file(settings: Settings) -> None:
    """Forget the warehouse and dbt's memory of it; archive and ledger rebuild it."""
    for path in settings.build_file.parent.glob(f"{settings.build_file.name}*"):
        path.unlink()
    shutil.rmtree(dbt_folder(settings), ignore_errors=True)


def _run(settings: Settings, keys: Keys, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own arguments, no shell
        [sys.executable, "-c", _DBT_UNTIL_PARENT_DIES, *arguments],
        env={**os.environ, **dbt_environment(settings, keys)},
        cwd=settings.dbt_project,
        capture_output=True,
        text=True,
        check=False,
    )


# an orphaned dbt would go on writing into the build file that the next run opens
_DBT_UNTIL_PARENT_DIES = """
import ctypes, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
from dbt.cli.main import cli
cli()
"""


def _tail(completed: subprocess.CompletedProcess[str], keys: Keys) -> str:
    """The end of what dbt printed, without quoted values: they may be a child's, or a key."""
    text = (completed.stdout + completed.stderr)[-OUTPUT_TAIL:]
    for secret in (keys.warehouse, keys.pseudonym.hex()):
        text = text.replace(secret, "***")
    return re.sub(r"'[^'\n]{1,200}'", "'…'", text)
