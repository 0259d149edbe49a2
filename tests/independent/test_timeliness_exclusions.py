"""Who KPI 1 leaves out and why: one test a reason and a boundary.

Most referrals are received on 8 January 2024, so that day 42 is 19 February 2024.
"""

from __future__ import annotations

import pytest

from .world import DAY_42, RECEIVED, World, judged, verdict


def test_a_rejected_referral_is_left_out(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, rejected="2024-01-10")
    assert verdict(world) == ("rejected", False)


def test_a_reason_for_rejection_without_a_date_rejects_too(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, rejection_reason="02")
    assert verdict(world) == ("rejected", False)


def test_a_request_one_team_of_a_service_rejected_and_another_took_is_accepted(
    world: World,
) -> None:
    world.refer("r1", "CDT", RECEIVED, rejected="2024-01-10")
    world.refer("r1", "CDT-U5", RECEIVED)
    assert verdict(world) == (None, False)


def test_a_unit_closes_when_the_last_of_its_teams_does(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, closed="2024-01-20", reason="04")
    world.refer("r1", "CDT-U5", RECEIVED)
    assert verdict(world) == (None, False)


def test_the_closure_of_the_last_team_decides_the_day(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, closed="2024-01-20", reason="04")
    world.refer("r1", "CDT-U5", RECEIVED, closed=DAY_42, reason="04")
    assert verdict(world) == (None, False)


def test_the_closure_of_the_last_team_decides_the_reason(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, closed="2024-01-20", reason="04")
    world.refer("r1", "CDT-U5", RECEIVED, closed="2024-01-25", reason="01")
    assert verdict(world) == (None, False)


@pytest.mark.parametrize(("second", "reason"), [("2024-01-13", "duplicate"), ("2024-01-14", None)])
def test_a_repeat_within_5_days_is_a_duplicate(
    world: World, second: str, reason: str | None
) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.refer("r2", "CDT", second)
    assert verdict(world, "r2") == (reason, False)


def test_a_chain_of_repeats_is_one_as_long_as_each_step_is_short(world: World) -> None:
    for number, day in enumerate(["2024-01-08", "2024-01-13", "2024-01-18", "2024-01-23"]):
        world.refer(f"r{number}", "CDT", day)
    found = judged(world)
    assert [found[f"r{n}"].exclusion for n in range(4)] == [None, *["duplicate"] * 3]


def test_a_contact_on_a_repeat_counts_for_the_referral_that_is_kept(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.refer("r2", "CDT", "2024-01-12")
    world.contact("r2", "CDT", DAY_42)
    assert verdict(world) == (None, True)


def test_a_repeat_to_the_same_discipline_of_another_provider_is_a_duplicate(world: World) -> None:
    world.refer("r1", "SLT", RECEIVED)
    world.refer("r2", "SLT-SCH", "2024-01-12")
    assert verdict(world, "r2") == ("duplicate", False)


def test_a_referral_to_another_discipline_is_no_duplicate(world: World) -> None:
    world.refer("r1", "SLT", RECEIVED)
    world.refer("r2", "CDT", RECEIVED)
    assert verdict(world, "r2") == (None, False)


def test_a_rejected_referral_neither_starts_nor_joins_a_chain(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, rejected="2024-01-09")
    world.refer("r2", "CDT", "2024-01-12")
    world.refer("r3", "CDT", "2024-01-17", rejected="2024-01-18")
    world.refer("r4", "CDT", "2024-01-20")
    found = judged(world)
    reasons = [found[r].exclusion for r in ("r1", "r2", "r3", "r4")]
    assert reasons == ["rejected", None, "rejected", None]


def test_two_children_are_no_duplicates(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, child="1")
    world.refer("r2", "CDT", RECEIVED, child="2")
    assert verdict(world, "r2") == (None, False)


def test_two_local_numbers_with_one_nhs_number_and_birth_date_are_one_child(world: World) -> None:
    world.child("1", nhs_number="943 476 5919", born="2015-05-05")
    world.child("2", nhs_number="9434765919", born="05/05/2015")
    world.refer("r1", "CDT", RECEIVED, child="1")
    world.refer("r2", "CDT", "2024-01-10", child="2")
    assert verdict(world, "r2") == ("duplicate", False)


def test_a_number_that_fails_its_check_digit_links_nobody(world: World) -> None:
    world.child("1", nhs_number="9434765918", born="2015-05-05")
    world.child("2", nhs_number="9434765918", born="2015-05-05")
    world.refer("r1", "CDT", RECEIVED, child="1")
    world.refer("r2", "CDT", RECEIVED, child="2")
    assert verdict(world, "r2") == (None, False)


def test_a_number_once_right_still_links_after_a_wrong_one(world: World) -> None:
    world.child("2", nhs_number="9434765919", born="2015-05-05")
    world.child("1", nhs_number="9434765919", born="2015-05-05")
    world.refer("r1", "CDT", RECEIVED, child="1")
    world.refer("r2", "CDT", "2024-01-10", child="2")
    world.send("2024-01", "2024-01")
    world.child("1", nhs_number="9434765918", born="2015-05-05")
    world.send("2024-02", "2024-04")
    assert {u.unit.request[1]: u.exclusion for u in world.outcome().units} == {
        "r1": None,
        "r2": "duplicate",
    }


def test_one_nhs_number_with_two_birth_dates_stays_two_children(world: World) -> None:
    world.child("1", nhs_number="9434765919", born="2015-05-05")
    world.child("2", nhs_number="9434765919", born="2015-05-06")
    world.refer("r1", "CDT", RECEIVED, child="1")
    world.refer("r2", "CDT", RECEIVED, child="2")
    assert verdict(world, "r2") == (None, False)


@pytest.mark.parametrize(
    ("born", "reason"),
    [("2005-01-08", "over_age"), ("2005-01-09", None), ("", None)],
)
def test_a_referral_on_or_after_the_19th_birthday_is_left_out(
    world: World, born: str, reason: str | None
) -> None:
    world.child("1", born=born)
    world.refer("r1", "CDT", RECEIVED)
    assert verdict(world) == (reason, False)


@pytest.mark.parametrize(("received", "reason"), [("2023-02-27", None), ("2023-02-28", "over_age")])
def test_a_child_born_on_29_february_turns_19_on_the_28th(
    world: World, received: str, reason: str | None
) -> None:
    world.child("1", born="2004-02-29")
    world.refer("r1", "CDT", received)
    assert judged(world, "2023-02", "2023-05")["r1"].exclusion == reason


def test_the_autism_pathway_is_left_out(world: World) -> None:
    world.refer("r1", "ASC", RECEIVED)
    world.contact("r1", "ASC", DAY_42)
    assert verdict(world) == ("autism_pathway", False)


def test_a_contact_before_receipt_is_left_out(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", "2024-01-07")
    world.contact("r1", "CDT", DAY_42)
    assert verdict(world) == ("negative_wait", False)


def test_a_contact_not_attended_before_receipt_does_no_harm(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", "2024-01-07", attendance="3")
    world.contact("r1", "CDT", DAY_42)
    assert verdict(world) == (None, True)


@pytest.mark.parametrize(("died", "reason"), [("2024-02-18", "died"), (DAY_42, None)])
def test_a_child_who_died_before_the_limit_day_unseen_is_left_out(
    world: World, died: str, reason: str | None
) -> None:
    world.child("1", died=died)
    world.refer("r1", "CDT", RECEIVED)
    assert verdict(world) == (reason, False)


def test_a_child_seen_in_time_who_then_died_is_met(world: World) -> None:
    world.child("1", died="2024-02-01")
    world.refer("r1", "CDT", RECEIVED)
    world.contact("r1", "CDT", "2024-02-01")
    assert verdict(world) == (None, True)


@pytest.mark.parametrize(("closed", "reason"), [("2024-02-18", "withdrawn"), (DAY_42, None)])
@pytest.mark.parametrize("code", ["03", "04"])
def test_a_family_that_withdrew_before_the_limit_day_unseen_is_left_out(
    world: World, closed: str, reason: str | None, code: str
) -> None:
    world.refer("r1", "CDT", RECEIVED, closed=closed, reason=code)
    assert verdict(world) == (reason, False)


@pytest.mark.parametrize("code", ["01", "02", "05", "07", ""])
def test_a_closure_for_another_reason_counts_as_missed(world: World, code: str) -> None:
    world.refer("r1", "CDT", RECEIVED, closed="2024-01-20", reason=code)
    assert verdict(world) == (None, False)


def test_a_child_seen_on_the_day_the_family_withdrew_is_met(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, closed="2024-01-20", reason="04")
    world.contact("r1", "CDT", "2024-01-20")
    assert verdict(world) == (None, True)


def test_a_contact_after_the_family_withdrew_does_not_bring_it_back(world: World) -> None:
    world.refer("r1", "CDT", RECEIVED, closed="2024-01-20", reason="04")
    world.contact("r1", "CDT", "2024-01-21")
    assert verdict(world) == ("withdrawn", False)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"rejected": "2024-01-10", "team": "ASC"}, "rejected"),
        ({"received": "2024-01-10", "team": "ASC"}, "duplicate"),
        ({"child": "19", "team": "ASC"}, "over_age"),
        ({"child": "dead", "team": "ASC"}, "autism_pathway"),
        ({"child": "dead", "closed": "2024-01-20", "reason": "04"}, "died"),
    ],
)
def test_a_unit_with_two_reasons_is_left_out_for_the_first(
    world: World, changes: dict[str, str], reason: str
) -> None:
    world.child("19", born="2000-01-01", died="2024-01-15")
    world.child("dead", died="2024-01-15")
    world.refer("r0", "ASC", RECEIVED)
    told = {"team": "CDT", "received": RECEIVED, **changes}
    world.refer("r1", told.pop("team"), told.pop("received"), **told)  # type: ignore[arg-type]
    assert verdict(world) == (reason, False)


@pytest.mark.parametrize(
    ("team", "code", "reason"),
    [
        ("TALK", "03", "withdrawn"),
        ("TALK", "04", None),
        ("TALK", "07", "withdrawn"),
        ("CDT", "07", None),
    ],
)
def test_a_closure_code_withdraws_by_the_list_of_its_own_standard(
    world: World, team: str, code: str, reason: str | None
) -> None:
    world.refer("r1", team, RECEIVED, closed="2024-02-01", reason=code)
    assert verdict(world) == (reason, False)


def test_a_child_who_opted_out_is_left_out_before_any_other_reason(world: World) -> None:
    world.child("1", opted_out="2024-03-01")
    world.refer("r1", "CDT", RECEIVED, rejected="2024-01-10")
    world.refer("r2", "CDT", RECEIVED)
    world.contact("r2", "CDT", DAY_42)
    assert {unit.exclusion for unit in judged(world).values()} == {"opted_out"}


def test_an_opt_out_after_the_day_asked_about_leaves_nobody_out(world: World) -> None:
    world.child("1", opted_out="2024-04-20")
    world.refer("r1", "CDT", RECEIVED)
    world.send("2024-01", "2024-04")
    assert [unit.exclusion for unit in world.outcome("2024-04-19").units] == [None]
    assert [unit.exclusion for unit in world.outcome("2024-04-20").units] == ["opted_out"]


def test_an_opt_out_keeps_nobody_out_where_the_agreement_says_it_does_not_apply(
    world: World,
) -> None:
    world.child("1", opted_out="2024-03-01")
    world.refer("r1", "SLT", RECEIVED)
    world.contact("r1", "SLT", DAY_42)
    assert verdict(world) == (None, True)


def test_a_child_who_opted_out_waits_on_no_list(world: World) -> None:
    world.child("1", opted_out="2024-03-01")
    world.refer("r1", "CDT", RECEIVED)
    world.send("2024-01", "2024-03")
    assert world.outcome().waiting == []
