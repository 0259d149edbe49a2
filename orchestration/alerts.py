"""Alerts: what somebody must know without looking, told once when it begins and once when it ends.

What is the matter is worked out afresh after every run from calendar and ledger; the state keeps
what was already told. Telling means a line in the log, and one message by e-mail for all that is
new where a mail server is set. Nothing personal is in an alert: partners, tables, periods, counts.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Any

from orchestration.contracts.model import Catalogue
from orchestration.contracts.periods import Period, named
from orchestration.partnership.model import Partnership
from orchestration.settings import Settings
from orchestration.state.alert_book import AlertBook, Told
from orchestration.state.ledger import Ledger, now
from orchestration.steps import log
from orchestration.warehouse.context import return_calendar

TIMEOUT_SECONDS = 20


@dataclass(frozen=True)
class Alert:
    """Something the matter now. Kind and subject together are what it is told once for."""

    kind: str
    subject: str
    message: str


def raise_alerts(
    settings: Settings, partnership: Partnership, catalogue: Catalogue, ledger: Ledger
) -> Told:
    """Tell what is newly the matter and what came right; what could not be mailed waits."""
    matters = [
        *overdue_returns(partnership, catalogue, ledger, settings.today()),
        *refused_submissions(partnership, ledger),
    ]
    book = AlertBook(ledger.engine)
    told = book.update((a.kind, a.subject, a.message) for a in matters)
    for entry in told.begun:
        log.warning("alert", kind=entry.kind, about=entry.subject, message=entry.message)
    for entry in told.ended:
        log.info("alert is over", kind=entry.kind, about=entry.subject)
    if settings.smtp_host and settings.alert_to:
        waiting = book.untold()
        if waiting.begun or waiting.ended:
            try:
                send(settings, compose(settings, partnership, waiting))
            except (OSError, smtplib.SMTPException) as error:
                log.error("alert mail was not sent; it waits", kind=type(error).__name__)
            else:
                book.mark_told(waiting)
    return told


def overdue_returns(
    partnership: Partnership, catalogue: Catalogue, ledger: Ledger, today: date
) -> list[Alert]:
    """One alert per return and period whose day has passed with tables that never came."""
    have = {
        (r["partner_code"], r["standard"], r["table_name"], r["period_start"])
        for r in ledger.active_submissions()
    }
    overdue: dict[tuple[str, str, date], list[dict[str, Any]]] = {}
    expected: dict[tuple[str, str, date], int] = {}
    for unit in return_calendar(partnership.returns, catalogue, today):
        key = (unit["partner_code"], unit["standard"], unit["period_start"])
        expected[key] = expected.get(key, 0) + 1
        if unit["due_on"] < today and (*key[:2], unit["table_name"], key[2]) not in have:
            overdue.setdefault(key, []).append(unit)
    found = []
    for key, units in sorted(overdue.items()):
        partner, standard, start = key
        period = named(Period(start, units[0]["period_end"]))
        due = max(unit["due_on"] for unit in units)
        tables = sorted(unit["table_name"] for unit in units)
        listed = ", ".join(tables) if len(tables) < expected[key] else "all its tables"
        found.append(
            Alert(
                "return_overdue",
                f"{partner} {standard} {period}",
                f"was due on {due} and {listed} did not come",
            )
        )
    return found


def refused_submissions(partnership: Partnership, ledger: Ledger) -> list[Alert]:
    """One alert per owed unit whose newest file was refused, until one is taken in or stands again.

    A file for a unit nobody owes is told in its report: no later file could ever put it right.
    """
    newest: dict[tuple[Any, ...], Any] = {}
    for row in ledger.recognised_submissions():
        unit = (row["partner_code"], row["standard"], row["table_name"], row["period_start"])
        newest[unit] = row
    return [
        Alert(
            "submission_refused",
            f"{row['partner_code']} {row['standard']}.{row['table_name']} {row['period_start']:%Y-%m}",
            f"submission {row['ledger_id']} was refused: {row['reason']}",
        )
        for unit, row in newest.items()
        if row["status"] == "rejected" and partnership.expected_return(*unit)
    ]


def compose(settings: Settings, partnership: Partnership, told: Told) -> EmailMessage:
    """One message for everything that is new."""
    count = len(told.begun)
    subject = f"{count} new alert{'' if count == 1 else 's'}" if count else "Alerts are over"
    mail = EmailMessage()
    mail["Subject"] = f"[{partnership.short_name}] {subject}"
    mail["From"] = settings.alert_from
    mail["To"] = ", ".join(settings.alert_recipients)
    mail["Date"] = format_datetime(now())
    mail["Message-ID"] = make_msgid(domain=settings.alert_from.rpartition("@")[2])
    mail.set_content(
        "\n".join(
            [
                *_section("What needs somebody", told.begun),
                *_section("What came right", told.ended),
                "Told by the warehouse's own calendar and ledger. Details: cics status.",
            ]
        )
    )
    return mail


def _section(title: str, entries: Iterable[Any]) -> list[str]:
    lines = [f"- {e.subject}: {e.message}" for e in entries]
    return [title, *lines, ""] if lines else []


def send(settings: Settings, mail: EmailMessage) -> None:
    """Hand a message to the mail server; OSError or SMTPException when it does not take it."""
    assert settings.smtp_host is not None
    secure = ssl.create_default_context()
    if settings.smtp_security == "tls":
        client: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS, context=secure
        )
    else:
        client = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
    with client:
        if settings.smtp_security == "starttls":
            client.starttls(context=secure)
        if settings.smtp_user and settings.smtp_password:
            client.login(settings.smtp_user, settings.smtp_password.get_secret_value())
        client.send_message(mail)
