"""What every theme stands on: draws by name, months by day, and courses of care.

A draw is a hash of the seed, a name and a number, so it depends neither on row order nor on
threads, and two themes that ask for the same draw get the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from orchestration.synthetic.alliance import Alliance
from orchestration.synthetic.calendar_days import Window, as_date
from orchestration.synthetic.sheets import local_id

RESOLUTION = 1_000_003


@dataclass(frozen=True)
class Stage:
    """The run the themes are played in."""

    alliance: Alliance
    window: Window
    seed: int

    @property
    def last_day(self) -> str:
        """SQL of the last day of the run: nothing after it is known."""
        return f"DATE '{as_date(self.window.last_day)}'"

    @property
    def first_day(self) -> str:
        """SQL of the first day of the run."""
        return f"DATE '{as_date(self.window.first_day)}'"

    def standard_of(self, partner: str) -> str | None:
        """The standard a partner sends its activity in, if it sends any."""
        found = dict(zip(self.alliance.senders, self.alliance.activity, strict=True))
        return found.get(partner)

    def sender_bit(self, partner: str) -> int:
        """The partner's mark on requests and contacts."""
        return 1 << self.alliance.senders.index(partner)

    def local_id(self, partner: str, child: str = "child") -> str:
        """SQL of the partner's own number for a child."""
        return local_id(self.alliance, partner, child)

    def request_id(self, partner: str) -> str:
        """SQL of the number of a request in the partner's record."""
        return request_id(self.standard_of(partner) == "mhsds")


def request_id(in_own_record: bool) -> str:
    """SQL of a request's number: community services share one record."""
    return "'TR' || (300000000 + request)" if in_own_record else "'R' || (100000000 + request)"


def quarter(day: str) -> str:
    """SQL of the financial quarter a day lies in, as the truth names it."""
    start = f"(year({day}) - (month({day}) < 4)::INTEGER)"
    return f"format('{{}}-{{:02d}} Q{{}}', {start}, ({start} + 1) % 100, (month({day}) + 8) % 12 // 3 + 1)"


def make_stage(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """The macros `draw`, `pick`, `month_at`, and the tables `team`, `service` and `course`."""
    con.execute(f"""
        CREATE OR REPLACE MACRO draw(name, id) AS
            (hash({stage.seed}, name, id::BIGINT) % {RESOLUTION}) / {RESOLUTION}.0;
        CREATE OR REPLACE MACRO pick(name, id, n) AS
            (hash({stage.seed}, name, id::BIGINT) % n)::INTEGER;
        CREATE OR REPLACE MACRO month_at(day) AS
            datediff('month', {stage.first_day}, day)::SMALLINT;
    """)
    tell_services(con, stage.alliance)
    con.execute("""
        CREATE TABLE course AS
        WITH seen AS (
            SELECT request, team::VARCHAR AS team, min(day) AS first_seen, max(day) AS last_seen,
                count(*)::INTEGER AS visits
            FROM contact
            WHERE attendance IN ('5', '6') AND mechanism IN ('01', '02', '04', '11')
            GROUP BY ALL
        )
        SELECT u.unit, u.request, u.child, u.service::VARCHAR AS service, s.discipline,
            s.provider, s.bit, s.is_autism, l.team::VARCHAR AS team, u.received, u.rejected,
            coalesce(l.closed, r.discharged) AS closed,
            l.closure_reason::VARCHAR AS closure_reason,
            CASE WHEN n.visits > 0 THEN greatest(n.first_seen, u.received) END AS first_seen,
            CASE WHEN n.visits > 0 THEN greatest(n.last_seen, u.received) END AS last_seen,
            coalesce(n.visits, 0) AS visits,
            r.senders, r.first_month, r.last_month, c.born, c.deceased,
            row_number() OVER (PARTITION BY u.request ORDER BY u.unit) = 1 AS is_main
        FROM unit AS u
        JOIN service AS s ON s.service = u.service::VARCHAR
        JOIN request AS r USING (request)
        JOIN child AS c ON c.child = u.child
        JOIN line AS l ON l.request = u.request
        JOIN team AS t ON t.team = l.team::VARCHAR AND t.service = u.service::VARCHAR
        LEFT JOIN seen AS n ON n.request = u.request AND n.team = l.team::VARCHAR
        ORDER BY u.unit
    """)
    con.execute("""
        CREATE TABLE visit_month AS
        SELECT DISTINCT request, team::VARCHAR AS team, date_trunc('month', day)::DATE AS month
        FROM contact
        WHERE attendance IN ('5', '6') AND mechanism IN ('01', '02', '04', '11')
    """)


def tell_services(con: duckdb.DuckDBPyConnection, alliance: Alliance) -> None:
    """Tables `team` and `service`, as the partnership's file has them."""
    con.execute("CREATE OR REPLACE TABLE team (team VARCHAR, service VARCHAR)")
    con.executemany(
        "INSERT INTO team VALUES (?, ?)", [(t.team_id, t.service_code) for t in alliance.teams]
    )
    con.execute(
        "CREATE OR REPLACE TABLE service"
        " (service VARCHAR, provider VARCHAR, discipline VARCHAR, is_autism BOOLEAN, bit UTINYINT)"
    )
    con.executemany(
        "INSERT INTO service VALUES (?, ?, ?, ?, ?)",
        [
            (s.code, s.provider_code, s.discipline, s.is_autism_pathway,
             alliance.bit(s.provider_code))
            for s in alliance.services
        ],
    )  # fmt: skip
