"""The alert book: what was found the matter, when it was told, when it ended, when that was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from orchestration.state.ledger import now
from orchestration.state.tables import alert


@dataclass(frozen=True)
class Entry:
    """One alert in the book."""

    alert_id: int
    kind: str
    subject: str
    message: str


@dataclass(frozen=True)
class Told:
    """Alerts that began, and alerts that ended."""

    begun: tuple[Entry, ...]
    ended: tuple[Entry, ...]


class AlertBook:
    """Reads and writes of the alerts; each method is one transaction."""

    def __init__(self, engine: sa.Engine) -> None:
        self.engine = engine

    def update(self, matters: Iterable[tuple[str, str, str]]) -> Told:
        """Enter what is the matter now, as (kind, subject, message); what is new and what is over."""
        current = {(kind, subject): message for kind, subject, message in matters}
        with self.engine.begin() as con:
            open_ones = {
                (row.kind, row.subject): row
                for row in con.execute(sa.select(alert).where(alert.c.recovered_at.is_(None)))
            }
            begun = []
            for (kind, subject), message in current.items():
                if (kind, subject) in open_ones:
                    continue
                values = {"kind": kind, "subject": subject, "message": message}
                query = sa.insert(alert).values(raised_at=now(), **values)
                number = con.execute(query.returning(alert.c.alert_id)).scalar_one()
                begun.append(Entry(number, **values))
            over = [row for key, row in open_ones.items() if key not in current]
            for row in over:
                con.execute(
                    sa.update(alert)
                    .where(alert.c.alert_id == row.alert_id)
                    .values(recovered_at=now())
                )
        ended = tuple(Entry(r.alert_id, r.kind, r.subject, r.message) for r in over)
        return Told(tuple(begun), ended)

    def untold(self) -> Told:
        """What nobody was sent yet; one that began and ended unseen is not worth a message."""
        with self.engine.connect() as con:
            rows = list(con.execute(sa.select(alert).order_by(alert.c.alert_id)))
        begun = [r for r in rows if r.raise_sent_at is None and r.recovered_at is None]
        ended = [
            r
            for r in rows
            if r.recovered_at is not None
            and r.raise_sent_at is not None
            and r.recovery_sent_at is None
        ]
        return Told(
            tuple(Entry(r.alert_id, r.kind, r.subject, r.message) for r in begun),
            tuple(Entry(r.alert_id, r.kind, r.subject, r.message) for r in ended),
        )

    def mark_told(self, told: Told) -> None:
        """Enter that a message went out."""
        with self.engine.begin() as con:
            for entries, column in (
                (told.begun, "raise_sent_at"),
                (told.ended, "recovery_sent_at"),
            ):
                ids = [entry.alert_id for entry in entries]
                if ids:
                    con.execute(
                        sa.update(alert).where(alert.c.alert_id.in_(ids)).values({column: now()})
                    )
