"""Every mistake a partnership file can hold is named by file, line, field and reason.

Each file of `bad/` is `good.yaml` with one mistake, and each mistake is named in one line.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.partnership.load import PartnershipError, load_partnership

HERE = Path(__file__).parent
MISTAKES = [
    # what is there, what is missing
    ("unknown_field", 12, "organisations.0.postcode", "Extra inputs are not permitted"),
    ("unknown_field_at_the_top", 6, "phone", "Extra inputs are not permitted"),
    ("missing_field", 26, "services.0.discipline", "Field required"),
    ("missing_list", 2, "parameters", "Field required"),
    ("empty_list", 33, "teams", "Tuple should have at least 1 item after validation, not 0"),
    ("field_given_twice", 11, "name", "given twice"),
    # values
    (
        "wrong_type",
        44,
        "returns.0.due_days_after_period_end",
        "Input should be a valid integer, unable to parse string as an integer",
    ),
    (
        "not_a_date",
        54,
        "kpi_versions.0.valid_from",
        "Input should be a valid date or datetime, invalid character in year",
    ),
    (
        "unknown_kind",
        11,
        "organisations.0.kind",
        "Input should be 'nhs_trust', 'local_authority' or 'commissioner'",
    ),
    (
        "unknown_source",
        69,
        "parameters.0.source",
        "Input should be 'contract', 'agreement' or 'assumed'",
    ),
    (
        "unknown_kpi",
        58,
        "thresholds.0.kpi_id",
        "Input should be 'timeliness', 'experience', 'care_plan', 'transition' or 'goals'",
    ),
    (
        "unknown_part",
        59,
        "thresholds.0.part",
        "Input should be 'overall', 'first_contact', 'autism_assessment', 'fft' or 'confidence'",
    ),
    ("sharing_with_a_stranger", 78, "sharing.0.partner_code", "RKE is unknown"),
    ("sharing_for_no_purpose", 82, "sharing.0.purpose", "marketing is unknown"),
    (
        "unknown_column_group",
        81,
        "sharing.0.column_groups.1",
        "Input should be 'identity', 'demographic', 'activity', 'clinical', 'safeguarding',"
        " 'social_care', 'education', 'experience', 'staff' or 'free_text'",
    ),
    ("sharing_without_dpia", 77, "sharing.0.dpia", "Field required"),
    ("unknown_operator", 61, "thresholds.0.operator", "Input should be '>='"),
    (
        "unknown_setting",
        38,
        "teams.0.setting",
        "Input should be 'community', 'special_school' or 'under_fives'",
    ),
    (
        "organisation_code_pattern",
        8,
        "organisations.0.code",
        "String should match pattern '^[A-Z0-9]{3,9}$'",
    ),
    (
        "service_code_pattern",
        26,
        "services.0.code",
        "String should match pattern '^[a-z][a-z0-9_]*$'",
    ),
    (
        "discipline_pattern",
        28,
        "services.0.discipline",
        "String should match pattern '^[a-z][a-z0-9_]*$'",
    ),
    (
        "team_type_pattern",
        37,
        "teams.0.team_type",
        "String should match pattern '^[A-Z]?[0-9]{2}$'",
    ),
    (
        "parameter_name_pattern",
        65,
        "parameters.0.name",
        "String should match pattern '^[a-z][a-z0-9_]*$'",
    ),
    # bounds
    ("percent_over_100", 60, "thresholds.0.percent", "Input should be less than or equal to 100"),
    ("percent_zero", 60, "thresholds.0.percent", "Input should be greater than 0"),
    ("version_zero", 52, "kpi_versions.0.version", "Input should be greater than or equal to 1"),
    (
        "limit_of_no_days",
        53,
        "kpi_versions.0.limit_days",
        "Input should be greater than or equal to 1",
    ),
    (
        "due_too_late",
        44,
        "returns.0.due_days_after_period_end",
        "Input should be less than or equal to 366",
    ),
    (
        "return_without_tables",
        43,
        "returns.0.tables",
        "Tuple should have at least 1 item after validation, not 0",
    ),
    (
        "withholds_nothing",
        72,
        "disclosure.withhold_below",
        "Input should be greater than or equal to 2",
    ),
    ("rounds_to_nothing", 73, "disclosure.round_to", "Input should be greater than or equal to 1"),
    # names that must exist
    (
        "unknown_successor_of_organisation",
        14,
        "organisations.0.successor_code",
        "G6V is unknown",
    ),
    ("unknown_successor_of_service", 32, "services.0.successor_code", "feeding is unknown"),
    ("unknown_provider", 29, "services.0.provider_code", "RKE is unknown"),
    ("unknown_service", 36, "teams.0.service_code", "feeding is unknown"),
    ("unknown_partner", 41, "returns.0.partner_code", "RKE is unknown"),
    ("unknown_covered_party", 45, "returns.0.covers.1", "RKE is unknown"),
    # dates
    ("ends_before_it_starts", 31, "services.0.valid_to", "valid_to is before valid_from"),
    (
        "overlapping_organisations",
        24,
        "organisations.2",
        "E09000007 has two rows valid on 2016-04-01",
    ),
    ("overlapping_services", 32, "services.1", "dietetics has two rows valid on 2016-04-01"),
    ("overlapping_by_one_day", 33, "services.1", "dietetics has two rows valid on 2018-04-01"),
    ("overlapping_teams", 39, "teams.1", "DIET has two rows valid on 2016-04-01"),
    ("overlapping_returns", 48, "returns.1", "RV3 csds.cyp101 has two rows valid on 2024-04-01"),
    (
        "overlapping_versions",
        56,
        "kpi_versions.1",
        "timeliness first_contact has two rows valid on 2016-04-01",
    ),
    (
        "overlapping_thresholds",
        63,
        "thresholds.1",
        "timeliness first_contact has two rows valid on 2016-04-01",
    ),
    (
        "overlapping_parameters",
        70,
        "parameters.1",
        "duplicate_gap_days has two rows valid on 2016-04-01",
    ),
    (
        "version_without_threshold",
        50,
        "kpi_versions.0",
        "version 1 has no threshold on 2014-10-01",
    ),
    (
        "threshold_that_ends_early",
        50,
        "kpi_versions.0",
        "version 1 has no threshold on 2020-04-01",
    ),
]
UNREADABLE = [
    ("not_yaml", 9, "not YAML: expected ',' or ']', but got ':'"),
    ("two_documents", 2, "not YAML: but found another document"),
    ("not_utf8", 1, "not YAML in UTF-8"),
    ("empty", 1, "the file holds no mapping of fields"),
    ("a_list", 1, "the file holds no mapping of fields"),
]


def message_about(name: str) -> str:
    with pytest.raises(PartnershipError) as caught:
        load_partnership(HERE / "bad" / f"{name}.yaml")
    return str(caught.value)


@pytest.mark.parametrize(
    ("name", "line", "field", "reason"), MISTAKES, ids=[m[0] for m in MISTAKES]
)
def test_a_mistake_is_named_by_file_line_field_and_reason(
    name: str, line: int, field: str, reason: str
) -> None:
    assert message_about(name) == f"{name}.yaml, line {line}: {field}: {reason}"


@pytest.mark.parametrize(("name", "line", "reason"), UNREADABLE, ids=[m[0] for m in UNREADABLE])
def test_a_file_that_holds_no_fields_is_named_by_line_and_reason(
    name: str, line: int, reason: str
) -> None:
    assert message_about(name) == f"{name}.yaml, line {line}: {reason}"


def test_every_bad_file_has_its_expectation() -> None:
    named = {m[0] for m in MISTAKES} | {m[0] for m in UNREADABLE}
    assert {p.stem for p in (HERE / "bad").glob("*.yaml")} == named


def test_the_file_the_bad_ones_were_made_from_is_good() -> None:
    assert load_partnership(HERE / "good.yaml").name == "A small alliance"


def test_two_mistakes_are_named_in_two_lines(tmp_path: Path) -> None:
    text = (HERE / "good.yaml").read_text(encoding="utf-8")
    path = tmp_path / "two.yaml"
    path.write_text(text.replace("percent: 90", "percent: 0").replace("round_to: 5", "round_to: 0"))
    with pytest.raises(PartnershipError) as caught:
        load_partnership(path)
    assert [line.split(": ")[1] for line in str(caught.value).splitlines()] == [
        "thresholds.0.percent",
        "disclosure.round_to",
    ]
