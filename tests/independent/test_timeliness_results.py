"""Quarters, statuses and waiting lists: what the units add up to, and what late data does to it."""

from __future__ import annotations

from datetime import date

import pytest

from .results import PARTNERSHIP_LEVEL, Result
from .terms import Terms
from .timeliness import Outcome
from .waiting import band_of
from .world import PARTNERSHIP, World, csv_text

Q4 = "2023-24 Q4"
JUDGED = "2024-04-21"
"""The first day on which the fourth quarter is judged: 21 days after its end."""


def refer_many(world: World, team: str, seen: int, missed: int, day: str = "2024-01-08") -> None:
    """Referrals of as many children, of which `seen` are seen in time."""
    for number in range(seen + missed):
        request = f"{team}-{number}"
        world.refer(request, team, day, child=request)
        if number < seen:
            world.contact(request, team, "2024-01-29")


def outcome(
    world: World, *, as_at: str = JUDGED, missing: tuple[tuple[str, str], ...] = ()
) -> Outcome:
    world.send("2024-01", "2024-03", missing=missing)
    return world.outcome(as_at)


def service(found: Outcome, code: str) -> Result:
    return found.results[Q4, "service", code]


def provider(found: Outcome, code: str) -> Result:
    return found.results[Q4, "provider", code]


def partnership(found: Outcome) -> Result:
    return found.results[Q4, "partnership", PARTNERSHIP_LEVEL]


# Counting


def test_a_result_counts_units_in_time_over_all_that_count(world: World) -> None:
    refer_many(world, "CDT", seen=2, missed=1)
    world.refer("r9", "CDT", "2024-01-08", child="9", rejected="2024-01-09")
    found = service(outcome(world), "child_development")
    assert (found.numerator, found.denominator, found.exclusions) == (2, 3, {"rejected": 1})


def test_the_partnership_adds_up_its_parties(world: World) -> None:
    refer_many(world, "CDT", seen=2, missed=1)
    refer_many(world, "OT", seen=1, missed=1)
    found = outcome(world)
    assert [
        (r.numerator, r.denominator)
        for r in (provider(found, "RV3"), provider(found, "RAL"), partnership(found))
    ] == [(2, 3), (1, 2), (3, 5)]


def test_the_mean_wait_is_of_the_children_seen(world: World) -> None:
    world.refer("r1", "CDT", "2024-01-08", child="1")
    world.refer("r2", "CDT", "2024-01-08", child="2")
    world.refer("r3", "CDT", "2024-01-08", child="3")
    world.contact("r1", "CDT", "2024-01-18")
    world.contact("r2", "CDT", "2024-03-08")
    assert service(outcome(world), "child_development").mean_wait_days == 35


def test_nobody_seen_gives_no_mean_wait(world: World) -> None:
    refer_many(world, "CDT", seen=0, missed=1)
    assert service(outcome(world), "child_development").mean_wait_days is None


# Status of a service


@pytest.mark.parametrize(("seen", "missed", "status"), [(9, 1, "met"), (8, 1, "not_met")])
def test_the_threshold_itself_is_met(world: World, seen: int, missed: int, status: str) -> None:
    refer_many(world, "CDT", seen=seen, missed=missed)
    assert service(outcome(world), "child_development").status == status


def test_a_service_nobody_was_referred_to_is_not_applicable(world: World) -> None:
    assert service(outcome(world), "child_development").status == "not_applicable"


@pytest.mark.parametrize(("as_at", "status"), [("2024-04-20", "not_due"), (JUDGED, "met")])
def test_a_quarter_is_judged_21_days_after_its_end(world: World, as_at: str, status: str) -> None:
    refer_many(world, "CDT", seen=1, missed=0)
    assert service(outcome(world, as_at=as_at), "child_development").status == status


@pytest.mark.parametrize("month", ["2024-01", "2024-02", "2024-03"])
def test_one_month_missing_makes_the_quarter_late(world: World, month: str) -> None:
    refer_many(world, "CDT", seen=1, missed=0)
    refer_many(world, "SLT", seen=1, missed=0)
    found = service(outcome(world, missing=(("RKE", month),)), "speech_and_language")
    assert (found.status, found.reason) == ("not_assessed", "late")


def test_a_missing_return_of_one_partner_leaves_the_others_assessed(world: World) -> None:
    refer_many(world, "CDT", seen=1, missed=0)
    found = outcome(world, missing=(("RKE", "2024-02"),))
    assert service(found, "child_development").status == "met"


def test_a_return_short_of_one_table_is_late(world: World) -> None:
    world.send("2024-01", "2024-03")
    (world.root / "RKE" / "2024-02" / "CYP201CareContact.csv").unlink()
    assert service(world.outcome(JUDGED), "speech_and_language").reason == "late"


def test_a_party_that_owes_no_return_is_not_assessed(world: World) -> None:
    found = service(outcome(world), "camhs")
    assert (found.status, found.reason) == ("not_assessed", "no_return_agreed")


# Status of a provider and of the partnership: in every discipline


def test_one_service_that_missed_fails_its_provider(world: World) -> None:
    refer_many(world, "SLT-SCH", seen=100, missed=0)
    refer_many(world, "OT", seen=0, missed=1)
    found = provider(outcome(world), "RAL")
    assert (found.numerator, found.denominator, found.status) == (100, 101, "not_met")


def test_a_service_without_referrals_does_not_stop_its_provider(world: World) -> None:
    refer_many(world, "OT", seen=1, missed=0)
    assert provider(outcome(world), "RAL").status == "met"


def test_a_provider_without_referrals_is_not_applicable(world: World) -> None:
    assert provider(outcome(world), "RAL").status == "not_applicable"


def test_one_provider_that_missed_fails_the_partnership(world: World) -> None:
    refer_many(world, "CDT", seen=0, missed=1)
    assert partnership(outcome(world)).status == "not_met"


def test_a_partnership_with_a_party_not_assessed_is_not_assessed(world: World) -> None:
    refer_many(world, "CDT", seen=1, missed=0)
    found = partnership(outcome(world))
    assert (found.status, found.reason) == ("not_assessed", "no_return_agreed")


def test_a_quarter_not_due_is_not_due_at_every_level(world: World) -> None:
    found = outcome(world, as_at="2024-04-01").results.values()
    assert {r.status for r in found if r.quarter == Q4} == {"not_due"}


# The waiting list


def waiting(world: World, month: str) -> int:
    """How many wait at the end of a month."""
    world.send("2024-01", "2024-04")
    day = date.fromisoformat(f"{month}-01")
    return sum(w.waiting for w in world.outcome().waiting if w.month == day)


def test_a_child_not_seen_waits(world: World) -> None:
    world.refer("r1", "CDT", "2024-01-31")
    assert waiting(world, "2024-01") == 1


def test_a_child_referred_after_the_month_end_does_not_wait_yet(world: World) -> None:
    world.refer("r1", "CDT", "2024-02-01")
    assert waiting(world, "2024-01") == 0


def test_a_child_seen_on_the_last_day_no_longer_waits(world: World) -> None:
    world.refer("r1", "CDT", "2024-01-08")
    world.contact("r1", "CDT", "2024-02-29")
    world.send("2024-01", "2024-03")
    months = [(w.month.month, w.waiting) for w in world.outcome().waiting]
    assert months == [(1, 1)]


@pytest.mark.parametrize("over", ["closed", "discharged"])
def test_a_referral_over_on_the_last_day_no_longer_waits(world: World, over: str) -> None:
    world.refer("r1", "CDT", "2024-01-08", **{over: "2024-02-29"})  # type: ignore[arg-type]
    world.send("2024-01", "2024-03")
    months = [(w.month.month, w.waiting) for w in world.outcome().waiting]
    assert months == [(1, 1)]


def test_rejected_and_repeated_referrals_do_not_wait(world: World) -> None:
    world.refer("r1", "CDT", "2024-01-08")
    world.refer("r2", "CDT", "2024-01-10")
    world.refer("r3", "CDT", "2024-01-08", child="3", rejected="2024-03-01")
    assert waiting(world, "2024-02") == 1


def test_the_autism_pathway_waits_and_triage_does_not(world: World) -> None:
    world.refer("r1", "ASC", "2024-01-08")
    world.refer("r2", "SPOR", "2024-01-08", child="2")
    world.send("2024-01", "2024-01")
    assert {w.service for w in world.outcome().waiting} == {"autism_assessment"}


def test_a_referral_that_stopped_flowing_is_over_after_its_last_month(world: World) -> None:
    world.refer("r1", "CDT", "2024-01-08", last_month="2024-02")
    world.send("2024-01", "2024-04")
    months = [(w.month.month, w.waiting) for w in world.outcome().waiting]
    assert months == [(1, 1), (2, 1)]


def test_a_referral_missing_from_one_month_alone_has_not_stopped_flowing(world: World) -> None:
    world.refer("r1", "CDT", "2024-01-08")
    world.send("2024-01", "2024-03")
    folder = world.root / "RV3" / "2024-02"
    others = {
        "CYP101Referral": ["else", "else", "2024-01-08", ""],
        "CYP102ServiceTypeReferredTo": ["else", "ELSEWHERE", "", "", "", ""],
    }
    for table, row in others.items():
        (folder / f"{table}.csv").write_text(csv_text(table, [row]), encoding="utf-8")
    assert [(w.month.month, w.waiting) for w in world.outcome().waiting] == [(1, 1), (2, 1), (3, 1)]


def test_a_list_is_not_known_while_the_return_is_missing(world: World) -> None:
    world.refer("r1", "CDT", "2024-01-08")
    world.send("2024-01", "2024-03", missing=(("RV3", "2024-02"),))
    found = world.outcome()
    assert [w.month.month for w in found.waiting] == [1, 3]
    assert (date(2024, 2, 1), "child_development") in found.unknown_months


@pytest.mark.parametrize(("as_at", "is_unknown"), [("2024-02-29", False), ("2024-03-01", True)])
def test_a_month_that_is_over_and_was_not_sent_is_not_known(
    world: World, as_at: str, is_unknown: bool
) -> None:
    world.send("2024-01", "2024-01")
    february = (date(2024, 2, 1), "child_development")
    assert (february in world.outcome(as_at).unknown_months) == is_unknown


def test_a_list_of_a_service_that_owes_no_return_is_not_missing(world: World) -> None:
    world.send("2024-01", "2024-01")
    unknown = {service for _, service in world.outcome().unknown_months}
    assert unknown == {s.code for s in Terms(PARTNERSHIP).services} - {"spor", "camhs"}


def test_stopping_to_flow_does_not_change_the_measure(world: World) -> None:
    world.refer("r1", "CDT", "2024-01-08", last_month="2024-01")
    found = service(outcome(world), "child_development")
    assert (found.numerator, found.denominator) == (0, 1)


@pytest.mark.parametrize("first", [0, 43, 85, 127, 183, 365])
def test_a_wait_falls_in_the_band_that_starts_no_later(first: int) -> None:
    assert (band_of(first), band_of(first + 41)) == (first, first)


@pytest.mark.parametrize(("last", "first"), [(42, 0), (84, 43), (126, 85), (182, 127), (364, 183)])
def test_a_band_ends_the_day_before_the_next(last: int, first: int) -> None:
    assert band_of(last) == first


def test_a_wait_is_counted_to_the_month_end(world: World) -> None:
    world.refer("r1", "CDT", "2023-12-20")  # 42 days to 31 January
    world.refer("r2", "CDT", "2023-12-19", child="2")
    world.send("2024-01", "2024-01")
    assert [w.from_days for w in world.outcome().waiting] == [0, 43]
