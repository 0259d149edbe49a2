"""Which records are one child: a valid NHS number with the date of birth, else the record alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from .extracts import Landing

RecordId = tuple[str, str]
"""The organisation that issued a local number, and the number."""


@dataclass
class Record:
    """What the latest extract that says anything says of one local number.

    A number that fails its check digit says nothing.
    """

    nhs_number: str | None = None
    born: date | None = None
    died: date | None = None
    opted_out: date | None = None


@dataclass(frozen=True)
class Child:
    """A child; `key` is the same for every record of theirs that could be linked."""

    key: tuple[str, str]
    born: date | None = None
    died: date | None = None
    opted_out: date | None = None
    """The first day any partner says."""


class Children:
    """Every child of a landing folder, found by a sender's local number."""

    def __init__(self, landing: Landing) -> None:
        records: dict[RecordId, Record] = {}
        self._issuer: dict[tuple[str, str], str] = {}
        submissions = [*landing.of("person_index"), *landing.of("cyp001")]
        for submission in sorted(submissions, key=lambda s: s.month):
            for row in submission.rows:
                number = row["local_patient_id"]
                issuer = row.get("org_id_local_patient_id", submission.partner)
                if submission.table == "cyp001":
                    self._issuer[submission.partner, number] = issuer
                record = records.setdefault((issuer, number), Record())
                if is_nhs_number(row["nhs_number"] or ""):
                    record.nhs_number = row["nhs_number"]
                record.born = row["date_of_birth"] or record.born
                record.died = row["date_of_death"] or record.died
                record.opted_out = row.get("opted_out_date") or record.opted_out
        deaths: dict[tuple[str, str], date] = {}
        opt_outs: dict[tuple[str, str], date] = {}
        for record_id, record in records.items():
            key = _key(record_id, record)
            if record.died:
                deaths[key] = min(record.died, deaths.get(key, record.died))
            if record.opted_out:
                opt_outs[key] = min(record.opted_out, opt_outs.get(key, record.opted_out))
        self._children = {}
        for record_id, record in records.items():
            key = _key(record_id, record)
            self._children[record_id] = Child(key, record.born, deaths.get(key), opt_outs.get(key))

    def of(self, partner: str, local_patient_id: str) -> Child:
        """The child a partner means by a local number; of an unknown one nothing else is known."""
        issuer = self._issuer.get((partner, local_patient_id), partner)
        record_id = (issuer, local_patient_id)
        return self._children.get(record_id, Child(record_id))


def is_nhs_number(text: str) -> bool:
    """Ten digits of which the last is right, counted modulo 11."""
    if not re.fullmatch(r"[0-9]{10}", text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, range(10, 1, -1), strict=False))
    return (11 - total % 11) % 11 == int(text[9])


def _key(record_id: RecordId, record: Record) -> tuple[str, str]:
    if record.nhs_number and record.born:
        return (record.nhs_number, record.born.isoformat())
    return record_id
