"""The truth agrees with itself, with the files' totals, and has the change put into it."""

from __future__ import annotations

from collections import Counter

from tests.unit.synthetic.conftest import Alliance

REASONS = {
    "opted_out", "rejected", "duplicate", "over_age", "autism_pathway", "negative_wait", "died", "withdrawn",
}  # fmt: skip


def percent(alliance: Alliance, quarter: str, service: str) -> float:
    entry = next(
        e
        for e in alliance.truth["timeliness"]
        if (e["quarter"], e["level"], e["code"]) == (quarter, "service", service)
    )
    return 100 * entry["numerator"] / entry["denominator"]


def test_services_add_up_to_providers_and_providers_to_the_partnership(faulty: Alliance) -> None:
    sums: dict[str, dict[str, Counter[str]]] = {}
    for entry in faulty.truth["timeliness"]:
        counts = Counter({n: entry[n] for n in ("numerator", "denominator")} | entry["exclusions"])
        by_level = sums.setdefault(entry["quarter"], {})
        by_level[entry["level"]] = by_level.get(entry["level"], Counter()) + counts
    for by_level in sums.values():
        assert by_level["service"] == by_level["provider"] == by_level["partnership"]


def test_nobody_is_met_without_being_counted(faulty: Alliance) -> None:
    assert all(0 <= e["numerator"] <= e["denominator"] for e in faulty.truth["timeliness"])


def test_only_the_agreed_reasons_exclude_and_most_come_up(faulty: Alliance) -> None:
    found = {reason for e in faulty.truth["timeliness"] for reason in e["exclusions"]}
    assert found <= REASONS
    assert found >= REASONS - {"died", "negative_wait"}


def test_the_autism_pathway_is_never_judged_by_six_weeks(faulty: Alliance) -> None:
    entries = [e for e in faulty.truth["timeliness"] if e["code"] == "autism_assessment"]
    assert entries
    assert all(e["denominator"] == 0 for e in entries)


def test_speech_and_language_really_gets_worse_in_april_2025(faulty: Alliance) -> None:
    before = percent(faulty, "2024-25 Q4", "speech_and_language")
    after = percent(faulty, "2025-26 Q2", "speech_and_language")
    assert before > 80
    assert after < 60


def test_no_other_large_service_changes_with_it(faulty: Alliance) -> None:
    for service in ("occupational_therapy", "physiotherapy"):
        assert percent(faulty, "2025-26 Q2", service) > 75


def test_quarters_run_from_the_first_limit_day_to_the_last_month(faulty: Alliance) -> None:
    quarters = sorted({e["quarter"] for e in faulty.truth["timeliness"]})
    assert quarters == [
        "2024-25 Q2", "2024-25 Q3", "2024-25 Q4", "2025-26 Q1", "2025-26 Q2", "2025-26 Q3",
    ]  # fmt: skip


def test_totals_are_those_of_the_files(faulty: Alliance) -> None:
    contacts = Counter()
    requests, children = set(), set()
    for (partner, table, period), found in faulty.files.items():
        if table in ("cyp201", "mhs201"):
            sent = {r["care_contact_id"] for r in found if is_loaded(r)}
            contacts.update(sent)
        if table in ("cyp101", "mhs101"):
            requests |= {r["service_request_id"] for r in found} - {""}
        if table == "person_index" and period == faulty.truth["months"][-1]:
            children |= {
                (r["nhs_number"].replace(" ", "") or (partner, r["local_patient_id"]))
                for r in found
                if not r["local_patient_id"].endswith("-F")
            }
    totals = faulty.truth["totals"]
    assert len(contacts) == totals["contacts"]["distinct"]
    assert sum(n > 1 for n in contacts.values()) == totals["contacts"]["in_several_extracts"]
    assert len({r for r in requests if not r.endswith("-F")}) == totals["referrals"]
    assert len(children) == totals["children"]


def is_loaded(row: dict[str, str]) -> bool:
    return not row["care_contact_id"].endswith("-F") or row["attendance_status"] == "9"


def test_waiting_lists_cover_every_month_without_autism_or_triage(faulty: Alliance) -> None:
    waiting = faulty.truth["waiting"]
    assert {w["month"] for w in waiting} == set(faulty.truth["months"])
    assert not {w["service"] for w in waiting} & {"spor", "autism_assessment"}
    assert all(0 <= w["rejected_later"] <= w["waiting"] for w in waiting)


def test_longer_waits_lengthen_the_list(faulty: Alliance) -> None:
    def waits_over_six_weeks(months: range, year: int) -> int:
        wanted = {f"{year}-{month:02d}" for month in months}
        return sum(
            w["waiting"]
            for w in faulty.truth["waiting"]
            if w["month"] in wanted
            and w["service"] == "speech_and_language"
            and w["band"] != "0-42"
        )

    before = waits_over_six_weeks(range(9, 12), 2024)
    assert waits_over_six_weeks(range(9, 12), 2025) > 2 * max(before, 1)
