"""A home with a few dozen made-up children, written straight into `raw`: enough for every model.

Speech and language (RKE): 60 referrals of April 2026, 45 seen in May on day 30, 15 never. Physiotherapy
(RAL): 12, all but one seen. Mental health (RNK, in its own standard and record): 10 of the same children,
9 seen, 2 of them by telephone. A quarter later all are judged: limit days fall in 2026-27 Q1.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from orchestration import duck
from orchestration.contracts.model import Catalogue, shipped_catalogue
from orchestration.keys import Keys, load_keys
from orchestration.partnership.load import load_partnership
from orchestration.partnership.model import Partnership
from orchestration.settings import Settings
from orchestration.warehouse.build import run_dbt
from orchestration.warehouse.context import write_context
from orchestration.warehouse.publish import Published, publish
from orchestration.warehouse.raw import ensure_raw_tables
from orchestration.warehouse.results import BuildResult
from orchestration.warehouse.stamp import fingerprint, make_stamp

AS_AT = date(2026, 7, 25)
MONTHS = (date(2026, 4, 1), date(2026, 5, 1), date(2026, 6, 1))
TABLES = {
    "csds": ("cyp000", "cyp001", "cyp002", "cyp101", "cyp102", "cyp201", "cyp202"),
    "mhsds": ("mhs000", "mhs001", "mhs002", "mhs101", "mhs102", "mhs201", "mhs202"),
}
LOCAL_TABLES = ("person_index",)
SENDERS = {"RV3": "csds", "RKE": "csds", "RAL": "csds", "RNK": "mhsds"}
SEEN_LATER = 5  # children of speech and language a second version of May says were seen


def nhs_number(serial: int) -> str | None:
    """A valid number of the range never issued, or None where the check digit would be ten."""
    nine = f"999{serial:06d}"
    check = -sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
    return None if check == 10 else f"{nine}{check}"


NHS_NUMBERS = [n for n in map(nhs_number, range(1000, 1200)) if n and n != n[::-1]][:72]


@dataclass
class SmallAlliance:
    """The home, its ledger as rows, and the steps a run takes."""

    settings: Settings
    keys: Keys
    partnership: Partnership = field(default_factory=load_partnership)
    catalogue: Catalogue = field(default_factory=shipped_catalogue)
    submissions: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def in_folder(cls, home: Path) -> SmallAlliance:
        """A home with everything received."""
        settings = Settings(home=home, demo=True, as_at=AS_AT, memory_limit="1GB")
        settings.make_folders()
        alliance = cls(settings, load_keys(settings))
        for month in MONTHS:
            for sender, standard in SENDERS.items():
                for table in (*TABLES[standard], *LOCAL_TABLES):
                    alliance.receive(sender, table, month)
        alliance.load(SQL)
        alliance.load(MENTAL_HEALTH)
        alliance.load(OPTED_OUT)
        return alliance

    def receive(self, sender: str, table: str, month: date) -> int:
        """Enter a loaded submission; an active one of the same unit gives way to it."""
        unit = (sender, table, month)
        for row in self.submissions:
            if (row["partner_code"], row["table_name"], row["period_start"]) == unit:
                row["is_active"] = False
        ledger_id = len(self.submissions) + 1
        following = date(month.year, month.month + 1, 1)
        self.submissions.append(
            {
                "ledger_id": ledger_id,
                "partner_code": sender,
                "standard": "local" if table in LOCAL_TABLES else SENDERS[sender],
                "table_name": table,
                "period_start": month,
                "period_end": date.fromordinal(following.toordinal() - 1),
                "received_at": datetime(following.year, following.month, 10, 9, 0, 0),
                "header_created_at": datetime(following.year, following.month, 9),
                "status": "loaded",
                "is_active": True,
                "rows_read": 103,
                "rows_loaded": 100,
                "rows_quarantined": 3,
                "rows_warned": 0,
                "contract_version": "1.6",
                "reason": None,
                "file_name": f"{table}.csv",
            }
        )
        return ledger_id

    def ledger_id(self, sender: str, table: str, month: date) -> int:
        """The active submission of a unit."""
        return next(
            row["ledger_id"]
            for row in self.submissions
            if row["is_active"]
            and (row["partner_code"], row["table_name"], row["period_start"])
            == (sender, table, month)
        )

    def load(self, sql: str) -> None:
        """Run statements on the build file; `{sender_table_yyyymm}` is the active ledger id."""
        ids = {
            f"{r['partner_code']}_{r['table_name']}_{r['period_start']:%Y%m}": r["ledger_id"]
            for r in self.submissions
            if r["is_active"]
        }
        con = duck.connect(self.settings)
        duck.attach(con, self.settings.build_file, "warehouse", self.keys.warehouse)
        con.execute("USE warehouse")
        ensure_raw_tables(con, self.catalogue)
        con.execute("CREATE OR REPLACE TEMP TABLE number (i INTEGER, nhs VARCHAR)")
        con.executemany("INSERT INTO number VALUES (?, ?)", list(enumerate(NHS_NUMBERS, start=1)))
        con.execute(sql.format(**ids))
        con.close()

    def build(self, *, with_unit_tests: bool = False) -> BuildResult:
        """Context and dbt."""
        self.stamp = make_stamp(self.settings)
        issues = [
            {
                "ledger_id": self.ledger_id("RKE", "cyp201", MONTHS[0]),
                "rule_id": "mandatory_blank",
                "column_name": "contact_date",
                "severity": "reject",
                "failed": 3,
                "message": "blank",
            }
        ]
        write_context(
            self.settings,
            self.keys,
            self.partnership,
            self.catalogue,
            self.stamp,
            submissions=self.submissions,
            issues=issues,
            check_results=[
                {
                    "ledger_id": self.ledger_id("RKE", "cyp001", MONTHS[0]),
                    "check_id": "nhs_number_missing",
                    "column_name": "nhs_number",
                    "category": "completeness",
                    "severity": "warn",
                    "status": "fail",
                    "observed": 0.25,
                    "high": 0.05,
                    "message": "Rows without nhs_number: 25 %; expected at most 5 %.",
                }
            ],
            drift=[
                {
                    "partner_code": "RKE",
                    "standard": "csds",
                    "table_name": "cyp201",
                    "kind": "code_new",
                    "column_name": "attendance_status",
                    "value": "X9",
                    "first_period": MONTHS[0],
                    "first_seen_at": datetime(2026, 5, 10, 9, 0, 0),
                    "last_period": MONTHS[2],
                }
            ],
            quarantine_decisions=[
                {"decision_id": n, "ledger_id": issues[0]["ledger_id"], "line": line, "action": a}
                for n, line, a in ((1, 7, "reject"), (2, 8, "release"), (3, 7, "release"))
            ],
        )
        return run_dbt(self.settings, self.keys, with_unit_tests=with_unit_tests)

    def publish(self, result: BuildResult) -> Published:
        """The snapshot of the build just made."""
        return publish(
            self.settings,
            self.keys,
            self.catalogue,
            self.stamp,
            result,
            submissions=self.submissions,
            fingerprint=fingerprint(self.settings, self.submissions),
        )


SQL = """
INSERT INTO raw.csds__cyp001 BY NAME
SELECT {RV3_cyp001_202604} AS submission_id, 'RV3' AS partner_code, DATE '2026-04-01' AS period_start,
    i AS row_number, 'PATIENT' || i AS local_patient_id, 'RV3' AS org_id_local_patient_id,
    nhs AS nhs_number, DATE '2018-01-01' + i::INTEGER AS date_of_birth, '1' AS gender,
    'NW5 ' || (i % 9) || 'ZZ' AS postcode
FROM number;

INSERT INTO raw.csds__cyp001 BY NAME
SELECT * REPLACE (
    CASE WHEN row_number <= 60 THEN {RKE_cyp001_202604} ELSE {RAL_cyp001_202604} END AS submission_id,
    CASE WHEN row_number <= 60 THEN 'RKE' ELSE 'RAL' END AS partner_code)
FROM raw.csds__cyp001;

INSERT INTO raw.csds__cyp101 BY NAME
SELECT m.submission_id, m.partner_code, m.period_start, i AS row_number,
    'REQUEST' || i AS service_request_id, 'PATIENT' || i AS local_patient_id,
    DATE '2026-04-01' + (i % 20)::INTEGER AS referral_request_received_date
FROM number
JOIN (VALUES
    ({RKE_cyp101_202604}, 'RKE', DATE '2026-04-01'), ({RKE_cyp101_202605}, 'RKE', DATE '2026-05-01'),
    ({RKE_cyp101_202606}, 'RKE', DATE '2026-06-01'), ({RAL_cyp101_202604}, 'RAL', DATE '2026-04-01'),
    ({RAL_cyp101_202605}, 'RAL', DATE '2026-05-01'), ({RAL_cyp101_202606}, 'RAL', DATE '2026-06-01'),
    -- the lead's extract of April carries everybody's requests
    ({RV3_cyp101_202604}, 'RV3', DATE '2026-04-01')
) AS m (submission_id, partner_code, period_start)
    ON m.partner_code = 'RV3' OR (i <= 60) = (m.partner_code = 'RKE');

INSERT INTO raw.csds__cyp102 BY NAME
SELECT s.ledger AS submission_id, r.partner_code, r.period_start, r.row_number, r.service_request_id,
    CASE WHEN r.row_number <= 60 THEN 'CAM-SLT-COM' ELSE 'CAM-PHY' END AS team_id_local
FROM raw.csds__cyp101 AS r
JOIN (VALUES
    ({RKE_cyp102_202604}, 'RKE', DATE '2026-04-01'), ({RKE_cyp102_202605}, 'RKE', DATE '2026-05-01'),
    ({RKE_cyp102_202606}, 'RKE', DATE '2026-06-01'), ({RAL_cyp102_202604}, 'RAL', DATE '2026-04-01'),
    ({RAL_cyp102_202605}, 'RAL', DATE '2026-05-01'), ({RAL_cyp102_202606}, 'RAL', DATE '2026-06-01'),
    ({RV3_cyp102_202604}, 'RV3', DATE '2026-04-01')
) AS s (ledger, partner, month) ON s.partner = r.partner_code AND s.month = r.period_start;

-- day 30 falls in May
INSERT INTO raw.csds__cyp201 BY NAME
SELECT CASE WHEN i <= 60 THEN {RKE_cyp201_202605} ELSE {RAL_cyp201_202605} END AS submission_id,
    CASE WHEN i <= 60 THEN 'RKE' ELSE 'RAL' END AS partner_code, DATE '2026-05-01' AS period_start,
    i AS row_number, 'CONTACT' || i AS care_contact_id, 'REQUEST' || i AS service_request_id,
    CASE WHEN i <= 60 THEN 'CAM-SLT-SCH' ELSE 'CAM-PHY' END AS team_id_local,
    DATE '2026-05-01' + (i % 20)::INTEGER AS contact_date, '01' AS consultation_mechanism,
    '5' AS attendance_status
FROM number
WHERE i <= 45 OR (i > 60 AND i < 72);
"""

MENTAL_HEALTH = """
INSERT INTO raw.mhsds__mhs001 BY NAME
SELECT {RNK_mhs001_202604} AS submission_id, 'RNK' AS partner_code, DATE '2026-04-01' AS period_start,
    i AS row_number, 'TPATIENT' || i AS local_patient_id, 'RNK' AS org_id_local_patient_id,
    nhs AS nhs_number, DATE '2018-01-01' + i::INTEGER AS date_of_birth, '1' AS gender
FROM number WHERE i <= 10;

INSERT INTO raw.mhsds__mhs101 BY NAME
SELECT m.submission_id, 'RNK' AS partner_code, m.period_start, i AS row_number,
    'TREQUEST' || i AS service_request_id, 'TPATIENT' || i AS local_patient_id,
    DATE '2026-04-03' + i::INTEGER AS referral_request_received_date
FROM number
CROSS JOIN (VALUES
    ({RNK_mhs101_202604}, DATE '2026-04-01'), ({RNK_mhs101_202605}, DATE '2026-05-01'),
    ({RNK_mhs101_202606}, DATE '2026-06-01')
) AS m (submission_id, period_start)
WHERE i <= 10;

INSERT INTO raw.mhsds__mhs102 BY NAME
SELECT s.ledger AS submission_id, r.partner_code, r.period_start, r.row_number, r.service_request_id,
    'CAM-CAMHS' AS team_id_local
FROM raw.mhsds__mhs101 AS r
JOIN (VALUES
    ({RNK_mhs102_202604}, DATE '2026-04-01'), ({RNK_mhs102_202605}, DATE '2026-05-01'),
    ({RNK_mhs102_202606}, DATE '2026-06-01')
) AS s (ledger, month) ON s.month = r.period_start;

INSERT INTO raw.mhsds__mhs201 BY NAME
SELECT {RNK_mhs201_202605} AS submission_id, 'RNK' AS partner_code, DATE '2026-05-01' AS period_start,
    i AS row_number, 'TCONTACT' || i AS care_contact_id, 'TREQUEST' || i AS service_request_id,
    'CAM-CAMHS' AS team_id_local, DATE '2026-05-01' + i::INTEGER AS contact_date,
    CASE WHEN i <= 2 THEN '02' ELSE '01' END AS consultation_mechanism, '5' AS attendance_status
FROM number WHERE i <= 9;

INSERT INTO raw.mhsds__mhs202 BY NAME
SELECT {RNK_mhs202_202605} AS submission_id, partner_code, period_start, row_number, care_contact_id,
    'TACTIVITY' || row_number AS care_activity_id, '391281002' AS coded_procedure
FROM raw.mhsds__mhs201;
"""

OPTED_OUT = """
INSERT INTO raw.csds__cyp001 BY NAME
SELECT {RAL_cyp001_202604} AS submission_id, 'RAL' AS partner_code, DATE '2026-04-01' AS period_start,
    1000 AS row_number, 'PATIENT1000' AS local_patient_id, 'RV3' AS org_id_local_patient_id,
    DATE '2018-01-01' AS date_of_birth;

INSERT INTO raw.local__person_index BY NAME
SELECT {RV3_person_index_202606} AS submission_id, 'RV3' AS partner_code,
    DATE '2026-06-01' AS period_start, 1 AS row_number, 'PATIENT1000' AS local_patient_id,
    DATE '2026-06-20' AS opted_out_date;

INSERT INTO raw.csds__cyp101 BY NAME
SELECT submission_id, partner_code, period_start, 1000 AS row_number,
    'REQUEST1000' AS service_request_id, 'PATIENT1000' AS local_patient_id,
    referral_request_received_date
FROM raw.csds__cyp101 WHERE partner_code = 'RAL' AND service_request_id = 'REQUEST61';

INSERT INTO raw.csds__cyp102 BY NAME
SELECT submission_id, partner_code, period_start, 1000 AS row_number,
    'REQUEST1000' AS service_request_id, team_id_local
FROM raw.csds__cyp102 WHERE partner_code = 'RAL' AND service_request_id = 'REQUEST61';

INSERT INTO raw.csds__cyp201 BY NAME
SELECT * REPLACE (1000 AS row_number, 'CONTACT1000' AS care_contact_id,
    'REQUEST1000' AS service_request_id)
FROM raw.csds__cyp201 WHERE service_request_id = 'REQUEST61';
"""
"""A child of physiotherapy whose family opted out in June."""

SECOND_VERSION_OF_MAY = f"""
UPDATE raw.csds__cyp201 SET submission_id = {{RKE_cyp201_202605}}
WHERE partner_code = 'RKE' AND period_start = DATE '2026-05-01';

INSERT INTO raw.csds__cyp201 BY NAME
SELECT * REPLACE (
    row_number + 45 AS row_number,
    'CONTACT' || (row_number + 45) AS care_contact_id,
    'REQUEST' || (row_number + 45) AS service_request_id)
FROM raw.csds__cyp201
WHERE partner_code = 'RKE' AND row_number BETWEEN 1 AND {SEEN_LATER};
"""
