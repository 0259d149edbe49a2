"""`cics bench`: how fast intake is, beside a plain DuckDB load of the same file in the same run.

Each pass is a process of its own, so that its peak memory is its own. The reference does nothing
but load the file as text into a table.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

MEMORY_LIMIT = "1500MB"
BAD_SHARE = 1000  # one row in this many has a bad date

_REFERENCE = """
import duckdb, sys
con = duckdb.connect(sys.argv[2] + "/reference.duckdb")
con.execute("SET memory_limit = '1500MB'")
con.execute("SET temp_directory = '" + sys.argv[2] + "/spill'")
names = open(sys.argv[1]).readline().strip().split(",")
columns = ", ".join(f"'{n}': 'VARCHAR'" for n in names)
con.execute(
    f"CREATE TABLE t AS SELECT * FROM read_csv('{sys.argv[1]}', header = true, "
    f"auto_detect = false, columns = {{{columns}}})"
)
con.close()
"""
_INTAKE = """
import sys
from pathlib import Path
from orchestration.bench import take_in_once
take_in_once(Path(sys.argv[2]))
"""


@dataclass(frozen=True)
class Pass:
    """One measured process."""

    seconds: float
    peak_bytes: int


def bench_intake(rows: int, passes: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Measure pairs of reference and intake in turn; seconds, ratios and peak memory."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        source = Path(folder) / "CYP201CareContact.csv"
        tell(f"writing {rows:,} contacts")
        write_contacts(source, rows)
        pairs = []
        for number in range(passes):
            reference = _measure(_REFERENCE, source, _empty(Path(folder) / "reference"))
            home = _empty(Path(folder) / "home")
            _prepare_home(home, source)
            intake = _measure(_INTAKE, source, home)
            pairs.append((reference, intake))
            tell(
                f"pass {number + 1}: load {reference.seconds:.1f} s, intake {intake.seconds:.1f} s, "
                f"{intake.peak_bytes / 1e9:.2f} GB"
            )
        return {
            "rows": rows,
            "bytes": source.stat().st_size,
            "reference_seconds": _spread([r.seconds for r, _ in pairs]),
            "intake_seconds": _spread([i.seconds for _, i in pairs]),
            "ratio": _spread([i.seconds / r.seconds for r, i in pairs]),
            "intake_peak_gb": max(i.peak_bytes for _, i in pairs) / 1e9,
            "reference_peak_gb": max(r.peak_bytes for r, _ in pairs) / 1e9,
        }


def write_contacts(path: Path, rows: int) -> None:
    """A September's contacts of one partner: 21 columns, plausible lengths, few bad dates."""
    bad = f"CASE WHEN n % {BAD_SHARE} = 0 THEN '31/02/2026' ELSE"
    con = duckdb.connect()
    con.execute(f"""
        COPY (
            SELECT 'C' || (1000000000 + n) AS CareContactID, 'R' || (100000000 + n // 10) AS ServiceRequestID,
                ['CAM-SLT-COM', 'CAM-SLT-SCH', 'CAM-CC'][1 + n % 3] AS TeamID_Local,
                {bad} (DATE '2026-09-01' + (hash(n) % 30)::INT)::VARCHAR END AS Contact_Date,
                '10:30:00' AS Contact_Time, 'QMJ' AS OrgID_Commissioner, '01' AS AdminCategory,
                (15 + n % 60)::VARCHAR AS CareContact_Duration, '02' AS Consultation_Type,
                '01' AS CareContact_Subject, ['01', '02', '11'][1 + n % 3] AS ConsMechanism,
                'B01' AS Activity_LocationType, 'RKE01' AS Treatment_OrgSiteID, 'N' AS GroupTherapyIndicator,
                ['5', '5', '5', '6', '3', '2'][1 + n % 6] AS AttendanceStatus,
                '2026-08-01' AS ReasonableOffer_Date, '2026-08-03' AS ClinicallyAppropriate_Date,
                '' AS Contact_CancellationDate, '' AS Contact_CancellationReason,
                '2026-08-10' AS ReplacementAppointment_OfferedDate, '' AS ReplacementAppointment_BookedDate
            FROM range({rows}) AS numbers (n)
        ) TO '{path}' (HEADER)
    """)
    con.close()


def take_in_once(home: Path) -> None:
    """Everything intake does with what lies in `home`'s landing folder."""
    from orchestration.run import Pipeline
    from orchestration.settings import Settings

    settings = Settings(home=home, demo=True, as_at=date(2026, 10, 31), memory_limit=MEMORY_LIMIT)
    pipeline = Pipeline(settings)
    report = pipeline.start("bench")
    summary = pipeline.take_in(report, list(pipeline.look().values()), lambda *_: None)
    if dict(summary.counts) != {"loaded": 1}:
        raise RuntimeError(f"intake did not load the file: {summary.refusals}")


def _prepare_home(home: Path, source: Path) -> None:
    landing = home / "landing" / "RKE" / "2026-09"
    landing.mkdir(parents=True)
    os.link(source, landing / source.name)


def _empty(folder: Path) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    return folder


def _measure(program: str, source: Path, folder: Path) -> Pass:
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(source), str(folder)], stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if status != 0:
        raise RuntimeError(f"a measured process failed with status {status}")
    return Pass(seconds, usage.ru_maxrss * 1024)


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "min": round(min(values), 2),
        "median": round(statistics.median(values), 2),
        "max": round(max(values), 2),
    }
