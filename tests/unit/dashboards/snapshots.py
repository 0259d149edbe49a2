"""Small encrypted snapshots in a home of their own, with exactly the published columns."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from dashboards.published.duck import _extension, _quote
from tests.unit.dashboards import figures as made
from tests.unit.dashboards.disclosed import Rows, disclose
from tests.unit.dashboards.published_tables import COMMON, LEDGER_SUBMISSION

BUILD = "2026-11-10.1"
NAME = "Camden Integrated Children's Service"
KPI = {"kpi_id": "timeliness", "part": "first_contact"}
TITLE = "First contact within 6 weeks"


def make_home(root: Path, scenario: str) -> Path:
    """A home with keys, settings, and the scenario's snapshot published."""
    home = root / scenario
    (home / "secrets").mkdir(parents=True)
    for audience in ("board", "operational"):
        (home / "secrets" / f"{audience}.key").write_text(secrets.token_hex(32))
    today = made.AS_AT + timedelta(days=4 if scenario == "stale" else 0)
    (home / "cics.env").write_text(f"CICS_DEMO=true\nCICS_AS_AT={today}\n")
    publish(home, scenario)
    if scenario == "corrupt_pointer":
        (home / "published" / "current.json").write_text('{"build_id": ')
    return home


def publish(home: Path, scenario: str, build_id: str = BUILD, partnership: str = NAME) -> None:
    """Write both snapshots and the operations file, then move the pointer."""
    folder = home / "published" / build_id
    folder.mkdir(parents=True)
    tables = true_tables(scenario, build_id, partnership)
    for audience in ("board", "operational"):
        shown = {name: disclose(name, rows) for name, rows in tables.items()}
        write(
            folder / f"{audience}.duckdb",
            (home / "secrets" / f"{audience}.key").read_text(),
            COMMON,
            shown if audience == "board" else tables,
        )
    write_operations(home, tables["submission"])
    point_to(home, build_id)


def point_to(home: Path, build_id: str) -> None:
    """Replace the pointer in one step, as publishing does."""
    beside = home / "published" / "current.json.new"
    beside.write_text(
        json.dumps({"build_id": build_id, "folder": build_id, "published_at": "2026-11-10T06:12"})
    )
    os.replace(beside, home / "published" / "current.json")


def write(path: Path, key: str, ddl: dict[str, str], tables: dict[str, Rows]) -> None:
    """An encrypted DuckDB file with these tables."""
    con = duckdb.connect(":memory:")
    con.load_extension(str(_extension("httpfs")))
    con.execute(f"ATTACH {_quote(str(path))} AS f (ENCRYPTION_KEY {_quote(key)})")
    for name, columns in ddl.items():
        con.execute(f"CREATE TABLE f.{name} ({columns})")
        if tables.get(name):
            frame = pd.DataFrame(tables[name]).astype(object)
            frame = frame.where(frame.notna(), None)
            con.register("frame", frame)
            con.execute(f"INSERT INTO f.{name} BY NAME SELECT * FROM frame")
            con.unregister("frame")
    con.execute("DETACH f")
    con.close()


def write_operations(home: Path, submissions: Rows) -> None:
    """The ledger as it stands after a run: one row per file."""
    rows = [
        {
            "ledger_id": number, "run_id": "r1", "partner_code": row["partner_code"],
            "standard": row["standard"], "table_name": row["table_name"],
            "period_start": row["period"],
            "received_at": datetime.combine(row["received_on"], datetime.min.time()),
            "file_name": "file.csv", "status": "loaded", "is_active": True,
            "rows_loaded": row["rows"], "rows_quarantined": row["quarantined"],
        }
        for number, row in enumerate(submissions)
        if row["received_on"]
    ]  # fmt: skip
    path = home / "published" / "operations.duckdb"
    beside = path.with_suffix(".new")
    key = (home / "secrets" / "operational.key").read_text()
    write(beside, key, {"submission": LEDGER_SUBMISSION}, {"submission": rows})
    os.replace(beside, path)


def true_tables(scenario: str, build_id: str, partnership: str) -> dict[str, Rows]:
    """Every published table with true counts."""
    has_data = scenario != "empty"
    tables: dict[str, Rows] = {
        "build": [
            {
                "built_at": datetime(2026, 11, 10, 6, 12), "as_at": made.AS_AT,
                "data_to": date(2026, 9, 30) if has_data else None, "git_commit": "abc1234",
                "software_version": "0.1.0", "partnership": partnership, "is_demo": True,
            }
        ],
        "partner": [
            {"code": c, "name": n, "short_name": s, "kind": k, "is_contract_party": p,
             "valid_from": made.START}
            for c, n, s, k, p in made.PARTNERS
        ],
        "service": [
            {"code": c, "name": n, "discipline": c, "provider_code": p, "is_triage": False,
             "is_autism_pathway": False, "valid_from": made.START}
            for c, n, p, _, _ in made.SERVICES
        ],
        "submission": [row | {"withheld": False} for row in made.returns(scenario)],
        "kpi_definition": definitions(),
        "kpi_result": results(scenario) if has_data else [],
        "kpi_month": list(months(scenario)) if has_data else [],
        "kpi_exclusion": list(exclusions(scenario)) if has_data else [],
        "waiting_month": list(waiting(scenario)) if has_data else [],
        "wait_summary_month": list(wait_summary(scenario)) if has_data else [],
        "restatement": [],
    }  # fmt: skip
    if scenario == "one_late":
        tables["restatement"] = [
            KPI | {
                "quarter": "2026-27 Q1", "level": "service", "code": "speech_and_language",
                "previous_build_id": "2026-08-10.1", "before_numerator": 105,
                "before_denominator": 115, "before_value": 91.3, "before_status": "met",
                "after_numerator": 97, "after_denominator": 119, "after_value": 81.5,
                "after_status": "not_met", "cause": "Whittington sent May again",
            }
        ]  # fmt: skip
    return {name: [row | {"build_id": build_id} for row in rows] for name, rows in tables.items()}


def definitions() -> Rows:
    """KPI 1, both versions."""
    text = {
        "title": TITLE, "what": "Children seen by each service within 6 weeks of referral.",
        "why": "Waiting harms; early help works better.",
        "numerator_text": "Accepted referrals first seen on or before day 42.",
        "denominator_text": "Accepted referrals whose day 42 falls in the quarter.",
        "exclusions_text": "Rejected, duplicate, withdrawn before the limit day.",
        "better": "higher", "operator": ">=", "threshold": 90.0, "threshold_source": "assumed",
        "owner": "Performance team", "checker": "Clinical Leads Group",
        "review_date": date(2027, 4, 1), "change_log": "v2: 8 weeks became 6.",
    }  # fmt: skip
    return [
        KPI | text | {"version": 1, "limit_days": 56, "title": "First contact within 8 weeks",
                      "valid_from": made.START, "valid_to": date(2019, 3, 31)},
        KPI | text | {"version": 2, "limit_days": 42, "valid_from": date(2019, 4, 1)},
    ]  # fmt: skip


def parties() -> list[tuple[str, str, str | None, list[str]]]:
    """(level, code, provider, its services)."""
    every = [row[0] for row in made.SERVICES]
    found: list[tuple[str, str, str | None, list[str]]] = [("partnership", "all", None, every)]
    for code in ("RV3", "RKE", "RAL", "RNK"):
        own = [row[0] for row in made.SERVICES if row[2] == code]
        found.append(("provider", code, code, own))
        found += [("service", service, code, [service]) for service in own]
    return found


def results(scenario: str) -> Rows:
    """A result per party and quarter."""
    by_quarter: dict[str, list[date]] = {}
    for month in made.months(scenario):
        by_quarter.setdefault(made.quarter_of(month), []).append(month)
    found: Rows = []
    for quarter, its_months in by_quarter.items():
        for level, code, provider, services in parties():
            found.append(_result(scenario, quarter, its_months, level, code, provider, services))
    return found


def _result(
    scenario: str, quarter: str, its_months: list[date], level: str, code: str,
    provider: str | None, services: list[str],
) -> dict[str, Any]:  # fmt: skip
    start = its_months[0]
    counts = [made.count(scenario, service, m) for service in services for m in its_months]
    seen, of = sum(c.seen for c in counts), sum(c.of for c in counts)
    value = 100 * seen / of if of else None
    worst = [
        sum(made.count(scenario, s, m).seen for m in its_months) * 100
        >= 90 * sum(made.count(scenario, s, m).of for m in its_months)
        for s in services
    ]
    status, reason = ("met" if all(worst) else "not_met"), None
    late = any(
        made.is_late(scenario, partner, m)
        for m in its_months
        for partner in ([provider] if provider else [row[0] for row in made.PARTNERS])
    )
    if not all(made.is_due(m) for m in its_months):
        status, seen, of, value = "not_due", 0, 0, None
    elif late:
        status, reason, value = "not_assessed", "late", None
    elif not of:
        status = "not_applicable"
    has_figure = status in {"met", "not_met"}
    other = "met" if (scenario, code) == ("one_late", "RKE") and status == "not_met" else None
    return KPI | {
        "quarter": quarter, "level": level, "code": code, "quarter_start": start,
        "quarter_end": made.month_end(made.add_months(start, 2)), "provider_code": provider,
        "version": 2, "numerator": seen if has_figure else None,
        "denominator": of if has_figure else None, "value": value, "threshold": 90.0,
        "threshold_source": "assumed", "status": status, "reason": reason, "withheld": False,
        "alternative_status": other, "mean_wait_days": 24.6 if value else None,
    }  # fmt: skip


def months(scenario: str) -> Iterable[dict[str, Any]]:
    """The monthly series of every party."""
    for month in made.months(scenario):
        for level, code, provider, services in parties():
            counts = [made.count(scenario, service, month) for service in services]
            seen, of = sum(c.seen for c in counts), sum(c.of for c in counts)
            late = provider is not None and made.is_late(scenario, provider, month)
            state = "late" if late else "complete" if made.is_due(month) else "not_due"
            known = state == "complete"
            yield KPI | {
                "month": month, "level": level, "code": code, "provider_code": provider,
                "numerator": seen if known else None, "denominator": of if known else None,
                "value": 100 * seen / of if known and of else None, "status_of_data": state,
                "withheld": False,
            }  # fmt: skip


def exclusions(scenario: str) -> Iterable[dict[str, Any]]:
    """Three reasons for every party and quarter."""
    for result in results(scenario):
        for reason, count in (("duplicate", 12), ("withdrawn", 4), ("rejected", 0)):
            keys = ("quarter", "level", "code", "provider_code")
            yield KPI | {key: result[key] for key in keys} | {
                "exclusion_reason": reason, "withheld": False,
                "count": 0 if scenario == "all_zero" else count,
            }  # fmt: skip


def waiting(scenario: str) -> Iterable[dict[str, Any]]:
    """Bands of every service and month; the longest are few."""
    for month in made.months(scenario):
        for service, _, provider, size, _ in made.SERVICES:
            for order, band in enumerate(made.BANDS):
                count = 0 if scenario == "all_zero" else size * 2 // (order + 1) ** 2
                yield {
                    "month": month, "service_code": service, "provider_code": provider,
                    "band": band, "band_order": order + 1, "withheld": False,
                    "waiting": min(count, 3) if scenario == "tiny_numbers" else count,
                }  # fmt: skip


def wait_summary(scenario: str) -> Iterable[dict[str, Any]]:
    """Those waiting and those seen."""
    for month in made.months(scenario):
        for service, _, provider, size, _ in made.SERVICES:
            for kind in ("waiting", "completed"):
                n = {"all_zero": 0, "tiny_numbers": 5}.get(scenario, size * 2)
                yield {
                    "month": month, "service_code": service, "provider_code": provider,
                    "kind": kind, "n": n, "withheld": False,
                    "mean_days": 38.2 if n else None, "median_days": 31.0 if n else None,
                    "p92_days": 96.0 if n else None,
                }  # fmt: skip
