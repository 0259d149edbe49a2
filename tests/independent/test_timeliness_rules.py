"""The rules of KPI 1, one test a rule and a boundary; each tells what happened and what follows.

Most referrals are received on 8 January 2024, so that day 42 is 19 February 2024.
"""

from __future__ import annotations

import pytest

from .judging import JudgedUnit
from .world import DAY_42, DAY_43, RECEIVED, World, judged, verdict

# Who was seen in time


def test_a_child_seen_on_day_42_is_met(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_42)
    assert verdict(world) == (None, True)


def test_a_child_seen_on_day_43_is_missed(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_43)
    assert verdict(world) == (None, False)


def test_a_child_seen_on_the_day_of_receipt_is_met(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", RECEIVED)
    assert verdict(world) == (None, True)


def test_a_child_never_seen_counts_as_missed(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    assert verdict(world) == (None, False)


def test_only_the_first_contact_decides(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_43)
    world.contact("r1", "CDT", DAY_42)
    assert verdict(world) == (None, True)


@pytest.mark.parametrize("attendance", ["5", "6"])
def test_an_attended_contact_means_seen(world: World, attendance: str) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_42, attendance=attendance)
    assert verdict(world) == (None, True)


@pytest.mark.parametrize("attendance", ["0", "2", "3", "4", "7", ""])
def test_a_contact_not_attended_does_not_mean_seen(world: World, attendance: str) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_42, attendance=attendance)
    assert verdict(world) == (None, False)


@pytest.mark.parametrize("mechanism", ["01", "02", "03", "04", "11"])
def test_a_contact_in_person_by_telephone_or_video_means_seen(world: World, mechanism: str) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_42, mechanism=mechanism)
    assert verdict(world) == (None, True)


@pytest.mark.parametrize("mechanism", ["05", "09", "10", "12", "13", "98", ""])
def test_a_message_does_not_mean_seen(world: World, mechanism: str) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_42, mechanism=mechanism)
    assert verdict(world) == (None, False)


def test_a_contact_by_another_service_on_the_same_request_does_not_count(world: World) -> None:
    world.refer("r1", ("CDT", "SLT"), RECEIVED)
    world.contact("r1", "SLT", DAY_42)
    assert {u.unit.service.code: u.is_met for u in _units(world)} == {
        "child_development": False,
        "speech_and_language": True,
    }


def test_a_contact_of_the_triage_team_does_not_count(world: World) -> None:
    world.refer("r1", ("SPOR", "CDT"), RECEIVED)
    world.contact("r1", "SPOR", DAY_42)
    assert verdict(world) == (None, False)


def test_a_contact_without_a_team_does_not_count(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "", DAY_42)
    assert verdict(world) == (None, False)


def test_a_contact_on_another_request_does_not_count(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.refer("r2", "CDT", "2024-01-20")
    world.contact("r2", "CDT", DAY_42)
    assert verdict(world) == (None, False)


# What is counted


def _units(world: World) -> list[JudgedUnit]:
    world.send("2024-01", "2024-04")
    return world.outcome().units


def test_two_teams_of_one_service_on_one_request_are_one_unit(world: World) -> None:
    world.refer("r1", ("CDT", "CDT-U5"), RECEIVED)
    world.contact("r1", "CDT-U5", DAY_42)
    assert [u.is_met for u in _units(world)] == [True]


def test_triage_is_no_unit(world: World) -> None:
    world.refer("r1", "SPOR", RECEIVED)
    world.refer("r2", "CDT", RECEIVED, child="2")
    assert [u.unit.service.code for u in _units(world)] == ["child_development"]


def test_a_referral_in_the_extracts_of_two_partners_counts_once(world: World) -> None:
    world.refer("r1", "SLT", RECEIVED, partners=("RV3", "RKE"))
    assert len(_units(world)) == 1


def test_a_contact_in_the_extracts_of_two_partners_is_one_contact(world: World) -> None:
    world.refer("r1", "SLT", RECEIVED, partners=("RV3", "RKE"))
    world.contact("r1", "SLT", DAY_42, partners=("RV3", "RKE"))
    assert [len(u.unit.contacts) for u in _units(world)] == [1]


def test_a_contact_only_the_other_partner_sent_counts(world: World) -> None:
    world.refer("r1", "SLT", RECEIVED)
    world.contact("r1", "SLT", DAY_42, partners=("RV3",))
    assert verdict(world) == (None, True)


def test_a_unit_counts_in_the_quarter_of_its_limit_day(world: World) -> None:
    world.refer("r1", "CDT", "2024-02-18")  # day 42 is 31 March
    world.refer("r2", "CDT", "2024-02-19", child="2")  # day 42 is 1 April
    found = judged(world)
    assert (found["r1"].quarter.label, found["r2"].quarter.label) == ("2023-24 Q4", "2024-25 Q1")


def test_a_limit_day_after_the_end_of_the_data_is_not_counted_yet(world: World) -> None:
    world.refer("r1", "CDT", "2024-03-19")  # day 42 is 30 April, the last day of the data
    world.refer("r2", "CDT", "2024-03-20", child="2")
    assert list(judged(world)) == ["r1"]


def test_a_service_counts_for_the_provider_that_ran_it_on_the_day_of_receipt(world: World) -> None:
    world.refer("r1", "OT", "2018-03-31", partners=("RV3",))
    world.refer("r2", "OT", "2018-04-01", child="2")
    found = judged(world, "2018-03", "2018-07")
    assert [found[r].unit.service.provider for r in ("r1", "r2")] == ["RV3", "RAL"]


# Which version judges


@pytest.mark.parametrize(
    ("received", "version", "limit_day", "judged_on"),
    [
        ("2019-02-03", 1, "2019-03-31", "2019-03-31"),  # day 56 is the last day of version 1
        ("2019-02-04", 2, "2019-03-18", "2019-04-01"),  # day 42 is past before version 2 begins
        ("2019-02-18", 2, "2019-04-01", "2019-04-01"),
        ("2019-02-19", 2, "2019-04-02", "2019-04-02"),
    ],
)
def test_the_first_version_whose_limit_falls_within_it_judges(
    world: World, received: str, version: int, limit_day: str, judged_on: str
) -> None:
    world.refer("r1", "CDT", received)
    unit = judged(world, "2019-02", "2019-04")["r1"]
    assert (unit.version, str(unit.limit_day), str(unit.judged_on)) == (
        version,
        limit_day,
        judged_on,
    )


def test_version_1_allows_56_days(world: World) -> None:
    world.refer("r1", "CDT", "2018-01-01")
    world.refer("r2", "CDT", "2018-01-01", child="2")
    world.contact("r1", "CDT", "2018-02-26")
    world.contact("r2", "CDT", "2018-02-27")
    found = judged(world, "2018-01", "2018-03")
    assert (found["r1"].is_met, found["r2"].is_met) == (True, False)


# What was done by telephone


@pytest.mark.parametrize(
    ("kinds", "is_met"), [("02", True), ("03", True), ("04", False), ("", True)]
)
def test_a_call_counts_by_the_kind_of_its_activity(world: World, kinds: str, is_met: bool) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_42, mechanism="02", number="call")
    world.activity("call", kind=kinds)
    assert verdict(world) == (None, is_met)


def test_one_activity_that_counts_is_enough(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_42, mechanism="02", number="call")
    world.activity("call", kind="04")
    world.activity("call", kind="02")
    assert verdict(world) == (None, True)


def test_a_visit_counts_whatever_was_done(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", DAY_42, number="visit")
    world.activity("visit", kind="04")
    assert verdict(world) == (None, True)


# Mental health services, who keep to a standard of their own


@pytest.mark.parametrize(("day", "is_met"), [(DAY_42, True), (DAY_43, False)])
def test_mental_health_services_are_judged_by_the_same_limit(
    world: World, day: str, is_met: bool
) -> None:
    world.refer("r1", "TALK", RECEIVED)
    world.contact("r1", "TALK", day)
    assert verdict(world) == (None, is_met)


@pytest.mark.parametrize("procedure", ["391281002", ""])
def test_a_call_of_mental_health_services_counts(world: World, procedure: str) -> None:
    world.refer("r1", "TALK", RECEIVED)
    world.contact("r1", "TALK", DAY_42, mechanism="02", number="call")
    world.activity("call", procedure=procedure)
    assert verdict(world) == (None, True)
