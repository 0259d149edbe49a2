"""Alerts are told once when they begin and once when they end, by a mail server that really is one."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Message

from orchestration.alerts import overdue_returns, raise_alerts, refused_submissions
from orchestration.contracts.model import shipped_catalogue
from orchestration.partnership.load import load_partnership
from orchestration.partnership.model import Return
from orchestration.settings import Settings
from orchestration.state.database import open_state
from orchestration.state.ledger import Finished, Ledger, Outcome, now

DUE = Return(
    partner_code="RAL",
    standard="csds",
    tables=("cyp101", "cyp201"),
    due_days_after_period_end=21,
    valid_from=date(2026, 9, 1),
    source="assumed",
)
PARTNERSHIP = load_partnership().model_copy(update={"returns": (DUE,)})
CATALOGUE = shipped_catalogue()


class Postbox(Message):
    """Keeps what arrives."""

    def __init__(self) -> None:
        super().__init__()
        self.mails: list[Any] = []

    def handle_message(self, message: Any) -> None:
        self.mails.append(message)


@pytest.fixture
def postbox() -> Iterator[tuple[Postbox, int]]:
    box = Postbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, port
    server.stop()


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    made = Ledger(open_state(settings(tmp_path)))
    made.start_run("run-1", "test")
    yield made
    made.engine.dispose()


def settings(home: Path, port: int | None = None, today: date = date(2026, 10, 22)) -> Settings:
    mail = {"smtp_host": "127.0.0.1", "smtp_port": port} if port else {}
    made = Settings(
        home=home,
        demo=True,
        as_at=today,
        smtp_security="none",
        alert_from="warehouse@example.org",
        alert_to="lead@example.org, engineer@example.org",
        **mail,  # type: ignore[arg-type]
    )
    made.make_folders()
    return made


def arrive(ledger: Ledger, table: str, status: str = "loaded", reason: str | None = None) -> None:
    row = {
        "run_id": "run-1", "partner_code": "RAL", "standard": "csds", "table_name": table,
        "period_start": date(2026, 9, 1), "period_end": date(2026, 9, 30), "received_at": now(),
        "file_name": "a.csv", "archive_sha256": "0" * 64, "member": None, "sha256": "0" * 64,
        "bytes": 1,
    }  # fmt: skip
    (number,) = ledger.record([row])
    outcome = Outcome(status, reason)  # type: ignore[arg-type]
    ledger.finish([Finished(number, outcome)])


def overdue(ledger: Ledger, today: date) -> list[tuple[str, str]]:
    found = overdue_returns(PARTNERSHIP, CATALOGUE, ledger, today)
    return [(a.subject, a.message) for a in found]


def test_a_return_is_overdue_the_day_after_it_was_due(ledger: Ledger) -> None:
    assert overdue(ledger, date(2026, 10, 21)) == []
    assert overdue(ledger, date(2026, 10, 22)) == [
        ("RAL csds 2026-09", "was due on 2026-10-21 and all its tables did not come")
    ]


def test_only_the_tables_that_did_not_come_are_named(ledger: Ledger) -> None:
    arrive(ledger, "cyp101")
    assert overdue(ledger, date(2026, 10, 22)) == [
        ("RAL csds 2026-09", "was due on 2026-10-21 and cyp201 did not come")
    ]
    arrive(ledger, "cyp201")
    assert overdue(ledger, date(2026, 10, 22)) == []


def test_a_refused_submission_is_told_until_one_is_taken_in(ledger: Ledger) -> None:
    arrive(ledger, "cyp201", "rejected", "No row of the file is valid")
    (alert,) = refused_submissions(PARTNERSHIP, ledger)
    assert alert.subject == "RAL csds.cyp201 2026-09"
    assert alert.message == "submission 1 was refused: No row of the file is valid"
    arrive(ledger, "cyp201")
    assert refused_submissions(PARTNERSHIP, ledger) == []


def test_what_begins_and_ends_is_mailed_once_each(
    ledger: Ledger, tmp_path: Path, postbox: tuple[Postbox, int]
) -> None:
    box, port = postbox
    home = settings(tmp_path, port)
    for _ in range(2):
        raise_alerts(home, PARTNERSHIP, CATALOGUE, ledger)
    (mail,) = box.mails
    assert mail["Subject"] == "[CICS] 1 new alert"
    assert mail["To"] == "lead@example.org, engineer@example.org"
    assert "- RAL csds 2026-09: was due on 2026-10-21" in text_of(mail)
    arrive(ledger, "cyp101")
    arrive(ledger, "cyp201")
    for _ in range(2):
        raise_alerts(home, PARTNERSHIP, CATALOGUE, ledger)
    assert len(box.mails) == 2
    assert box.mails[1]["Subject"] == "[CICS] Alerts are over"
    assert "What came right\n- RAL csds 2026-09" in text_of(box.mails[1])


def test_what_could_not_be_mailed_waits_for_the_next_run(
    ledger: Ledger, tmp_path: Path, postbox: tuple[Postbox, int]
) -> None:
    box, port = postbox
    raise_alerts(settings(tmp_path, 9), PARTNERSHIP, CATALOGUE, ledger)  # nobody listens there
    assert box.mails == []
    raise_alerts(settings(tmp_path, port), PARTNERSHIP, CATALOGUE, ledger)
    assert len(box.mails) == 1


def test_without_a_mail_server_alerts_stand_in_the_log_alone(
    ledger: Ledger, tmp_path: Path
) -> None:
    told = raise_alerts(settings(tmp_path), PARTNERSHIP, CATALOGUE, ledger)
    assert [e.kind for e in told.begun] == ["return_overdue"]
    again = raise_alerts(settings(tmp_path), PARTNERSHIP, CATALOGUE, ledger)
    assert (again.begun, again.ended) == ((), ())


def text_of(mail: EmailMessage) -> str:
    return str(mail.get_payload()).replace("\r\n", "\n")
