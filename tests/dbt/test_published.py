"""Snapshots: what each audience gets, that nothing identifies a child, and what a correction says."""

from __future__ import annotations

import hashlib
import json
import re

import duckdb
import pandas as pd
import pytest

from orchestration import duck
from orchestration.warehouse.publish import (
    AGGREGATES,
    CHILD_LEVEL,
    NotPassedError,
    clean_leftovers,
    prune,
    publish,
    write_operations,
)
from orchestration.warehouse.results import BuildResult, NodeResult
from orchestration.warehouse.snapshot import Audience, current, open_snapshot, query
from orchestration.warehouse.stamp import fingerprint, next_build_id

from .conftest import Story
from .small_alliance import NHS_NUMBERS, SEEN_LATER

AUDIENCES: tuple[Audience, ...] = ("board", "operational")
IDENTIFIERS = re.compile(
    r"local_patient|service_request|care_contact|nhs|birth|postcode|surname|anchor"
)
LOCAL_IDS = re.compile(r"PATIENT\d|REQUEST\d|CONTACT\d|NW5")
Q1 = "quarter = '2026-27 Q1' and kpi_id = 'timeliness'"


def ask(story: Story, audience: Audience, sql: str) -> pd.DataFrame:
    return query(story.alliance.settings, story.alliance.keys, audience, sql)


def test_counts_are_right_and_status_follows_them(story: Story) -> None:
    found = ask(
        story,
        "operational",
        f"select code, numerator, denominator, status from kpi_result where {Q1} and level = 'service'"
        " and denominator > 0 order by code",
    )
    assert found.values.tolist() == [
        ["camhs", 9, 10, "met"],
        ["physiotherapy", 11, 12, "met"],
        ["speech_and_language", 45 + SEEN_LATER, 60, "not_met"],
    ]


def test_a_request_in_two_extracts_is_one_referral(story: Story) -> None:
    found = ask(story, "operational", "select standard, count(*) as n from referral group by all")
    assert dict(found.values.tolist()) == {"csds": 72, "mhsds": 10}


def test_who_opted_out_is_counted_as_left_out_and_stands_nowhere_else(story: Story) -> None:
    left_out = ask(
        story,
        "operational",
        f"select code, count from kpi_exclusion where {Q1} and exclusion_reason = 'opted_out'"
        " and level = 'service'",
    )
    assert left_out.values.tolist() == [["physiotherapy", 1]]
    for table, children in (("child", 72), ("contact", 72), ("measure_unit", 72)):
        found = ask(story, "operational", f"select count(distinct child_key) from {table}")
        assert found.iat[0, 0] <= children
    assert ask(story, "operational", "select count(*) from child").iat[0, 0] == 72


def test_a_child_of_two_records_and_standards_is_one(story: Story) -> None:
    found = ask(
        story,
        "operational",
        "select count(*) from (select child_key from referral where standard = 'mhsds'"
        " intersect select child_key from referral where standard = 'csds')",
    )
    assert found.iat[0, 0] == 10


def test_a_party_is_judged_by_the_standard_it_keeps_to(story: Story) -> None:
    found = ask(
        story,
        "operational",
        f"select numerator, denominator, status from kpi_result where {Q1} and code = 'RNK'",
    )
    assert found.values.tolist() == [[9, 10, "met"]]


def test_a_yearly_return_adds_no_quarter_before_the_first_monthly_one(story: Story) -> None:
    found = ask(story, "board", "select min(quarter) from kpi_result")
    assert found.iat[0, 0] == "2023-24 Q1"


def test_a_quarter_whose_returns_never_came_is_late(story: Story) -> None:
    found = ask(
        story,
        "board",
        "select distinct status, reason from kpi_result"
        " where quarter = '2025-26 Q4' and level = 'provider' and code = 'RKE'",
    )
    assert found.values.tolist() == [["not_assessed", "late"]]


@pytest.mark.parametrize("audience", AUDIENCES)
def test_every_table_is_there_with_its_build(story: Story, audience: Audience) -> None:
    wanted = set(AGGREGATES) | (set(CHILD_LEVEL) if audience == "operational" else set())
    found = ask(
        story,
        audience,
        "select table_name from duckdb_columns()"
        " where database_name = 'snapshot' and column_name = 'build_id'",
    )
    assert set(found["table_name"]) == wanted


@pytest.mark.parametrize("audience", AUDIENCES)
def test_no_column_or_value_identifies_a_child(story: Story, audience: Audience) -> None:
    con = open_snapshot(story.alliance.settings, story.alliance.keys, audience)
    columns = con.execute(
        "select table_name, column_name, data_type from duckdb_columns()"
        " where database_name = 'snapshot'"
    ).fetchall()
    assert [c for c in columns if IDENTIFIERS.search(c[1])] == []
    texts: list[str] = []
    for table, column, kind in columns:
        if kind == "VARCHAR":
            rows = con.execute(f'select distinct "{column}" from "{table}"').fetchall()
            texts += [row[0] for row in rows if row[0]]
    con.close()
    assert [t for t in texts if LOCAL_IDS.search(t) or t in NHS_NUMBERS] == []


def test_the_board_sees_no_small_number_and_no_child(story: Story) -> None:
    con = open_snapshot(story.alliance.settings, story.alliance.keys, "board")
    counted = con.execute(
        "select table_name, column_name from duckdb_columns() where database_name = 'snapshot'"
        " and data_type = 'BIGINT'"
    ).fetchall()
    shown = {
        (table, column, row[0])
        for table, column in counted
        for row in con.execute(f'select "{column}" from "{table}"').fetchall()
    }
    con.close()
    assert len(counted) >= 11
    assert [s for s in shown if s[2] is not None and (0 < s[2] < 8 or s[2] % 5)] == []


def test_a_small_complement_withholds_the_share_and_leaves_the_status(story: Story) -> None:
    found = ask(
        story,
        "board",
        f"select numerator, denominator, value, withheld, status from kpi_result where {Q1}"
        " and code = 'physiotherapy'",
    )
    assert found.isna().loc[0, ["numerator", "value"]].all()
    assert found.loc[0, ["denominator", "withheld", "status"]].tolist() == [10, True, "met"]


def test_the_checks_of_the_run_and_of_intake_are_published(story: Story) -> None:
    found = ask(story, "operational", "select kind, count(*) as n from dq_result group by kind")
    assert dict(found.values.tolist()) == {
        "row_rule": 2,  # broken in April, mended in May
        "expectation": 1,
        "warehouse_test": len(story.second.tests),
    }


def test_a_check_has_a_trend_from_period_to_period(story: Story) -> None:
    found = ask(
        story,
        "operational",
        "select month(period), failed, status, trend, is_latest from dq_result"
        " where check_id = 'mandatory_blank' order by period",
    )
    assert found.values.tolist() == [
        [4, 3, "fail", "new", False],
        [5, 0, "pass", "resolved", False],
    ]


def test_the_score_of_a_month_is_coverage_times_quality(story: Story) -> None:
    found = ask(
        story,
        "operational",
        "select due, received, completeness, round(validity, 3), round(score, 3) from dq_score"
        " where partner_code = 'RKE' and standard = 'csds' and period = date '2026-04-01'",
    )
    validity = 100 * 100 / 103
    score = 7 / 20 * (75 + validity) / 2
    assert found.values.tolist() == [[20, 7, 75, round(validity, 3), round(score, 3)]]


def test_what_a_partner_began_to_send_is_listed_and_the_board_reads_no_code(story: Story) -> None:
    sql = "select kind, column_name, value from drift"
    assert ask(story, "operational", sql).values.tolist() == [
        ["code_new", "attendance_status", "X9"]
    ]
    assert ask(story, "board", sql)["value"].isna().all()


def test_decisions_about_held_back_rows_are_counted_the_latest_of_each_row(story: Story) -> None:
    found = ask(
        story,
        "operational",
        "select released, refused from submission where released is not null",
    )
    assert found["released"].tolist() == [2]
    assert found["refused"].isna().all()


def test_a_second_version_restates_the_quarter_and_names_its_cause(story: Story) -> None:
    assert story.first_published.restatements == []
    found = {(r["level"], r["code"]): r for r in story.second_published.restatements}
    assert set(found) == {
        ("service", "speech_and_language"),
        ("provider", "RKE"),
        ("partnership", "partnership"),
    }
    row = found["service", "speech_and_language"]
    assert (row["before_numerator"], row["after_numerator"]) == (45, 45 + SEEN_LATER)
    assert row["cause"] == "RKE csds.cyp201 2026-05 version 2"
    assert row["previous_build_id"] == story.first_published.snapshot.build_id


def test_the_board_reads_the_correction_disclosed(story: Story) -> None:
    found = ask(
        story,
        "board",
        "select before_numerator, after_numerator, before_denominator from restatement"
        " where level = 'service'",
    )
    assert found.values.tolist() == [[45, 50, 60]]


def test_the_manifest_holds_hashes_dates_and_versions(story: Story) -> None:
    snapshot = story.second_published.snapshot
    manifest = snapshot.manifest
    for name, digest in manifest["files"].items():
        assert hashlib.sha256((snapshot.folder / name).read_bytes()).hexdigest() == digest
    assert manifest["data_to"] == dict.fromkeys(("RAL", "RKE", "RNK", "RV3"), "2026-06-30")
    assert manifest["contracts"]["csds.cyp201"] == "1.6"


def test_the_pointer_names_the_second_build_and_the_first_is_kept(story: Story) -> None:
    snapshot = current(story.alliance.settings)
    assert snapshot == story.second_published.snapshot
    assert story.first_published.snapshot.folder.is_dir()


@pytest.mark.parametrize("audience", AUDIENCES)
def test_a_snapshot_refuses_a_wrong_key(story: Story, audience: Audience) -> None:
    settings, keys = story.alliance.settings, story.alliance.keys
    other = keys.operational if audience == "board" else keys.board
    con = duck.connect(settings)
    with pytest.raises(duckdb.Error, match="cannot open"):
        duck.attach(con, story.second_published.snapshot.file(audience), "s", other, read_only=True)


@pytest.mark.parametrize(
    "sql",
    [
        "create table snapshot.x as select 1",
        "delete from kpi_result",
        "attach '/tmp/other.duckdb'",
        "select * from read_csv('/etc/passwd')",
        "copy kpi_result to '/tmp/leak.csv'",
        "set enable_external_access = true",
    ],
)
def test_a_query_can_only_read_the_snapshot(story: Story, sql: str) -> None:
    with pytest.raises(duckdb.Error):
        ask(story, "board", sql)


def test_a_build_with_a_failed_test_is_not_published(story: Story) -> None:
    failed = NodeResult("test.x", "x", "test", "fail", 0.1, 1, "", "error", "conformance", "", "")
    alliance = story.alliance
    with pytest.raises(NotPassedError, match="x"):
        publish(
            alliance.settings,
            alliance.keys,
            alliance.catalogue,
            alliance.stamp,
            BuildResult((failed,), 1.0),
            submissions=alliance.submissions,
            fingerprint="",
        )


def test_what_a_killed_publisher_left_is_removed_and_the_pointer_stays(story: Story) -> None:
    published = story.alliance.settings.published
    leftover = published / ".new-2026-01-01.1"
    leftover.mkdir()
    (leftover / "board.duckdb").write_bytes(b"half")
    before = json.loads((published / "current.json").read_text())
    clean_leftovers(story.alliance.settings)
    assert not leftover.exists()
    assert json.loads((published / "current.json").read_text()) == before


def test_operations_are_replaced_whole(story: Story) -> None:
    settings, keys = story.alliance.settings, story.alliance.keys
    for rows in (1, 2):
        frame = pd.DataFrame({"run_id": [str(n) for n in range(rows)]})
        path = write_operations(settings, keys, {"run": frame})
    con = duck.connect(settings)
    duck.attach(con, path, "operations", keys.operational, read_only=True)
    assert con.execute("select count(*) from operations.run").fetchone() == (2,)
    con.close()
    assert list(settings.published.glob(".new-*")) == []


def test_old_snapshots_are_pruned_and_never_the_current_one(story: Story) -> None:
    settings = story.alliance.settings
    older = [settings.published / f"2020-01-01.{n}" for n in range(1, 13)]
    for folder in older:
        folder.mkdir()
    removed = prune(settings)
    assert removed[-1] == "2020-01-01.1"
    assert "2020-01-01.12" not in removed
    assert story.second_published.snapshot.folder.is_dir()
    for folder in older:
        if folder.exists():
            folder.rmdir()


def test_the_same_ledger_has_the_same_fingerprint_and_a_new_file_another(story: Story) -> None:
    alliance = story.alliance
    held = story.second_published.snapshot.manifest["fingerprint"]
    assert fingerprint(alliance.settings, list(reversed(alliance.submissions))) == held
    more = {**alliance.submissions[0], "ledger_id": 9999, "is_active": True}
    assert fingerprint(alliance.settings, [*alliance.submissions, more]) != held
    assert story.first_published.snapshot.manifest["fingerprint"] != held


def test_build_numbers_go_on_within_a_day(story: Story) -> None:
    published = story.alliance.settings.published
    day = story.alliance.stamp.built_at.date()
    assert next_build_id(published, day) == f"{day}.3"
