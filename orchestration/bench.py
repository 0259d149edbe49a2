"""`cics bench`: how fast intake is, beside a plain DuckDB load of the same file in the same run.

Each pass is a process of its own, so that its peak memory is its own. The reference does nothing
but load the file as text into a table; an XML message has none. `inner` seconds are of intake
alone, without the start of Python; with `warm` its libraries are loaded before, too.
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
take_in_once(Path(sys.argv[2]), warm=sys.argv[3] == "warm")
"""


@dataclass(frozen=True)
class Pass:
    """One measured process."""

    seconds: float
    inner_seconds: float
    peak_bytes: int


@dataclass(frozen=True)
class Load:
    """What is taken in: whose file, under which name, and how it is written."""

    partner: str
    file_name: str
    write: Callable[[Path, int], None]
    has_reference: bool = True


def bench_intake(
    kind: str, rows: int, passes: int, tell: Callable[[str], None], *, warm: bool = False
) -> dict[str, Any]:
    """Measure pairs of reference and intake in turn; seconds, ratios, rates and peak memory."""
    load = LOADS[kind]
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
        source = Path(folder) / load.file_name
        tell(f"writing {rows:,} {kind}")
        load.write(source, rows)
        size = source.stat().st_size
        references, intakes = [], []
        for number in range(passes):
            if load.has_reference:
                references.append(_measure(_REFERENCE, source, _empty(Path(folder) / "reference")))
            home = _empty(Path(folder) / "home")
            _prepare_home(home, load.partner, source)
            intakes.append(_measure(_INTAKE, source, home, "warm" if warm else "cold"))
            tell(
                f"pass {number + 1}: {intakes[-1].seconds:.1f} s, {intakes[-1].peak_bytes / 1e9:.2f} GB"
            )
        found = {
            "kind": kind,
            "rows": rows,
            "bytes": size,
            "intake_seconds": _spread([i.seconds for i in intakes]),
            "intake_inner_seconds": _spread([i.inner_seconds for i in intakes]),
            "rows_per_inner_second": _spread([rows / i.inner_seconds for i in intakes]),
            "megabytes_per_inner_second": _spread([size / 1e6 / i.inner_seconds for i in intakes]),
            "intake_peak_gb": max(i.peak_bytes for i in intakes) / 1e9,
        }
        if references:
            pairs = zip(references, intakes, strict=True)
            found |= {
                "reference_seconds": _spread([r.seconds for r in references]),
                "ratio": _spread([i.seconds / r.seconds for r, i in pairs]),
                "reference_peak_gb": max(r.peak_bytes for r in references) / 1e9,
            }
        return found


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


def write_episodes(path: Path, rows: int) -> None:
    """A year's episodes of looked-after children, as SSDA903 has them: dates dd/mm/yyyy."""
    con = duckdb.connect()
    con.execute(f"""
        COPY (
            SELECT 'LA' || (1000000 + n // 4) AS CHILD,
                strftime(DATE '2025-04-01' + (90 * (n % 4) + hash(n) % 60)::INT, '%d/%m/%Y') AS DECOM,
                ['S', 'P', 'L', 'T'][1 + n % 4] AS RNE, ['C2', 'V2', 'E1'][1 + n % 3] AS LS,
                'N' || (1 + n % 8) AS CIN, 'U1' AS PLACE, 'PR1' AS PLACE_PROVIDER,
                strftime(DATE '2025-07-01' + (90 * (n % 4))::INT, '%d/%m/%Y') AS DEC, 'X1' AS REC,
                'CARPL' AS REASON_PLACE_CHANGE, 'NW1 1AA' AS HOME_POST, 'NW1 2BB' AS PL_POST,
                'SC' || (100000 + n % 900) AS URN
            FROM range({rows}) AS numbers (n)
        ) TO '{path}' (HEADER)
    """)
    con.close()


def write_census(path: Path, rows: int) -> None:
    """A children in need census of so many children, each with disabilities, a plan and reviews."""
    with path.open("w", encoding="utf-8") as file:
        file.write(_CENSUS_HEAD)
        for first in range(0, rows, 10_000):
            numbers = range(first, min(first + 10_000, rows))
            file.write("".join(_CENSUS_CHILD.format(n=number) for number in numbers))
        file.write("</Children></Message>\n")


_CENSUS_HEAD = """<Message>
    <Header>
        <CollectionDetails>
            <Collection>CIN</Collection><Year>2026</Year><ReferenceDate>2026-03-31</ReferenceDate>
        </CollectionDetails>
        <Source><SourceLevel>L</SourceLevel><LEA>202</LEA><DateTime>2026-06-01T09:00:00</DateTime></Source>
    </Header>
    <Children>
"""
_CENSUS_CHILD = """        <Child>
            <ChildIdentifiers>
                <LAchildID>LA{n:07}</LAchildID>
                <UPN>A{n:012}</UPN>
                <PersonBirthDate>2015-03-24</PersonBirthDate>
                <Sex>F</Sex>
            </ChildIdentifiers>
            <ChildCharacteristics>
                <Ethnicity>WBRI</Ethnicity>
                <Disabilities>
                    <Disability>AUT</Disability>
                    <Disability>LD</Disability>
                </Disabilities>
            </ChildCharacteristics>
            <CINdetails>
                <CINreferralDate>2025-05-06</CINreferralDate>
                <ReferralSource>1A</ReferralSource>
                <PrimaryNeedCode>N2</PrimaryNeedCode>
                <Assessments>
                    <AssessmentActualStartDate>2025-05-10</AssessmentActualStartDate>
                    <AssessmentAuthorisationDate>2025-06-18</AssessmentAuthorisationDate>
                    <FactorsIdentifiedAtAssessment>
                        <AssessmentFactors>2A</AssessmentFactors>
                        <AssessmentFactors>2B</AssessmentFactors>
                    </FactorsIdentifiedAtAssessment>
                </Assessments>
                <CINPlanDates>
                    <CINPlanStartDate>2025-06-24</CINPlanStartDate>
                </CINPlanDates>
                <ReferralNFA>false</ReferralNFA>
                <ChildProtectionPlans>
                    <CPPstartDate>2025-07-17</CPPstartDate>
                    <InitialCategoryOfAbuse>NEG</InitialCategoryOfAbuse>
                    <LatestCategoryOfAbuse>NEG</LatestCategoryOfAbuse>
                    <NumberOfPreviousCPP>0</NumberOfPreviousCPP>
                    <Reviews>
                        <CPPreviewDate>2025-10-15</CPPreviewDate>
                    </Reviews>
                </ChildProtectionPlans>
            </CINdetails>
        </Child>
"""
LOADS = {
    "contacts": Load("RKE", "CYP201CareContact_2026-09.csv", write_contacts),
    "episodes": Load("E09000007", "SSDA903_2026_episodes.csv", write_episodes),
    "census": Load("E09000007", "CIN_2026.xml", write_census, has_reference=False),
}


def take_in_once(home: Path, *, warm: bool) -> None:
    """Everything intake does with what lies in `home`'s landing folder; prints its seconds."""
    from expectations.run import warm_up
    from orchestration.logs import configure_logs
    from orchestration.run import Pipeline
    from orchestration.settings import Settings

    settings = Settings(home=home, demo=True, as_at=date(2026, 10, 31), memory_limit=MEMORY_LIMIT)
    configure_logs(settings, quiet=True)
    pipeline = Pipeline(settings)
    if warm:
        warm_up()
    report = pipeline.start("bench")
    started = time.monotonic()
    summary = pipeline.take_in(report, list(pipeline.look().values()), lambda *_: None)
    print(f"inner {time.monotonic() - started}")
    if set(summary.counts) != {"loaded"}:
        raise RuntimeError(f"intake did not load the file: {summary.refusals}")


def _prepare_home(home: Path, partner: str, source: Path) -> None:
    landing = home / "landing" / partner
    landing.mkdir(parents=True)
    os.link(source, landing / source.name)


def _empty(folder: Path) -> Path:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    return folder


def _measure(program: str, source: Path, folder: Path, *arguments: str) -> Pass:
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", program, str(source), str(folder), *arguments],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.monotonic() - started
    if status != 0:
        raise RuntimeError(f"a measured process failed with status {status}")
    inner = [float(line[6:]) for line in printed.splitlines() if line.startswith("inner ")]
    return Pass(seconds, inner[0] if inner else seconds, usage.ru_maxrss * 1024)


def _spread(values: list[float]) -> dict[str, float]:
    return {
        "min": round(min(values), 2),
        "median": round(statistics.median(values), 2),
        "max": round(max(values), 2),
    }
