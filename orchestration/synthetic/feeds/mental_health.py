"""The MHSDS tables of the provider that keeps a record of its own."""

from __future__ import annotations

from datetime import date

from orchestration.contracts.model import shipped_catalogue
from orchestration.synthetic.feeds.stage import Stage, request_id
from orchestration.synthetic.sheets import (
    COMMISSIONER,
    TIME,
    YES,
    Cell,
    Sheet,
    contact_columns,
    known_by,
    patient_columns,
)

# what a closure of the community services is called here
CLOSURE = (
    "CASE closure_reason WHEN '01' THEN '02' WHEN '02' THEN '04' WHEN '03' THEN '03' "
    "WHEN '04' THEN '07' WHEN '05' THEN '05' WHEN '06' THEN '06' ELSE '08' END"
)
SOURCE = (
    "CASE source WHEN '01' THEN 'A1' WHEN '02' THEN 'A2' WHEN '03' THEN 'C2' "
    "WHEN '04' THEN 'F2' WHEN '05' THEN 'C1' WHEN '06' THEN 'B2' ELSE 'P1' END"
)
REASON = "lpad((4 + pick('mental health reason', request, 3))::VARCHAR, 2, '0')"
CONTACT = "'TC' || (4000000000 + contact)"
ACTIVITY = "'TA' || (5000000000 + activity)"
STAFF = "'TP-' || (1 + contact % 9)"
GOAL_CHART = "1034351000000101"
SELF_DIFFICULTIES = "718134002"
TIER = "'3'"


def mental_health_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """Every MHSDS table but the header and the plans."""
    bit, sent = stage.alliance.bit(partner), stage.sender_bit(partner)
    own_id: dict[str, Cell | str] = {"local_patient_id": stage.local_id(partner)}
    request: dict[str, Cell | str] = {"service_request_id": request_id(True)}
    person = patient_columns(stage.local_id(partner), partner)
    flags = ("child_looked_after_indicator", "disability_supervision_and_care_indicator",
             "education_assessment")  # fmt: skip
    return [
        Sheet("mhsds", "mhs001", "patient", bit, ("child",), {
            **{name: cell for name, cell in person.items() if name not in flags},
            "org_id_residence_resp": f"'{COMMISSIONER}'",
            "gender_identity": "CASE WHEN is_male THEN '1' ELSE '2' END",
        }),
        Sheet("mhsds", "mhs002", "patient", bit, ("child",), {
            **own_id,
            "org_id_gp": "'Z9' || (1000 + practice)",
            "gp_registration_start_date": "registered",
        }),
        Sheet("mhsds", "mhs005", "patient_status", bit, ("child",), {
            **own_id,
            **{name: person[name] for name in flags},
            "young_carer": YES.format("draw('young carer', child) < 0.02"),
            "child_protection_plan_indicator":
                "CASE WHEN protected_from <= {end} AND coalesce(protected_to > {end}, true) "
                "THEN 'Y' ELSE 'N' END",
            "autism_status": "CASE WHEN draw('autism status', child) < 0.1 THEN '1' ELSE 'Z' END",
        }),
        Sheet("mhsds", "mhs101", "request", sent, ("request",), {
            **own_id,
            **request,
            "org_id_commissioner": f"'{COMMISSIONER}'",
            "team_id_local": f"'{_team(stage, partner)}'",
            "referral_request_received_date": "received",
            "referral_request_received_time": TIME,
            "source_of_referral": SOURCE,
            "priority_type": "CASE priority WHEN '1' THEN '3' WHEN '2' THEN '2' ELSE '4' END",
            "primary_referral_reason": REASON,
            "discharge_date": known_by("discharged"),
            "discharge_letter_issued_date": known_by("discharged"),
        }),
        Sheet("mhsds", "mhs102", "line", sent, ("request", "team_number"), {
            **request,
            "team_id_local": "team",
            "team_type": "'A13'",
            "camhs_tier": TIER,
            "referral_closure_date": known_by("closed"),
            "referral_rejection_date": known_by("rejected"),
            "referral_closure_reason": Cell(CLOSURE, "closed <= {end}"),
            "referral_rejection_reason": Cell("rejection_reason", "rejected <= {end}"),
        }),
        Sheet("mhsds", "mhs105", "mental_onward", sent, ("request",), {
            **request,
            "onward_referral_date": "day",
            "onward_referral_reason": "'98'",
            "org_id_receiving": "receiver",
        }),
        Sheet("mhsds", "mhs201", "contact", sent, ("contact",), {
            **contact_columns(),
            **request,
            "care_contact_id": CONTACT,
            "consultation_mechanism": _mechanism(),
            "planned_contact_indicator": "'Y'",
            # the record keeps one reason, and it is about the service
            "contact_cancellation_reason": "CASE attendance WHEN '4' THEN '02' END",
        },),
        Sheet("mhsds", "mhs202", "activity", sent, ("activity",), {
            "care_activity_id": ACTIVITY,
            "care_contact_id": CONTACT,
            "care_professional_id_local": STAFF,
            "care_activity_duration": "minutes",
            "coded_procedure": "CASE kind WHEN '02' THEN '391281002' WHEN '06' THEN '312384001' "
                               "WHEN '04' THEN '409063005' ELSE '304891004' END",
        },),
        Sheet("mhsds", "mhs604", "diagnosis", sent, ("request",), {
            **request,
            "diagnosis_scheme": "'02'",
            "primary_diagnosis": "code",
            "primary_diagnosis_date": "day",
        }),
        Sheet("mhsds", "mhs606", "difficulties", sent, ("request", "day"), {
            **request,
            "snomed_id": f"'{SELF_DIFFICULTIES}'",
            "score": "score",
            "assessment_completion_date": "day",
            "care_professional_id_local": "'TP-' || (1 + request % 9)",
        }),
        Sheet("mhsds", "mhs607", "goal_progress", sent, ("activity",), {
            "care_activity_id": ACTIVITY,
            "snomed_id": f"'{GOAL_CHART}'",
            "score": "score",
        },),
    ]  # fmt: skip


def _team(stage: Stage, partner: str) -> str:
    own = {s.code for s in stage.alliance.services if s.provider_code == partner}
    return next(t.team_id for t in stage.alliance.teams if t.service_code in own)


def _mechanism() -> str:
    """Until the version that names mechanisms, a video call is told as telemedicine, a text as 06."""
    newest: date | None = shipped_catalogue().standards["mhsds"].versions[0].valid_from
    medium = "CASE mechanism WHEN '11' THEN '03' WHEN '09' THEN '06' ELSE mechanism::VARCHAR END"
    return f"CASE WHEN {{end}} < DATE '{newest}' THEN {medium} ELSE mechanism::VARCHAR END"
