"""What dbt reads besides the extracts: the calendar, and the KPI definitions."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.contracts.model import shipped_catalogue
from orchestration.partnership.load import load_partnership
from orchestration.partnership.model import Return
from orchestration.settings import Settings
from orchestration.warehouse.context import definition_rows, parameter_row, return_calendar
from orchestration.warehouse.definitions import DefinitionError, read_definitions

PROJECT = Settings().dbt_project


def test_a_period_is_expected_once_its_last_day_is_past() -> None:
    returns = load_partnership().returns
    monthly = next(r for r in returns if r.standard == "csds")
    yearly = next(r for r in returns if r.standard == "cin")
    catalogue = shipped_catalogue()

    def last(due: Return, as_at: date) -> tuple[date, date]:
        row = return_calendar([due], catalogue, as_at)[-1]
        return row["period_start"], row["period_end"]

    assert last(monthly, date(2026, 5, 31)) == (date(2026, 4, 1), date(2026, 4, 30))
    assert last(monthly, date(2026, 6, 1)) == (date(2026, 5, 1), date(2026, 5, 31))
    assert last(yearly, date(2026, 3, 31)) == (date(2024, 4, 1), date(2025, 3, 31))
    assert last(yearly, date(2026, 4, 1)) == (date(2025, 4, 1), date(2026, 3, 31))


def test_every_table_of_a_return_is_due_after_its_days() -> None:
    due = load_partnership().returns[0]
    rows = return_calendar([due], shipped_catalogue(), date(2023, 6, 1))
    assert len(rows) == 2 * len(due.tables)
    assert {row["due_on"] for row in rows} == {date(2023, 5, 21), date(2023, 6, 21)}


def test_a_parameter_is_text_number_and_list() -> None:
    partnership = load_partnership()
    age = parameter_row(partnership.parameter("timeliness_age_below_years", date(2026, 1, 1)))
    codes = parameter_row(partnership.parameter("attended_statuses", date(2026, 1, 1)))
    assert (age["value_number"], age["value_list"]) == (19, ["19"])
    assert (codes["value_number"], codes["value_list"]) == (None, ["5", "6"])


def test_every_version_of_a_kpi_has_its_definition_and_its_change() -> None:
    rows = definition_rows(read_definitions(PROJECT), load_partnership())
    found = {(row["kpi_id"], row["version"]): row for row in rows}
    assert found["timeliness", 1]["limit_days"] == 56
    assert found["timeliness", 2]["change_log"].startswith("2019-04-01:")


@pytest.mark.parametrize(
    ("was", "becomes", "message"),
    [
        ("checker: Head of service", "checker: Performance lead", "two people"),
        ("better: higher", "better: more", "better"),
        ("title: Seen in time", "titel: Seen in time", "titel"),
        ("review_date: 2027-04-01", "review_date: next year", "review_date"),
    ],
)
def test_a_mistake_in_a_definition_names_its_file_and_field(
    tmp_path: Path, was: str, becomes: str, message: str
) -> None:
    folder = tmp_path / "models" / "measures"
    folder.mkdir(parents=True)
    text = (PROJECT / "models" / "measures" / "measure_timeliness.yml").read_text()
    assert was in text
    (folder / "measure_timeliness.yml").write_text(text.replace(was, becomes))
    with pytest.raises(DefinitionError, match=rf"(?s)measure_timeliness\.yml.*{message}"):
        read_definitions(tmp_path)
