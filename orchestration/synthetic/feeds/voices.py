"""What families said: the friends and family test and the confidence question. No child is named."""

from __future__ import annotations

from typing import Any

import duckdb

from orchestration.synthetic.feeds.stage import Stage, quarter
from orchestration.synthetic.sheets import Sheet

FFT_SHARE, CONFIDENCE_SHARE = 0.04, 0.03
"""Of the visits attended, so that the answers have the seasons of the service."""
ANSWERS = (("very_good", 0.62), ("good", 0.86), ("neither", 0.92), ("poor", 0.96),
           ("very_poor", 0.98), ("dont_know", 1.0))  # fmt: skip
WORSE = 0.16
"""How far down the scale a service moves once its waits got longer."""
CONFIDENCE = (("a_lot_more", 0.44), ("a_little_more", 0.78), ("same", 0.93), ("less", 0.97),
              ("dont_know", 1.0))  # fmt: skip
POSITIVE = ("very_good", "good")
MORE = ("a_lot_more", "a_little_more")
COMMENTS = (
    "Everybody was kind, and we knew what would happen next.",
    'She said "come back when you are ready", which helped.',
    "The wait was long; the visit itself was good.",
    "Please send letters earlier, and in plain words.",
    "We had to tell our story again to every new face.",
    "Evening appointments would help working parents.",
)


def make_voices(con: duckdb.DuckDBPyConnection, stage: Stage) -> None:
    """Tables `fft` and `confidence`, a row an answer."""
    slower = [
        (s.code, p.changes_on)
        for s, p in zip(stage.alliance.services, stage.alliance.profiles, strict=True)
        if p.changes_on
    ]
    is_worse = (
        " OR ".join(f"(service = '{code}' AND day >= DATE '{since}')" for code, since in slower)
        or "false"
    )
    answers = " ".join(f"WHEN x < {share} THEN '{answer}'" for answer, share in ANSWERS)
    confidence = " ".join(f"WHEN x < {share} THEN '{answer}'" for answer, share in CONFIDENCE)
    con.execute(f"""
        CREATE VIEW attended AS
        SELECT c.contact, c.team::VARCHAR AS team, s.service, s.provider, s.bit AS senders,
            c.first_month, c.last_month,
            least(c.day + pick('answered after', contact, 6), m.last_day) AS day
        FROM contact AS c JOIN team AS t ON t.team = c.team::VARCHAR
        JOIN service AS s USING (service) JOIN month AS m ON m.k = c.first_month
        WHERE c.attendance IN ('5', '6') AND c.mechanism IN ('01', '02', '04', '11');
        CREATE TABLE fft AS
        SELECT *, CASE {answers} END AS answer
        FROM (
            SELECT *, least(draw('fft answer', contact)
                + CASE WHEN {is_worse} THEN {WORSE} ELSE 0 END, 0.9999) AS x
            FROM attended WHERE draw('fft', contact) < {FFT_SHARE}
        );
        CREATE TABLE confidence AS
        SELECT *, CASE {confidence} END AS answer
        FROM (
            SELECT *, draw('confidence answer', contact) AS x
            FROM attended WHERE draw('confidence', contact) < {CONFIDENCE_SHARE}
        );
    """)


def voice_sheets(stage: Stage, partner: str) -> list[Sheet]:
    """The month's answers about the partner's own teams."""
    if stage.standard_of(partner) is None:
        return []
    bit = stage.alliance.bit(partner)
    who = (
        "CASE WHEN draw('answered by', contact) < 0.78 THEN 'parent' "
        "WHEN draw('answered by', contact) < 0.9 THEN 'child' "
        "WHEN draw('answered by', contact) < 0.94 THEN 'other' END"
    )
    quoted = ", ".join("'" + comment.replace("'", "''") + "'" for comment in COMMENTS)
    comments = f"[{quoted}]"
    shared = {
        "response_date": "day",
        "response_team_id": "team",
        "response_provider": "provider",
        "answered_by": who,
    }
    return [
        Sheet("local", "fft_response", "fft", bit, ("contact",), {
            **shared,
            "fft_response_id": "'F' || (30000000 + contact)",
            "question_version": "'2020'",
            "fft_answer": "answer",
            "comment": "CASE WHEN draw('comments', contact) < 0.35 THEN "
                       f"{comments}[1 + pick('comment', contact, {len(COMMENTS)})] END",
            "may_be_quoted": "CASE WHEN draw('comments', contact) < 0.22 THEN 'Y' "
                             "WHEN draw('comments', contact) < 0.35 THEN 'N' END",
        }),
        Sheet("local", "confidence_response", "confidence", bit, ("contact",), {
            **shared,
            "confidence_response_id": "'Q' || (40000000 + contact)",
            "confidence_answer": "answer",
        }),
    ]  # fmt: skip


def voice_facts(con: duckdb.DuckDBPyConnection, stage: Stage) -> list[dict[str, Any]]:
    """Per quarter of the answer and provider: answers, and the positive ones, to both questions."""
    del stage
    rows = con.execute(f"""
        SELECT {quarter("day")} AS quarter, provider,
            count(*) FILTER (WHERE question = 'fft'),
            count(*) FILTER (WHERE answer IN {POSITIVE}),
            count(*) FILTER (WHERE question = 'confidence'),
            count(*) FILTER (WHERE answer IN {MORE})
        FROM (
            SELECT day, provider, answer, 'fft' AS question FROM fft
            UNION ALL SELECT day, provider, answer, 'confidence' FROM confidence
        )
        GROUP BY ALL ORDER BY ALL
    """).fetchall()
    names = ("quarter", "code", "fft_responses", "fft_positive", "confidence_responses",
             "confidence_more")  # fmt: skip
    return [dict(zip(names, row, strict=True)) for row in rows]
