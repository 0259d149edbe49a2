"""Make a made-up alliance: simulate it, write every partner's extracts, tell the truth about it."""

from __future__ import annotations

import json
import os
import tempfile
from datetime import datetime
from typing import Any

import duckdb

from orchestration.partnership.model import Partnership
from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import Window
from orchestration.synthetic.extracts import SMALL, Extracts
from orchestration.synthetic.options import Options
from orchestration.synthetic.truth import tell_truth
from orchestration.synthetic.world import load, simulate

__all__ = ["Options", "generate"]

TRUTH_FILE = "truth.json"
MEMORY = "2500MB"


def generate(options: Options, partnership: Partnership) -> dict[str, Any]:
    """Write a landing folder and `truth.json` into `options.out`; the truth.

    Raises FileExistsError when `out` holds anything, and ValueError when a service changes
    hands within the months or the never-issued NHS numbers do not suffice.
    """
    if options.out.exists() and any(options.out.iterdir()):
        raise FileExistsError(f"{options.out} is not empty: old files would be taken for new ones")
    options.out.mkdir(parents=True, exist_ok=True)
    window = Window.between(options.first_month, options.last_month)
    alliance = Alliance.on(partnership, window.months[0], window.months[-1])
    world = simulate(options, alliance, window)
    # made-up data: nothing here needs the encrypted storage of a home
    with tempfile.TemporaryDirectory(prefix="synthetic-") as spill:
        con = duckdb.connect(":memory:", config={"memory_limit": MEMORY, "temp_directory": spill})
        con.execute("SET enable_progress_bar = false")
        if options.children <= SMALL:  # one thread is quicker where all is so small
            con.execute("SET threads = 1")
        load(con, world, alliance, window, options.seed)
        del world
        extracts = Extracts(con, options, alliance, window)
        files = extracts.write()
        truth = {
            "options": {
                "children": options.children,
                "first_month": f"{window.months[0]:%Y-%m}",
                "last_month": f"{window.months[-1]:%Y-%m}",
                "seed": options.seed,
                "faults": options.faults,
            },
            **tell_truth(con, partnership, alliance, window, files, options.seed),
            "misdeclared": extracts.misdeclared,
        }
        con.close()
    path = options.out / TRUTH_FILE
    path.write_text(json.dumps(truth, indent=1) + "\n", encoding="utf-8")
    told_at = max(datetime.fromisoformat(f["received_at"]) for f in files).timestamp()
    os.utime(path, (told_at, told_at))
    return truth
