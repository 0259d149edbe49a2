"""What the KPI results view shows: one quarter, the parties and KPIs that have results."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboards.findings.due import due_words
from dashboards.findings.figures import result_value
from dashboards.findings.kpi_matrix import KpiKey, definition_of, kpi_keys, missed_services
from dashboards.findings.kpi_sentences import Titles, title_of
from dashboards.findings.names import WHOLE, Names
from dashboards.findings.text import listed, plural
from dashboards.published.rows import KpiDefinition, KpiResult, Restatement, ReturnState
from dashboards.visit import Visit
from dashboards.words import kpi_status, reason

OVERVIEW = "Every provider and service"


@dataclass(frozen=True)
class Subject:
    """A party that can be shown in detail, by the label that names it in the address."""

    label: str
    level: str
    code: str


@dataclass(frozen=True)
class KpiPage:
    """The rows the view was opened with, and the quarter chosen."""

    visit: Visit
    names: Names
    states: Sequence[ReturnState]
    every: Sequence[KpiResult]
    definitions: Sequence[KpiDefinition]
    quarter: str
    restated: Sequence[Restatement]

    @property
    def results(self) -> list[KpiResult]:
        """Results of the chosen quarter."""
        return [result for result in self.every if result.quarter == self.quarter]

    @property
    def keys(self) -> list[KpiKey]:
        """KPIs with a result in any quarter."""
        return kpi_keys(self.every)

    def titles(self) -> Titles:
        """The definition that judges each KPI in this quarter."""
        versions = {(r.kpi_id, r.part): r.version for r in self.results}
        return {key: definition_of(self.definitions, key, versions.get(key)) for key in self.keys}

    def title(self, key: KpiKey) -> str:
        """A KPI's title."""
        return title_of(self.titles().get(key), key)

    def subject_of(self, result: KpiResult) -> Subject:
        """The party a result belongs to."""
        if result.level == "partnership":
            return Subject(WHOLE, result.level, result.code)
        if result.level == "provider":
            label = self.names.short(result.code, result.quarter_end)
            return Subject(label, result.level, result.code)
        label = self.names.full("service", result.code, result.quarter_end)
        return Subject(label, result.level, result.code)

    def subjects(self) -> dict[str, Subject]:
        """Every party with a result, by label, in contract order."""
        found = {self.subject_of(result) for result in self.every}
        levels = ("partnership", "provider", "service")
        ordered = sorted(
            found,
            key=lambda s: (levels.index(s.level), self.names.position(s.level, s.code), s.label),
        )
        return {subject.label: subject for subject in ordered}

    def notes(self, result: KpiResult) -> list[str]:
        """What must be said beside a result: late, why not assessed, other reading, revised, few."""
        said = []
        awaited = self.due(result)
        if awaited:
            said.append(awaited)
        elif result.status == "not_assessed" and result.reason:
            said.append(reason(result.reason).capitalize())
        services = self.missed_in(result)
        if services:
            where = listed(services) if len(services) < 3 else plural(len(services), "service")
            said.append(f"Missed in {where}")
        other = result.alternative_status
        if other is not None and other != result.status:
            said.append(f"Other reading of the contract: {kpi_status(other).text.lower()}")
        before = self.restated_from(result)
        if before:
            said.append(before)
        return said

    def due(self, result: KpiResult) -> str:
        """What is said of the return a result waits for."""
        waiting = frozenset(
            one.code
            for one in self.results
            if one.level == "provider" and one.status == result.status
        )
        return due_words(result, self.states, waiting)

    def missed_in(self, result: KpiResult) -> list[str]:
        """Names of the services by which a provider or the partnership missed a KPI."""
        return [
            self.names.full("service", one.code, one.quarter_end)
            for one in missed_services(result, self.every)
        ]

    def value(self, result: KpiResult) -> str:
        """A result's value as it is written."""
        definition = definition_of(self.definitions, (result.kpi_id, result.part), result.version)
        operator = definition.operator if definition else None
        return result_value(result, operator, by_service=bool(self.missed_in(result)))

    def restated_from(self, result: KpiResult) -> str:
        """ "Revised: was 91%", or nothing."""
        for row in self.restatements_of(result):
            if row.before_value is not None:
                return f"Revised: was {row.before_value:.0f}%"
            if row.before_status and row.before_status != result.status:
                return f"Revised: was {kpi_status(row.before_status).text.lower()}"
            return "Revised"
        return ""

    def restatements_of(self, result: KpiResult) -> list[Restatement]:
        """Later changes of one result, newest first."""
        key = (result.kpi_id, result.part, result.quarter, result.level, result.code)
        return [
            row
            for row in self.restated
            if (row.kpi_id, row.part, row.quarter, row.level, row.code) == key
        ]
