"""Every status word, its mark and its tone, in one place. The word always shows; colour only helps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """A word a reader sees. `mark` is decoration; `tone` names a pair of colours in `theme.py`."""

    text: str
    mark: str
    tone: str


MET = Word("Met", "✓", "good")
NOT_MET = Word("Not met", "✕", "bad")
NOT_ASSESSED = Word("Not assessed", "–", "open")
NOT_APPLICABLE = Word("Not applicable", "", "quiet")
NOT_DUE = Word("Not due", "", "quiet")
BY_GROUP = Word("Assessed by PQG", "–", "open")
"""The status itself would identify a child: the Performance and Quality Group sees it instead."""

KPI_STATUS = {
    "met": MET,
    "not_met": NOT_MET,
    "not_assessed": NOT_ASSESSED,
    "not_applicable": NOT_APPLICABLE,
    "not_due": NOT_DUE,
}
PROBLEMS_FIRST = ("not_met", "not_assessed", None, "met", "not_due", "not_applicable")
"""Reading order of statuses; None is a status that is not shown."""

REASONS = {
    "late": "late",
    "failed_checks": "failed checks",
    "incomplete": "incomplete",
    "missing": "late",
    "no_return_agreed": "no return agreed",
}
BECAUSE = {
    "late": "data are late",
    "failed checks": "data failed checks",
    "incomplete": "data are incomplete",
    "no return agreed": "no return is agreed",
}

RETURN_STATUS = {
    "on_time": Word("On time", "✓", "good"),
    "late": Word("Late", "!", "warn"),
    "missing": Word("Missing", "✕", "bad"),
    "rejected": Word("Rejected", "✕", "bad"),
    "resubmitted": Word("Sent again", "↻", "note"),
    "not_due": Word("Not due", "", "quiet"),
    "not_expected": Word("Not expected", "", "quiet"),
}

FILE_STATUS = {
    "loaded": Word("Loaded", "✓", "good"),
    "rejected": Word("Rejected", "✕", "bad"),
    "superseded": Word("Superseded", "", "quiet"),
    "duplicate": Word("Duplicate", "", "quiet"),
}

DATA_STATUS = {"complete": "Complete", "late": "Late", "not_due": "Not due"}

STANDARDS = {
    "csds": "community services (CSDS)",
    "mhsds": "mental health services (MHSDS)",
    "cin": "children in need (CIN)",
    "ssda903": "looked-after children (SSDA903)",
    "sen2": "education, health and care plans (SEN2)",
    "local": "local tables",
}

YEARLY = frozenset({"cin", "ssda903", "sen2"})
"""Standards whose returns are made once a year."""

BANDS = {
    "0-42": "0 to 6 weeks",
    "43-84": "6 to 12 weeks",
    "85-126": "12 to 18 weeks",
    "127-182": "18 to 26 weeks",
    "183-364": "26 to 52 weeks",
    "365+": "52 weeks or more",
}

SOURCES = {
    "contract": "set by the contract",
    "agreement": "agreed by the partnership",
    "assumed": "assumed, not confirmed",
}

OPERATORS = {">=": "At least", ">": "More than", "<=": "At most", "<": "Less than"}

EXCLUSIONS = {
    "opted_out": "The family opted out",
    "rejected": "Referral rejected",
    "duplicate": "Duplicate of another referral",
    "negative_wait": "Seen before the referral was received",
    "withdrawn": "Withdrawn before the limit day",
    "died": "Died before the limit day",
    "autism_pathway": "Autism pathway: measured separately",
    "over_age": "Over the age the measure covers",
    "triage": "Triage: not a treating service",
}

FEWER = "Fewer than 8"
NO_FIGURE = "No figure"
AUDIENCES = {
    "board": "Board figures: counts rounded to the nearest 5, fewer than 8 withheld",
    "operational": "Operational figures: true counts, for named roles only",
}


def kpi_status(status: str | None) -> Word:
    """The word of a KPI status; a status withheld from this audience is the group's to assess."""
    return BY_GROUP if status is None else KPI_STATUS.get(status, Word(plain(status), "–", "open"))


def return_status(status: str) -> Word:
    """The word of a return's status."""
    return RETURN_STATUS.get(status, Word(plain(status), "", "quiet"))


def file_status(status: str) -> Word:
    """The word of a received file's status."""
    return FILE_STATUS.get(status, Word(plain(status), "", "quiet"))


def reason(code: str | None) -> str:
    """Why a KPI was not assessed, in words; what has no word yet is shown as it was written."""
    if not code:
        return ""
    head, _, rest = code.partition(":")
    word = REASONS.get(head.strip(), plain(head).lower())
    return f"{word}:{rest}" if rest else word


def because(code: str | None) -> str:
    """The same as the end of a sentence: "data are late"."""
    word = reason(code).partition(":")[0]
    return BECAUSE.get(word, f"of this: {word}") if word else ""


def band(code: str) -> str:
    """A waiting band in weeks; bands are kept in days."""
    return BANDS.get(code.replace("–", "-").removesuffix(" days"), plain(code))


def standard(code: str) -> str:
    """What a standard is called."""
    return STANDARDS.get(code, plain(code).lower())


def is_yearly(code: str) -> bool:
    """Whether a standard's returns are made once a year."""
    return code in YEARLY


def standard_short(code: str) -> str:
    """What a standard is called where space is short: "CSDS", "local"."""
    return code if code == "local" else code.upper()


def exclusion(code: str) -> str:
    """Why a referral was left out of a measure."""
    return EXCLUSIONS.get(code, plain(code))


def plain(code: str) -> str:
    """A code as words: `failed_checks` is "Failed checks"."""
    text = code.replace("_", " ").strip()
    return text[:1].upper() + text[1:]
