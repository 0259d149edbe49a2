"""Words, figures and headlines: pure, one rule at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from dashboards import words
from dashboards.components.kpi.cell import result_cell
from dashboards.findings import kpi_sentences
from dashboards.findings.figures import count_text, percent_text, result_count
from dashboards.findings.kpi_matrix import counts_line, judged_cells, matrix, missed_services
from dashboards.findings.names import Names
from dashboards.findings.text import MAX_WORDS, listed, moment, number, quarter_name
from dashboards.published.rows import KpiDefinition, KpiResult, Party
from dashboards.theme import TONES

RESULT = KpiResult(
    "timeliness", "first_contact", "2026-27 Q2", "provider", "RV3", date(2026, 7, 1),
    date(2026, 9, 30), "RV3", 2, 81, 90, 90.0, 90.0, "assumed", "met", None, False, None, 20.0,
)  # fmt: skip
DEFINITION = KpiDefinition(
    "timeliness", "first_contact", 2, "First contact within 6 weeks", *[None] * 5, "higher", ">=",
    90.0, "assumed", 42, *[None] * 6,
)  # fmt: skip
TITLES = {("timeliness", "first_contact"): DEFINITION}
LONG = ("Central and North West London NHS Foundation Trust", "Whittington Health NHS Trust",
        "Royal Free London NHS Foundation Trust",
        "Tavistock and Portman NHS Foundation Trust")  # fmt: skip
NAMES = Names(
    [
        Party("partner", code, name, name.split()[0], code, True, None, None, position)
        for position, (code, name) in enumerate(
            zip(("RV3", "RKE", "RAL", "RNK"), LONG, strict=True)
        )
    ]
)
PROVIDERS = ("RV3", "RKE", "RAL", "RNK")


def of(code: str, status: str, **changes: object) -> KpiResult:
    return replace(RESULT, code=code, provider_code=code, status=status, **changes)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("tone", TONES)
def test_every_status_can_be_read_on_its_tint(tone: str) -> None:
    light, dark = sorted((luminance(TONES[tone].ink), luminance(TONES[tone].tint)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 6


def test_every_word_has_a_tone() -> None:
    every = [*words.KPI_STATUS.values(), *words.RETURN_STATUS.values(), words.BY_GROUP]
    assert {word.tone for word in every} <= set(TONES)
    assert all(word.text for word in every)


def test_a_status_kept_from_this_audience_is_the_groups() -> None:
    assert words.kpi_status(None).text == "Assessed by PQG"


@pytest.mark.parametrize(
    ("value", "status", "operator", "said"),
    [
        (89.6, "not_met", ">=", "just short of 90%"),
        (90.0, "met", ">=", "90%"),
        (89.0, "met", ">=", "just within 90%"),
        (84.4, "not_met", ">=", "84%"),
        (9.6, "met", "<=", "10%"),
        (None, "met", ">=", ""),
    ],
)
def test_a_rounded_percentage_never_contradicts_its_verdict(
    value: float | None, status: str, operator: str, said: str
) -> None:
    threshold = 10.0 if operator == "<=" else 90.0
    assert percent_text(value, status, threshold, operator) == said


@pytest.mark.parametrize(
    ("count", "withheld", "rounded", "said"),
    [
        (0, False, True, "0"),
        (None, True, True, "Fewer than 8"),
        (None, False, True, "No figure"),
        (40, False, True, "about 40"),
        (41, False, False, "41"),
    ],
)
def test_zero_withheld_and_absent_are_three_things(
    count: int | None, withheld: bool, rounded: bool, said: str
) -> None:
    assert count_text(count, withheld=withheld, rounded=rounded) == said


def test_a_withheld_percentage_keeps_its_cases() -> None:
    few = replace(RESULT, numerator=None, value=None, denominator=85, withheld=True)
    assert result_count(few, rounded=True) == "about 85 cases, percentage withheld"
    fewer = replace(few, denominator=None)
    assert result_count(fewer, rounded=True) == "Fewer than 8 cases"


@pytest.mark.parametrize("a", ["met", "not_met", "not_assessed", "not_due", "not_applicable"])
@pytest.mark.parametrize("b", ["met", "not_met", "not_assessed", "not_due", "not_applicable"])
def test_no_headline_is_longer_than_thirty_words(a: str, b: str) -> None:
    results = [
        of("RV3", a, reason="late"), of("RKE", b, reason="failed_checks"),
        of("RAL", a, reason="incomplete"), of("RNK", b, reason="late"),
    ]  # fmt: skip
    for line in kpi_sentences.overview(results, TITLES, NAMES):
        assert len(line.split()) <= MAX_WORDS, line
        assert line.endswith(".")


@pytest.mark.parametrize(
    ("statuses", "said"),
    [
        (("met",) * 4, "In Quarter 2 of 2026-27, all four providers met"),
        (("met", "not_met", "met", "met"), "three of four providers met"),
        (("not_met",) * 4, "no provider met"),
        (("met", "met", "met", "not_applicable"), "all three providers met"),
        (("not_due",) * 4, "Quarter 2 of 2026-27 is not due yet"),
    ],
)
def test_the_headline_answers_who_met_it(statuses: tuple[str, ...], said: str) -> None:
    results = [of(code, status) for code, status in zip(PROVIDERS, statuses, strict=True)]
    assert said in kpi_sentences.overview(results, TITLES, NAMES)[0]


def test_late_data_are_never_called_missed() -> None:
    lines = kpi_sentences.overview(
        [of("RV3", "met"), of("RKE", "not_assessed", reason="late", value=None)], TITLES, NAMES
    )
    assert "Not assessed for Whittington Health NHS Trust because data are late." in lines
    assert not [line for line in lines if line.startswith("Not met")]


def test_each_reason_not_to_judge_ends_its_own_sentence() -> None:
    lines = kpi_sentences.overview(
        [
            of("RV3", "met"),
            of("RKE", "not_assessed", reason="late", value=None),
            of("RNK", "not_assessed", reason="no_return_agreed", value=None),
        ],
        TITLES,
        NAMES,
    )
    assert lines[-1] == (
        "Not assessed for Whittington Health NHS Trust because data are late, or for Tavistock and "
        "Portman NHS Foundation Trust because no return is agreed."
    )


def test_a_bar_is_not_drawn_where_it_would_contradict_the_verdict() -> None:
    cell = result_cell(of("RV3", "met", value=88.9), "just within 90%", [], rounded=True)
    assert "cics-bar" not in cell
    assert "just within 90%" in cell


def test_a_miss_by_one_service_is_never_called_a_matter_of_rounding() -> None:
    whole = of("RV3", "not_met", value=92.3, numerator=540, denominator=585)
    service = replace(of("speech", "not_met"), level="service", provider_code="RV3")
    other = replace(service, code="dietetics", provider_code="RKE")
    assert missed_services(whole, [whole, service, other]) == [service]
    lines = kpi_sentences.detail(
        whole, DEFINITION, "CNWL", "2026-27 Q2", rounded=False, missed_in=["Speech"]
    )
    assert "scored 92% (540 of 585)" in lines[0]
    assert lines[1] == "Every service must meet it: missed in Speech."


def test_the_other_reading_is_said_where_it_changes_the_verdict() -> None:
    lines = kpi_sentences.detail(
        of("RV3", "not_met", alternative_status="met"), DEFINITION, "CNWL", "2026-27 Q2",
        rounded=False,
    )  # fmt: skip
    assert "Under the other reading of the contract it would be: met." in lines


def test_a_provider_judged_by_service_is_counted_by_service() -> None:
    results = [of("RV3", "not_met"), replace(of("x", "met"), level="service", provider_code="RV3")]
    assert [cell.code for cell in judged_cells(results)] == ["x"]
    assert counts_line(results) == "Met 1 · Not met 0 · Not assessed 0"


def test_a_matrix_has_a_column_for_every_kpi() -> None:
    other = replace(RESULT, kpi_id="goals", part="overall", status="not_met")
    rows = matrix([RESULT, other], NAMES)
    assert len(rows) == 1
    assert set(rows[0].results) == {("timeliness", "first_contact"), ("goals", "overall")}


def test_language_of_numbers_lists_and_times() -> None:
    assert [number(n) for n in (0, 4, 9, 10, 1200)] == ["none", "four", "nine", "10", "1,200"]
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert quarter_name("2026-27 Q2") == "Quarter 2 of 2026-27"
    # a time without an offset is UTC; in July London is an hour ahead
    assert moment(datetime(2026, 7, 1, 6, 12)) == "1 July 2026 at 07:12"


def test_a_service_that_moved_has_the_provider_of_the_day() -> None:
    moved = Names(
        [
            Party(
                "service", "ot", "OT", "OT", "RV3", True, date(2014, 10, 1), date(2018, 3, 31), 0
            ),
            Party("service", "ot", "OT", "OT", "RAL", True, date(2018, 4, 1), None, 1),
        ]
    )
    before, after = (
        moved.party("service", "ot", day) for day in (date(2018, 3, 31), date(2018, 4, 1))
    )
    assert before is not None
    assert before.provider_code == "RV3"
    assert after is not None
    assert after.provider_code == "RAL"
