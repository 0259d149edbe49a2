"""What a build is called, and the fingerprint that tells whether one is needed at all."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from datetime import UTC, date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from orchestration.contracts.model import CONTRACTS_FOLDER
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.warehouse.build import project_files
from orchestration.warehouse.context import BuildStamp, Rows, records

BUILD_ID = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d+)")


def build_order(build_id: str) -> tuple[str, int]:
    """Sort key of a build id: `2026-11-01.10` comes after `2026-11-01.9`."""
    matched = BUILD_ID.fullmatch(build_id)
    if matched is None:
        raise ValueError(f"not a build id: {build_id}")
    return matched[1], int(matched[2])


def next_build_id(published: Path, day: date) -> str:
    """The first unused `YYYY-MM-DD.n` of a day."""
    prefix = day.isoformat()
    names = [path.name.removeprefix(".new-") for path in published.glob(f"*{prefix}.*")]
    used = [build_order(name)[1] for name in names if BUILD_ID.fullmatch(name)]
    return f"{prefix}.{max(used, default=0) + 1}"


def make_stamp(settings: Settings) -> BuildStamp:
    """The stamp of a build that starts now."""
    now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
    return BuildStamp(
        build_id=next_build_id(settings.published, now.date()),
        built_at=now,
        git_commit=git_commit(),
        software_version=software_version(),
    )


def software_version() -> str:
    """Version of the installed distribution."""
    try:
        return version("cics-warehouse")
    except PackageNotFoundError:
        return "0+unknown"


def git_commit() -> str:
    """Commit of a checkout; `unknown` for an installed package."""
    try:
        found = subprocess.run(  # noqa: S603 - our own arguments, no shell
            ["git", "-C", str(PROJECT_ROOT), "rev-parse", "HEAD"],  # noqa: S607
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def fingerprint(settings: Settings, submissions: Rows) -> str:
    """Hash of all that decides a build: when the last published build has it, nothing is to do.

    Active ledger rows, the dbt project, contracts, the partnership's file, the as-at date and the
    software version.
    """
    digest = hashlib.sha256()
    active = sorted(
        (int(s["ledger_id"]), int(s.get("rows_released") or 0))
        for s in records(submissions)
        if s["is_active"]
    )
    fixed = {
        "active": active,
        "as_at": settings.today().isoformat(),
        "demo": settings.demo,
        "version": software_version(),
    }
    digest.update(json.dumps(fixed, sort_keys=True).encode())
    files = [
        *project_files(settings.dbt_project),
        *sorted(CONTRACTS_FOLDER.glob("*/*.yaml")),
        settings.partnership_file,
    ]
    for path in files:
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
