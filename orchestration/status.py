"""`cics status`: the state of a home in one look, from the ledger and the published pointer."""

from __future__ import annotations

from typing import Any

from orchestration.contracts.model import shipped_catalogue
from orchestration.partnership.load import load_partnership
from orchestration.settings import Settings
from orchestration.state.database import open_state
from orchestration.state.ledger import Ledger
from orchestration.warehouse.context import return_calendar
from orchestration.warehouse.snapshot import current


def status_of(settings: Settings) -> dict[str, Any]:
    """Headline facts, and a row per partner and standard: data to, units missing, files rejected."""
    ledger = Ledger(open_state(settings))
    partnership = load_partnership(settings.partnership_file)
    snapshot = current(settings)
    runs = ledger.frame("run").sort_values("started_at")
    last = runs.iloc[-1] if len(runs) else None
    submissions = ledger.frame("submission")
    active = submissions[submissions["is_active"].astype(bool)]
    have = set(
        zip(
            active.partner_code,
            active.standard,
            active.table_name,
            active.period_start,
            strict=True,
        )
    )
    today = settings.today()
    calendar = return_calendar(partnership.returns, shipped_catalogue(), today)
    due = [r for r in calendar if r["due_on"] < today]
    partners = []
    for partner, standard in sorted({(r["partner_code"], r["standard"]) for r in due}):
        units = [
            (r["partner_code"], r["standard"], r["table_name"], r["period_start"])
            for r in due
            if (r["partner_code"], r["standard"]) == (partner, standard)
        ]
        own = active[(active.partner_code == partner) & (active.standard == standard)]
        refused = submissions[
            (submissions.partner_code == partner)
            & (submissions.standard == standard)
            & (submissions.status == "rejected")
        ]
        partners.append(
            {
                "partner": partner,
                "standard": standard,
                "data_to": own.period_end.max() if len(own) else None,
                "missing": sum(unit not in have for unit in units),
                "rejected": len(refused),
            }
        )
    headline = {
        "Published build": snapshot.build_id if snapshot else "none yet",
        "Published at": snapshot.published_at if snapshot else "–",
        "As at": today.isoformat(),
        "Last run": f"{last['status']}, {last['started_at']:%Y-%m-%d %H:%M} UTC"
        if last is not None
        else "none",
        "Last run said": (last["message"] or "–") if last is not None else "–",
        "Waiting in landing": sum(1 for p in settings.landing.rglob("*") if p.is_file())
        if settings.landing.exists()
        else 0,
    }
    return {"headline": headline, "partners": partners}
