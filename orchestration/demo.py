"""A demo home: made-up extracts, keys of its own, and a pinned day, so that it looks alike for ever."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from orchestration.partnership.load import load_partnership
from orchestration.settings import ENV_FILE
from orchestration.synthetic.generate import generate
from orchestration.synthetic.options import Options

FIRST_MONTH, LAST_MONTH = date(2023, 4, 1), date(2026, 9, 1)
AS_AT = date(2026, 11, 10)  # September's late returns are in, October's are not yet due
FAULTS = 0.0005


def prepare_demo(home: Path, children: int, seed: int) -> None:
    """Fill the landing folder of a demo home; one that was prepared before is left as it is."""
    settings = home / ENV_FILE
    if settings.exists():
        return
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    generate(
        Options(children, FIRST_MONTH, LAST_MONTH, seed, FAULTS, home / "landing"),
        load_partnership(),
    )
    (home / "landing" / "truth.json").rename(home / "truth.json")
    settings.write_text(
        "# A demo home: the day is pinned, and files count as received when their own times say.\n"
        f"CICS_DEMO=true\nCICS_AS_AT={AS_AT}\nCICS_RECEIVED_AT=mtime\n",
        encoding="utf-8",
    )
