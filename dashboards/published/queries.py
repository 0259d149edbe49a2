"""The named queries on a snapshot. Each reads published tables as they are: no figure is made here."""

from __future__ import annotations

from datetime import date

from dashboards.access.scope import Scope
from dashboards.published.query import named_query, select
from dashboards.published.rows import (
    Exclusion,
    KpiDefinition,
    KpiMonth,
    KpiResult,
    Party,
    Restatement,
    ReturnState,
    Submission,
    WaitFigure,
)
from dashboards.published.snapshot import Snapshot, Source

IN_SCOPE = "($providers::varchar[] is null or list_contains($providers::varchar[], {column}))"
OF_PROVIDER = IN_SCOPE.format(column="provider_code")
OF_PARTNER = IN_SCOPE.format(column="partner_code")
KEY = """kpi_id = $kpi_id and part = $part and level = $level and code = $code"""


@named_query
def parties(scope: Scope, snapshot: Snapshot) -> list[Party]:
    """Partners, then services, in published order. Names are not restricted: they are public."""
    return select(
        snapshot,
        Party,
        """
        select {columns} from (
            select 'partner' as kind, code, name, short_name, code as provider_code,
                   is_contract_party, valid_from, valid_to, rowid as position
            from partner
            union all
            select 'service', code, name, name, provider_code,
                   true, valid_from, valid_to, rowid
            from service
        ) order by kind, position
        """,
    )


@named_query
def return_states(scope: Scope, snapshot: Source) -> list[ReturnState]:
    """Returns due or expected, newest period first; a return is as bad as its worst table.

    Not restricted to the reader's providers: whether figures are complete concerns every reader,
    and no number of a partner's is in it.
    """
    return select(
        snapshot,
        ReturnState,
        """
        select {columns} from (
            select
                partner_code, standard, period,
                min(due_on) as due_on,
                max(received_on) as received_on,
                coalesce(max(days_late), 0) as days_late,
                case
                    when bool_or(status = 'missing') then 'missing'
                    when bool_or(status = 'rejected') then 'rejected'
                    when bool_or(status = 'late') then 'late'
                    when bool_or(status = 'resubmitted') then 'resubmitted'
                    when bool_or(status = 'on_time') then 'on_time'
                    when bool_or(status = 'not_due') then 'not_due'
                    else 'not_expected'
                end as status,
                count(*) filter (status <> 'not_expected') as tables,
                count(*) filter (status in ('on_time', 'late', 'resubmitted')) as tables_in
            from submission
            group by partner_code, standard, period
        ) order by period desc, partner_code, standard
        """,
    )


@named_query
def submissions(scope: Scope, snapshot: Source, since: date, until: date) -> list[Submission]:
    """What each partner in scope owed and sent for periods from `since` to `until`."""
    return select(
        snapshot,
        Submission,
        f"""
        select {{columns}} from submission
        where period between $since and $until and {OF_PARTNER}
        order by period desc, partner_code, standard, table_name
        """,
        since=since,
        until=until,
        providers=scope.provider_list,
    )


@named_query
def kpi_definitions(scope: Scope, snapshot: Snapshot) -> list[KpiDefinition]:
    """Every version of every KPI that has results, in published order, newest version first."""
    return select(
        snapshot,
        KpiDefinition,
        "select {columns} from kpi_definition order by kpi_id, part, version desc",
    )


@named_query
def kpi_results(scope: Scope, snapshot: Snapshot) -> list[KpiResult]:
    """Results of every quarter for the parties in scope; the partnership's only for all of them."""
    return select(
        snapshot,
        KpiResult,
        f"""
        select {{columns}} from kpi_result
        where {OF_PROVIDER}
        order by quarter_start desc, kpi_id, part, level, code
        """,
        providers=scope.provider_list,
    )


@named_query
def kpi_months(
    scope: Scope, snapshot: Snapshot, kpi_id: str, part: str, level: str, code: str
) -> list[KpiMonth]:
    """The monthly series beneath one result, oldest first."""
    return select(
        snapshot,
        KpiMonth,
        f"select {{columns}} from kpi_month where {KEY} and {OF_PROVIDER} order by month",
        kpi_id=kpi_id,
        part=part,
        level=level,
        code=code,
        providers=scope.provider_list,
    )


@named_query
def kpi_exclusions(
    scope: Scope, snapshot: Snapshot, kpi_id: str, part: str, level: str, code: str, quarter: str
) -> list[Exclusion]:
    """Who was left out of one result, by reason."""
    return select(
        snapshot,
        Exclusion,
        f"""
        select {{columns}} from kpi_exclusion
        where {KEY} and quarter = $quarter and {OF_PROVIDER}
        order by exclusion_reason
        """,
        kpi_id=kpi_id,
        part=part,
        level=level,
        code=code,
        quarter=quarter,
        providers=scope.provider_list,
    )


@named_query
def waits(scope: Scope, snapshot: Snapshot, until: date) -> list[WaitFigure]:
    """Bands and summaries of every service in scope at the last month's end on or before `until`."""
    return select(
        snapshot,
        WaitFigure,
        f"""
        with figure as (
            select month, service_code, provider_code, 'band' as kind, band, band_order,
                   waiting as n, null as mean_days, null as median_days, null as p92_days, withheld
            from waiting_month
            union all
            select month, service_code, provider_code, kind, null, 0,
                   n, mean_days, median_days, p92_days, withheld
            from wait_summary_month
        )
        select {{columns}} from figure
        where month = (select max(month) from figure where month <= $until) and {OF_PROVIDER}
        order by service_code, kind, band_order
        """,
        until=until,
        providers=scope.provider_list,
    )


@named_query
def restatements(scope: Scope, snapshot: Snapshot, quarter: str) -> list[Restatement]:
    """Later changes of a quarter's results, newest first, of the parties in scope."""
    return select(
        snapshot,
        Restatement,
        f"""
        select {{columns}} from restatement as changed
        where quarter = $quarter
          and exists (
              select 1 from kpi_result as result
              where result.kpi_id = changed.kpi_id and result.part = changed.part
                and result.level = changed.level and result.code = changed.code
                and result.quarter = changed.quarter and {OF_PROVIDER}
          )
        order by build_id desc
        """,
        quarter=quarter,
        providers=scope.provider_list,
    )
