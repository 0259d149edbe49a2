"""The scheduler's code location loads, and holds what a reviewed list says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import dagster as dg
import pytest

GOLDEN = Path(__file__).parent.parent / "golden" / "asset_keys.txt"


@pytest.fixture(scope="module")
def code_location(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    patch = pytest.MonkeyPatch()
    patch.setenv("CICS_HOME", str(tmp_path_factory.mktemp("home")))
    patch.setenv("CICS_DEMO", "true")
    from orchestration import definitions

    yield definitions
    patch.undo()


def test_asset_keys_are_the_reviewed_ones(code_location: ModuleType) -> None:
    graph = code_location.defs.resolve_asset_graph()
    keys = sorted(key.to_user_string() for key in graph.get_all_asset_keys())
    reviewed = GOLDEN.read_text(encoding="utf-8").split()
    assert keys == reviewed, (
        "an asset came or went: review it, then edit tests/golden/asset_keys.txt"
    )


def test_there_is_an_asset_for_each_partner_and_standard_with_its_months(
    code_location: ModuleType,
) -> None:
    graph = code_location.defs.resolve_asset_graph()
    node = graph.get(dg.AssetKey(["returns", "RAL", "csds"]))
    months = node.partitions_def.get_partition_keys(current_time=None)
    assert months[0] == "2023-04-01"


def test_the_usual_pass_ends_in_the_snapshot_and_runs_in_one_process(
    code_location: ModuleType,
) -> None:
    job = code_location.defs.resolve_job_def("pipeline")
    assert job.executor_def.name == "in_process"
    names = {node.name for node in job.nodes}
    assert {"intake", "dbt_models", "snapshot"} <= names


def test_warehouse_checks_block_and_a_partners_bad_file_does_not(code_location: ModuleType) -> None:
    graph = code_location.defs.resolve_asset_graph()
    accepted = [k for k in graph.asset_check_keys if k.name == "accepted"]
    assert len(accepted) == 12
    assert not any(graph.get_check_spec(k).blocking for k in accepted)


def test_nightly_and_monthly_hours_are_londons(code_location: ModuleType) -> None:
    schedules = {s.name: s for s in code_location.defs.schedules}
    assert schedules["nightly"].cron_schedule == "0 2 * * *"
    assert {s.execution_timezone for s in schedules.values()} == {"Europe/London"}
    assert len(schedules) == 2


def test_the_sensor_asks_for_one_run_for_all_that_has_settled(
    code_location: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.assets.home import pipeline
    from orchestration.sensors import landing

    monkeypatch.setenv("CICS_SCHEDULER_START", "today")
    instance = dg.DagsterInstance.ephemeral()

    def tick(cursor: str | None) -> dg.SensorResult:
        context = dg.build_sensor_context(instance=instance, cursor=cursor)
        found = landing(context)
        assert isinstance(found, dg.SensorResult)
        return found

    first = tick(None)
    assert len(first.run_requests or []) == 1, "a fresh start always looks once"
    for name in ("a.csv", "b.csv"):
        path = pipeline.settings.landing / "RAL" / "2026-09" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x", encoding="utf-8")
    second = tick(first.cursor)
    assert not second.run_requests, "seen once is not settled"
    third = tick(second.cursor)
    assert len(third.run_requests or []) == 1
    for path in pipeline.settings.landing.rglob("*.csv"):
        path.unlink()


def test_a_run_left_by_a_killed_scheduler_is_marked_failed(
    code_location: ModuleType, tmp_path: Path
) -> None:
    from orchestration.scheduling import clear_orphaned_runs
    from orchestration.settings import Settings

    settings = Settings(home=tmp_path, demo=True, as_at=date(2026, 10, 31))
    assert clear_orphaned_runs(settings) == 0
    job = code_location.defs.resolve_job_def("pipeline")
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        run = instance.create_run_for_job(job, status=dg.DagsterRunStatus.STARTED)
    assert clear_orphaned_runs(settings) == 1
    with dg.DagsterInstance.from_config(str(settings.dagster_home)) as instance:
        found = instance.get_run_by_id(run.run_id)
        assert found is not None
        assert found.status is dg.DagsterRunStatus.FAILURE
