"""What the partnership answers: who provides what when, which return is owed, which rule holds."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from orchestration.contracts.model import shipped_catalogue
from orchestration.partnership.load import SHIPPED, load_partnership
from orchestration.partnership.model import Partnership

SHIPPED_FILES = sorted(SHIPPED.parent.glob("*.yaml"))
GOOD = (Path(__file__).parent / "good.yaml").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def camden() -> Partnership:
    return load_partnership()


def changed(folder: Path, *changes: tuple[str, str]) -> Partnership:
    """The good small partnership with some of its text replaced."""
    text = GOOD
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = folder / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    return load_partnership(path)


def providers_of(partnership: Partnership, service: str, day: date) -> list[str]:
    return [
        s.provider_code for s in partnership.services if s.code == service and s.is_valid_on(day)
    ]


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=lambda p: p.stem)
def test_every_shipped_file_loads(path: Path) -> None:
    assert load_partnership(path).organisations


def test_every_return_of_the_shipped_file_has_its_contracts(camden: Partnership) -> None:
    owed = {(r.standard, table) for r in camden.returns for table in r.tables}
    assert owed <= set(shipped_catalogue().contracts)


# Who provides


@pytest.mark.parametrize(
    ("day", "provider"), [(date(2018, 3, 31), "RV3"), (date(2018, 4, 1), "RAL")]
)
@pytest.mark.parametrize("service", ["occupational_therapy", "physiotherapy"])
def test_a_service_that_moved_has_one_provider_on_either_side_of_the_day(
    camden: Partnership, service: str, day: date, provider: str
) -> None:
    assert providers_of(camden, service, day) == [provider]


def test_every_shipped_service_has_at_most_one_provider_on_any_change_day(
    camden: Partnership,
) -> None:
    days = {s.valid_from for s in camden.services}
    counts = {len(providers_of(camden, s.code, d)) for s in camden.services for d in days}
    assert counts <= {0, 1}


def test_a_validity_includes_its_first_and_last_day(tmp_path: Path) -> None:
    service = "provider_code: RV3\n    valid_from: 2014-10-01\n"
    found = changed(tmp_path, (service, f"{service}    valid_to: 2014-10-02\n")).services[0]
    days = [date(2014, 9, 30), date(2014, 10, 1), date(2014, 10, 2), date(2014, 10, 3)]
    assert [found.is_valid_on(d) for d in days] == [False, True, True, False]


def test_a_validity_of_one_day_is_allowed(tmp_path: Path) -> None:
    service = "provider_code: RV3\n    valid_from: 2014-10-01\n"
    found = changed(tmp_path, (service, f"{service}    valid_to: 2014-10-01\n")).services[0]
    assert found.is_valid_on(date(2014, 10, 1))


# Who is who


def test_an_organisation_is_known_by_its_code(camden: Partnership) -> None:
    found = camden.organisation("RV3")
    assert found is not None
    assert found.short_name == "CNWL"


def test_an_organisation_is_known_by_an_alias(camden: Partnership) -> None:
    found = camden.organisation("202")
    assert found is not None
    assert found.code == "E09000007"


def test_an_unknown_code_is_no_organisation(camden: Partnership) -> None:
    assert camden.organisation("RXX") is None


def test_of_two_rows_of_an_organisation_the_latest_answers(tmp_path: Path) -> None:
    row = "record_system: shared_record\n    valid_from: 2014-10-01\n    source: contract\n"
    again = (
        "  - code: RV3\n    name: First trust\n    short_name: Renamed\n    kind: nhs_trust\n"
        "    is_contract_party: true\n    valid_from: 2020-04-01\n    source: contract\n"
    )
    ended = row.replace("2014-10-01\n", "2014-10-01\n    valid_to: 2020-03-31\n")
    found = changed(tmp_path, (row, ended + again)).organisation("RV3")
    assert found is not None
    assert found.short_name == "Renamed"


def test_only_those_who_owe_a_return_are_partners(tmp_path: Path) -> None:
    assert changed(tmp_path).partner_codes == ("RV3",)


def test_the_shipped_partners_are_in_the_order_of_the_file(camden: Partnership) -> None:
    assert camden.partner_codes == ("RV3", "RKE", "RAL", "RNK", "E09000007")


# What is owed


def test_a_return_is_expected_from_its_first_month_on(tmp_path: Path) -> None:
    found = changed(tmp_path).expected_return("RV3", "csds", "cyp101", date(2023, 4, 1))
    assert found is not None
    assert found.due_days_after_period_end == 21


@pytest.mark.parametrize(
    ("partner", "standard", "table", "period"),
    [
        ("RV3", "csds", "cyp101", date(2023, 3, 1)),
        ("RV3", "csds", "cyp102", date(2023, 4, 1)),
        ("RV3", "local", "cyp101", date(2023, 4, 1)),
        ("E09000007", "csds", "cyp101", date(2023, 4, 1)),
    ],
    ids=["too_early", "another_table", "another_standard", "another_partner"],
)
def test_what_is_not_in_the_calendar_is_not_expected(
    tmp_path: Path, partner: str, standard: str, table: str, period: date
) -> None:
    assert changed(tmp_path).expected_return(partner, standard, table, period) is None


# Which rule holds


@pytest.mark.parametrize(("day", "value"), [(date(2020, 3, 31), 5), (date(2020, 4, 1), 7)])
def test_a_parameter_answers_for_its_day(tmp_path: Path, day: date, value: int) -> None:
    row = "decides: How close repeats are\n    valid_from: 2014-10-01\n    source: assumed\n"
    ended = row.replace("2014-10-01\n", "2014-10-01\n    valid_to: 2020-03-31\n")
    later = (
        "  - name: duplicate_gap_days\n    value: 7\n    decides: How close repeats are\n"
        "    valid_from: 2020-04-01\n    source: agreement\n"
    )
    found = changed(tmp_path, (row, ended + later))
    assert found.parameter("duplicate_gap_days", day).value == value


def test_a_parameter_before_its_first_day_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no parameter duplicate_gap_days on 2014-09-30"):
        changed(tmp_path).parameter("duplicate_gap_days", date(2014, 9, 30))


def test_an_unknown_parameter_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError, match="no parameter patience on 2020-01-01"):
        changed(tmp_path).parameter("patience", date(2020, 1, 1))


def test_a_change_of_threshold_without_a_gap_is_allowed(tmp_path: Path) -> None:
    row = "percent: 90\n    valid_from: 2014-10-01\n    source: assumed\n"
    ended = row.replace("2014-10-01\n", "2014-10-01\n    valid_to: 2020-03-31\n")
    later = (
        "  - kpi_id: timeliness\n    part: first_contact\n    percent: 92\n"
        "    valid_from: 2020-04-01\n    source: agreement\n"
    )
    assert len(changed(tmp_path, (row, ended + later)).thresholds) == 2
