"""dbt: every unit test, every data test, and nothing in its folders that should not be there."""

from __future__ import annotations

import duckdb
import pytest

from orchestration import duck
from orchestration.warehouse.build import dbt_folder, manifest_path, prepare_manifest

from .conftest import Story
from .small_alliance import NHS_NUMBERS

UNIT_TESTS = 36


def test_every_dbt_unit_test_passes(story: Story) -> None:
    ran = [node for node in story.first.nodes if node.kind == "unit_test"]
    failed = {node.name: node.message for node in ran if node.status != "pass"}
    assert not failed
    assert len(ran) >= UNIT_TESTS


def test_every_model_builds_and_every_check_passes(story: Story) -> None:
    assert story.first.passed, [(n.name, n.message) for n in story.first.failed]
    assert not story.first.warned, [(n.name, n.message) for n in story.first.warned]


def test_a_production_run_leaves_unit_tests_out(story: Story) -> None:
    assert {node.kind for node in story.second.nodes} == {"model", "test"}


def test_no_key_and_no_value_of_a_row_reaches_dbts_folder(story: Story) -> None:
    keys = story.alliance.keys
    secrets = [keys.warehouse, keys.pseudonym.hex(), NHS_NUMBERS[0], "PATIENT1", "REQUEST1"]
    written = b"".join(
        path.read_bytes()
        for path in dbt_folder(story.alliance.settings).rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )
    assert [secret for secret in secrets if secret.encode() in written] == []


def test_the_build_file_is_encrypted(story: Story) -> None:
    settings = story.alliance.settings
    assert NHS_NUMBERS[0].encode() not in settings.build_file.read_bytes()
    con = duck.connect(settings)
    with pytest.raises(duckdb.Error, match=r"build\.duckdb"):
        duck.attach(con, settings.build_file, "warehouse", "0" * 64, read_only=True)


def test_a_prepared_manifest_is_kept_while_no_file_is_newer(story: Story) -> None:
    settings = story.alliance.settings
    before = manifest_path(settings).stat().st_mtime_ns
    assert prepare_manifest(settings, story.alliance.keys).stat().st_mtime_ns == before
