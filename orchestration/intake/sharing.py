"""The sharing register at the door: no live agreement, no feed; no granted group, no column."""

from __future__ import annotations

from datetime import date

from orchestration.intake.recognise import Heading, RefusedFileError
from orchestration.partnership.model import Partnership, Return


def within_agreements(
    heading: Heading, due: Return, partnership: Partnership, today: date
) -> Heading:
    """The heading without the columns no agreement in force `today` grants for the return's purpose.

    RefusedFileError when no agreement covers the table, or none grants a column it cannot do
    without. A column that may not be taken is blank from here on: it reaches neither the staging,
    the quarantine nor `raw`.
    """
    contract = heading.contract
    feed = f"{due.partner_code} {contract.standard}.{contract.table} for {due.purpose}"
    granted = partnership.shared_groups(
        due.partner_code, contract.standard, contract.table, due.purpose, today
    )
    if granted is None:
        raise RefusedFileError(
            "not_shared", f"No data-sharing agreement in force on {today} covers {feed}"
        )
    refused = [
        c
        for c in contract.columns
        if c.name in heading.positions and c.sharing_group not in granted
    ]
    needed = sorted({c.sharing_group for c in refused if c in contract.mandatory})
    if needed:
        groups = ", ".join(needed)
        raise RefusedFileError(
            "not_shared",
            f"No data-sharing agreement in force on {today} grants the {groups} columns of {feed},"
            " and the table cannot do without them",
        )
    return heading.without([c.name for c in refused])
