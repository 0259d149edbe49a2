"""No identifier of a child stands in a log, the state, a report or an exception.

A made-up alliance with many faults is taken in; every identifying value it sent, good rows and bad,
is then looked for in all that intake wrote in the clear.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from orchestration.contracts.model import Identifiability, shipped_catalogue
from orchestration.intake.recognise import RefusedFileError, recognise
from orchestration.logs import configure_logs
from orchestration.partnership.load import load_partnership
from orchestration.run import Pipeline
from orchestration.settings import Settings
from orchestration.synthetic.generate import generate
from orchestration.synthetic.options import Options
from orchestration.warehouse.context import return_calendar

LEAST_CHARACTERS = 5
"""Shorter values, like a forename of three letters, also occur by chance."""


@pytest.fixture(scope="module")
def extracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("extracts") / "out"
    generate(
        Options(200, date(2026, 8, 1), date(2026, 9, 1), seed=3, faults=0.2, out=out),
        load_partnership(),
    )
    return out


def identifiers(extracts: Path) -> set[str]:
    """Every value sent in a column that can identify a child, from all CSVs, zipped ones too."""
    found: set[str] = set()
    for text in _texts(extracts):
        first, _, _ = text.partition("\n")
        try:
            heading = recognise(first, shipped_catalogue())
        except RefusedFileError:
            continue
        places = [
            heading.positions[c.name]
            for c in heading.contract.columns
            if c.identifiable is not Identifiability.NONE and c.name in heading.positions
        ]
        for row in csv.reader(io.StringIO(text)):
            found |= {row[p].strip() for p in places if p < len(row)}
        found -= set(heading.names)
    return {value for value in found if len(value) >= LEAST_CHARACTERS}


def _texts(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*/**/*")):
        if path.suffix == ".csv":
            yield path.read_text(encoding="utf-8-sig", errors="replace")
        elif path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive:
                for name in archive.namelist():
                    if name.endswith(".csv"):
                        yield archive.read(name).decode("utf-8-sig", errors="replace")


def test_nothing_personal_is_written_in_the_clear(
    extracts: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(
        home=tmp_path / "home", demo=True, as_at=date(2026, 10, 31), received_at="mtime", threads=1
    )
    settings.make_folders()
    configure_logs(settings, quiet=False)
    settings.landing.rmdir()
    extracts.rename(settings.landing)
    pipeline = Pipeline(settings)
    # a birthday may fall on a day of the calendar, which is told
    calendar = return_calendar(pipeline.partnership.returns, pipeline.catalogue, settings.today())
    days = {str(value) for unit in calendar for value in unit.values() if isinstance(value, date)}
    personal = identifiers(settings.landing) - days
    assert len(personal) > 300
    report = pipeline.start("test")
    summary = pipeline.take_in(report, list(pipeline.look().values()), lambda *_: None)
    pipeline.finish(report, "unchanged")
    assert summary.rows_quarantined > 100
    printed = capfd.readouterr()
    written = {"log": printed.out + printed.err, "result": str(report.as_json())}
    for path in settings.reports.rglob("*"):
        if path.is_file():
            written[f"report {path.name}"] = path.read_text(encoding="utf-8")
    state = sqlite3.connect(settings.state / "state.sqlite")
    written["state"] = "\n".join(state.iterdump())
    state.close()
    for place, text in written.items():
        words = set(re.findall(r"[\w/-]+", text)) | set(text.split())
        leaked = personal & words
        assert not leaked, f"{len(leaked)} identifying values in {place}"


def test_what_is_kept_at_rest_is_encrypted(extracts: Path, tmp_path: Path) -> None:
    """Archive and quarantine hold the values, so neither may be readable."""
    settings = Settings(home=tmp_path / "home", demo=True, as_at=date(2026, 10, 31), threads=1)
    settings.make_folders()
    secret = b"9990000018"
    text = f"LocalPatientID,NHSNumber,DateOfBirth\nLOCAL-1,{secret.decode()},31/02/2015\n"
    target = settings.landing / "RAL" / "2026-09" / "index.csv"
    target.parent.mkdir(parents=True)
    target.write_text(text)
    pipeline = Pipeline(settings)
    report = pipeline.start("test")
    pipeline.take_in(report, list(pipeline.look().values()), lambda *_: None)
    kept = [p for p in settings.home.rglob("*") if p.is_file()]
    assert any(p.parent == settings.quarantine for p in kept)
    assert not [p.name for p in kept if secret in p.read_bytes()]
