"""Whatever arrives, every row is loaded or held back and nothing falls over.

A few hundred files by default; `make fuzz` runs ten thousand.
"""

from __future__ import annotations

import io
import itertools
import zipfile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.unit.intake.conftest import Counter
from tests.unit.intake.test_bad_input import HEADING, contacts, good
from tests.unit.intake.test_containers import CENSUS, workbook

_numbers = itertools.count()
WHOLE = contacts(*(good(1 + n % 9).replace("C", f"C{n}-", 1) for n in range(30))).encode()

values = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["", " ", '"', '""', '"a\nb"', "31/02/2026", "2026-09-05", "5", "4.0E+09", "\0", "=x", "é"]
    ),
)
lines = st.lists(values, min_size=0, max_size=9).map(",".join)
made_up = st.tuples(
    st.lists(lines, max_size=12),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-16", "cp1252"]),
).map(lambda t: t[1].join([HEADING, *t[0]]).encode(t[2], errors="replace"))


@st.composite
def mutated(draw: st.DrawFn, whole: bytes = WHOLE) -> bytes:
    content = bytearray(whole)
    for _ in range(draw(st.integers(1, 6))):
        place = draw(st.integers(0, len(content) - 1))
        kind = draw(st.sampled_from(["flip", "cut", "insert", "quote", "repeat"]))
        if kind == "flip":
            content[place] = draw(st.integers(0, 255))
        elif kind == "cut":
            del content[place : place + draw(st.integers(1, 60))]
        elif kind == "insert":
            content[place:place] = draw(st.binary(max_size=20))
        elif kind == "quote":
            content[place:place] = b'"'
        else:
            content[place:place] = content[place : place + draw(st.integers(1, 200))]
        if not content:
            break
    return bytes(content)


def take_in_one(counter: Counter, content: bytes, partner: str = "RAL", kind: str = "csv") -> None:
    name = f"file-{next(_numbers)}.{kind}"
    path = counter.drop(f"{partner}/2026-09/{name}", content)
    counter.take_in()
    assert not path.exists()
    own = counter.submissions(f"2026-09/{name}")
    assert len(own) >= 1
    assert set(own.status) <= {"loaded", "rejected", "duplicate", "superseded"}
    for row in own[own.status == "loaded"].itertuples():
        assert row.rows_read == row.rows_loaded + row.rows_quarantined
        held = counter.con.execute(
            f"SELECT count(*) FROM raw.{row.standard}__{row.table_name} WHERE submission_id = ?",
            [int(row.ledger_id)],
        ).fetchone()
        assert held == (row.rows_loaded,)


def count_records(content: bytes) -> int | None:
    """Records of a UTF-8 file without quotes or lone returns, counted plainly; None for others."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if '"' in text or "\r" in text.replace("\r\n", ""):
        return None
    return sum(1 for line in text.split("\n")[1:] if line.strip("\r").strip())


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


@given(content=st.one_of(mutated(), made_up, st.binary(max_size=400)))
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_no_file_is_lost_and_none_stops_the_run(counter: Counter, content: bytes) -> None:
    take_in_one(counter, content)


@given(content=mutated())
@settings(max_examples=150, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_every_record_of_a_damaged_file_is_accounted_for(counter: Counter, content: bytes) -> None:
    take_in_one(counter, content)
    row = counter.submissions().iloc[-1]
    expected = count_records(content)
    if row.status == "loaded" and expected is not None:
        assert row.rows_read == expected


def stored(content: bytes) -> bytes:
    """The same workbook, its members not compressed, so that a changed byte is a changed cell."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
    return buffer.getvalue()


BOOK = stored(workbook(Contacts=[line.split(",") for line in WHOLE.decode().splitlines()]))


@given(content=mutated(CENSUS.encode()))
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_no_message_is_lost_and_none_stops_the_run(counter: Counter, content: bytes) -> None:
    take_in_one(counter, content, "E09000007", "xml")


@given(content=mutated(BOOK))
@settings(max_examples=60, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_no_workbook_is_lost_and_none_stops_the_run(counter: Counter, content: bytes) -> None:
    take_in_one(counter, content, "RAL", "xlsx")


@pytest.mark.fuzz
@given(content=mutated(CENSUS.encode()))
@settings(max_examples=2_000, deadline=None, suppress_health_check=QUIET)
def test_two_thousand_messages(counter: Counter, content: bytes) -> None:
    take_in_one(counter, content, "E09000007", "xml")


@pytest.mark.fuzz
@given(content=mutated(BOOK))
@settings(max_examples=2_000, deadline=None, suppress_health_check=QUIET)
def test_two_thousand_workbooks(counter: Counter, content: bytes) -> None:
    take_in_one(counter, content, "RAL", "xlsx")


@pytest.mark.fuzz
@given(content=st.one_of(mutated(), made_up, st.binary(max_size=2000)))
@settings(max_examples=10_000, deadline=None, suppress_health_check=QUIET)
def test_ten_thousand_files(counter: Counter, content: bytes) -> None:
    take_in_one(counter, content)
