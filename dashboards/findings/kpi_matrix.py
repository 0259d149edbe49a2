"""The matrix of providers and services against KPIs: its rows, their order, their counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from dashboards.findings.names import Names
from dashboards.findings.text import listed
from dashboards.published.rows import KpiDefinition, KpiResult
from dashboards.words import PROBLEMS_FIRST, kpi_status, reason

KpiKey = tuple[str, str]
"""kpi_id and part."""
LEVELS = ("partnership", "provider", "service")
DECIDED = frozenset({"met", "not_met"})


@dataclass(frozen=True)
class MatrixRow:
    """One party's results, by KPI."""

    level: str
    code: str
    provider_code: str | None
    results: dict[KpiKey, KpiResult] = field(hash=False)

    @property
    def severity(self) -> int:
        """Rank of its worst status; 0 is a miss."""
        ranks = [_rank(result.status) for result in self.results.values()]
        return min(ranks, default=len(PROBLEMS_FIRST))


def _rank(status: str | None) -> int:
    if status in PROBLEMS_FIRST:
        return PROBLEMS_FIRST.index(status)
    return PROBLEMS_FIRST.index("not_assessed")


def kpi_keys(results: Sequence[KpiResult]) -> list[KpiKey]:
    """The KPIs that have a result, in published order."""
    return list(dict.fromkeys((result.kpi_id, result.part) for result in results))


def quarters(results: Sequence[KpiResult]) -> list[str]:
    """Quarters with a result, newest first."""
    starts = {result.quarter: result.quarter_start for result in results}
    return sorted(starts, key=lambda quarter: starts[quarter], reverse=True)


def latest_judged(results: Sequence[KpiResult]) -> str | None:
    """The newest quarter that is due, so that a page never opens on a quarter of "Not due"."""
    every = quarters(results)
    due = {
        result.quarter for result in results if result.status not in {"not_due", "not_applicable"}
    }
    return next((quarter for quarter in every if quarter in due), every[0] if every else None)


def matrix(
    results: Sequence[KpiResult],
    names: Names,
    *,
    provider: str | None = None,
    status: str | None = None,
    problems_first: bool = True,
) -> list[MatrixRow]:
    """Rows of one quarter's results: the partnership, then each provider with its services.

    Problems first moves the provider with the worst result up, and the worst service up within it;
    otherwise the order is the contract's.
    """
    rows: dict[tuple[str, str, str | None], MatrixRow] = {}
    for result in results:
        at = (result.level, result.code, result.provider_code)
        row = rows.setdefault(at, MatrixRow(*at, results={}))
        row.results[result.kpi_id, result.part] = result
    kept = [
        row
        for row in rows.values()
        if (provider is None or row.provider_code == provider)
        and (status is None or any(found.status == status for found in row.results.values()))
    ]
    worst: dict[str | None, int] = {}
    for row in kept:
        worst[row.provider_code] = min(worst.get(row.provider_code, 99), row.severity)

    def order(row: MatrixRow) -> tuple[int, ...]:
        owner = names.position("provider", row.provider_code or "")
        return (
            0 if row.level == "partnership" else 1,
            worst[row.provider_code] if problems_first else 0,
            owner,
            LEVELS.index(row.level) if row.level in LEVELS else len(LEVELS),
            row.severity if problems_first else 0,
            names.position(row.level, row.code),
        )

    return sorted(kept, key=order)


def judged_cells(results: Sequence[KpiResult]) -> list[KpiResult]:
    """The results counted above the matrix: services, and providers judged as a whole.

    A provider whose services are judged one by one is not counted again.
    """
    by_service = {
        (result.kpi_id, result.part, result.provider_code)
        for result in results
        if result.level == "service"
    }
    return [
        result
        for result in results
        if result.level == "service"
        or (
            result.level == "provider"
            and (result.kpi_id, result.part, result.provider_code) not in by_service
        )
    ]


def status_counts(results: Sequence[KpiResult]) -> list[tuple[str | None, int, str]]:
    """(status, how many, reasons), in the order met, not met, not assessed, then what there is."""
    cells = judged_cells(results)
    counted = Counter(result.status for result in cells)
    shown: list[tuple[str | None, int, str]] = []
    for status in ("met", "not_met", "not_assessed", None, "not_due", "not_applicable"):
        if counted[status] or status in {"met", "not_met", "not_assessed"}:
            why = Counter(
                reason(result.reason).partition(":")[0]
                for result in cells
                if result.status == status and status == "not_assessed" and result.reason
            )
            shown.append(
                (
                    status,
                    counted[status],
                    listed([f"{n} {text}" for text, n in sorted(why.items())]),
                )
            )
    return shown


def counts_line(results: Sequence[KpiResult]) -> str:
    """ "Met 9 · Not met 2 · Not assessed 1 (1 late)"."""
    return " · ".join(
        f"{kpi_status(status).text} {count}" + (f" ({why})" if why else "")
        for status, count, why in status_counts(results)
    )


def missed_services(result: KpiResult, results: Sequence[KpiResult]) -> list[KpiResult]:
    """The services by which a provider, or the partnership, missed a KPI; none where it is whole.

    A KPI that holds in every discipline is missed by one service, whatever the total is.
    """
    if result.level == "service" or result.status != "not_met":
        return []
    return [
        one
        for one in results
        if one.level == "service"
        and one.status == "not_met"
        and (one.kpi_id, one.part, one.quarter) == (result.kpi_id, result.part, result.quarter)
        and (result.level == "partnership" or one.provider_code == result.provider_code)
    ]


def history(
    results: Sequence[KpiResult], key: KpiKey, level: str, code: str, until: date, length: int = 8
) -> list[KpiResult]:
    """One party's results up to a quarter's end, oldest first, at most `length`."""
    own = [
        result
        for result in results
        if (result.kpi_id, result.part) == key
        and (result.level, result.code) == (level, code)
        and result.quarter_end <= until
    ]
    return sorted(own, key=lambda result: result.quarter_start)[-length:]


def definition_of(
    definitions: Sequence[KpiDefinition], key: KpiKey, version: int | None
) -> KpiDefinition | None:
    """The version that judged a result; the newest when a result names none."""
    own = [row for row in definitions if (row.kpi_id, row.part) == key]
    exact = next((row for row in own if row.version == version), None)
    return exact or max(own, key=lambda row: row.version, default=None)
