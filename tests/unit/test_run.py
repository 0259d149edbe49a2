"""A pass over a home: what happens when the build file is broken, or somebody else's."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from orchestration.lock import WriterBusyError
from orchestration.run import Pipeline
from orchestration.settings import Settings


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return Pipeline(Settings(home=tmp_path / "home", demo=True, as_at=date(2026, 10, 31)))


def test_a_build_file_that_does_not_open_is_thrown_away_and_made_anew(pipeline: Pipeline) -> None:
    pipeline.settings.build_file.write_bytes(b"this was a database" * 1000)
    report = pipeline.start("test")
    pipeline.take_in(report, [], lambda *_: None)
    assert report.intake.counts == {}
    assert pipeline.settings.build_file.read_bytes()[:4] != b"this"


def test_a_build_file_another_process_has_open_is_never_thrown_away(pipeline: Pipeline) -> None:
    report = pipeline.start("test")
    pipeline.take_in(report, [], lambda *_: None)
    holder = (
        "import sys; from pathlib import Path; from datetime import date\n"
        "from orchestration import duck; from orchestration.keys import load_keys\n"
        "from orchestration.settings import Settings\n"
        "s = Settings(home=Path(sys.argv[1]), demo=True)\n"
        "con = duck.connect(s); duck.attach(con, s.build_file, 'w', load_keys(s).warehouse)\n"
        "print('open', flush=True); sys.stdin.read()\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder, str(pipeline.settings.home)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    with pytest.raises(WriterBusyError):
        pipeline.take_in(report, [], lambda *_: None)
    process.communicate()
    assert pipeline.settings.build_file.exists()
