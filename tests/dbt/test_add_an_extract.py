"""A table added as `docs/add-an-extract.md` says is taken in, checked and staged: no code names it."""

from __future__ import annotations

import re
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest
import yaml

from expectations.run import validate_suite
from expectations.suite import SUITES_FOLDER, load_suite
from orchestration import duck
from orchestration.contracts.model import CONTRACTS_FOLDER, Catalogue
from orchestration.intake.files import deliveries, look
from orchestration.intake.load import prepare
from orchestration.intake.receive import Desk
from orchestration.intake.take_in import take_in
from orchestration.keys import load_keys
from orchestration.partnership.load import load_partnership
from orchestration.settings import PROJECT_ROOT, Settings
from orchestration.state.database import open_state
from orchestration.state.ledger import Ledger
from orchestration.warehouse.build import _run, dbt_arguments

PAGE = PROJECT_ROOT / "docs" / "add-an-extract.md"
BLOCK = re.compile(r"```(?:yaml|sql)\n(?:#|--) (\S+)\n(.*?)```", re.DOTALL)
DIARY = """SleepDiaryID,LocalPatientID,NightOf,HoursSlept
D1,L1,2026-09-01,9.5
D2,L1,2026-09-02,
D3,L1,2026-10-02,8
D4,L1,02/09/2026,eight
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The folders a table is added to, with the page's three files in them."""
    for folder in (CONTRACTS_FOLDER, SUITES_FOLDER, PROJECT_ROOT / "dbt_project"):
        ignored = shutil.ignore_patterns("target", "logs", "*.py", "__pycache__")
        shutil.copytree(folder, tmp_path / folder.relative_to(PROJECT_ROOT), ignore=ignored)
    found = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
    assert len(found) == 3
    for name, text in found:
        (tmp_path / name).write_text(text, encoding="utf-8")
    sources = tmp_path / "dbt_project/models/staging/_staging__sources.yml"
    held = yaml.safe_load(sources.read_text(encoding="utf-8"))
    held["sources"][0]["tables"].append({"name": "local__sleep_diary"})
    sources.write_text(yaml.safe_dump(held), encoding="utf-8")
    return tmp_path


def test_a_table_is_a_contract_a_suite_and_a_staging_model(project: Path) -> None:
    settings = Settings(
        home=project / "home", dbt_project=project / "dbt_project", demo=True, threads=1,
        as_at=date(2026, 10, 31), received_at="mtime",
    )  # fmt: skip
    settings.make_folders()
    keys = load_keys(settings)
    catalogue = Catalogue(project / "orchestration/contracts")
    partnership = load_partnership()
    returns = tuple(
        due.model_copy(update={"tables": (*due.tables, "sleep_diary")})
        if "goal" in due.tables
        else due
        for due in partnership.returns
    )
    ledger = Ledger(open_state(settings))
    ledger.start_run("run-1", "test")
    suite = load_suite(project / SUITES_FOLDER.relative_to(PROJECT_ROOT), "local", "sleep_diary")
    desk = Desk(
        settings, partnership.model_copy(update={"returns": returns}), catalogue, keys, ledger,
        "run-1", lambda frame, _standard, _table: validate_suite(frame, suite),
    )  # fmt: skip
    sent = settings.landing / "RAL" / "sleep_diary_2026-09.csv"
    sent.parent.mkdir(parents=True)
    sent.write_text(DIARY, encoding="utf-8")
    con = duck.connect(settings)
    duck.attach(con, settings.build_file, "warehouse", keys.warehouse)
    con.execute("USE warehouse")
    prepare(con, catalogue)
    found = deliveries(settings.landing, look(settings.landing, ["RAL"]).values())
    summary = take_in(con, found, desk, lambda *_: None)
    con.close()
    assert dict(summary.counts) == {"loaded": 1}
    issues = {(i.rule_id, i.column_name) for i in ledger.frame("submission_issue").itertuples()}
    assert issues == {("night_outside_period", "night_of"), ("bad_number", "hours_slept")}
    checks = ledger.frame("check_result").set_index("check_id").status
    assert checks["rows_held_back"] == "not_applicable"  # four rows are too few to say
    assert "hours_slept_missing" in checks.index

    run = dbt_arguments(settings, "run", "--select", "stg_local__sleep_diary")
    done: subprocess.CompletedProcess[str] = _run(settings, keys, run)
    assert done.returncode == 0, done.stdout[-2000:]
    con = duck.connect(settings)
    duck.attach(con, settings.build_file, "warehouse", keys.warehouse, read_only=True)
    rows = con.execute(
        "SELECT sleep_diary_id, night_of, hours_slept FROM warehouse.staging.stg_local__sleep_diary"
        " ORDER BY ALL"
    ).fetchall()
    con.close()
    assert rows == [("D1", date(2026, 9, 1), 9.5), ("D2", date(2026, 9, 2), None)]
