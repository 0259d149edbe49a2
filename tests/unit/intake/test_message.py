"""XML messages come apart into the rows they hold, exactly, or are refused in one line."""

from __future__ import annotations

import csv
import itertools
import time
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestration.contracts.model import Catalogue
from orchestration.intake import message_rows
from orchestration.intake.derived import LINE_HEADING
from orchestration.intake.message import Opened, is_message, read_head, unpack_message
from orchestration.intake.recognise import RefusedFileError

STANDARD = """
standard: made
title: A made-up census
source: test
period: year_to_march
versions:
  - {version: "2", valid_from: 2024-04-01, source: test}
  - {version: "1", valid_to: 2024-03-31, source: test}
message:
  root: Message
  record: Child
  mark: {path: Header/Collection, value: MADE}
  sender: Header/LEA
  year: Header/Year
  period_end: Header/ReferenceDate
  created_at: Header/DateTime
"""
CHILD = """
standard: made
table: child
national: Child
title: Children
source: test
element: Child
columns:
  - {name: local_id, national: LAchildID, xpath: Ids/LAchildID, description: d}
  - {name: note, national: Note, description: d}
"""
PLAN = """
standard: made
table: plan
national: Plan
title: Plans
source: test
element: Plan
columns:
  - {name: local_id, national: LAchildID, xpath: "ancestor::Child/Ids/LAchildID", description: d}
  - {name: starts, national: Starts, description: d}
  - {name: authority, national: LEA, xpath: /Message/Header/LEA, description: d}
differences:
  - {version: "1", without: [authority]}
"""
HEADER = (
    "<Header><Collection>MADE</Collection><LEA>202</LEA><Year>2025</Year>"
    "<DateTime>2025-05-01T10:00:00</DateTime></Header>"
)
SMALL = f"""<?xml version="1.0" encoding="utf-8"?>
<Message>
  {HEADER}
  <Children>
    <Child>
      <Ids><LAchildID>A1</LAchildID></Ids>
      <Plan><Starts>2024-05-01</Starts></Plan>
      <Plan><Starts>2024-06-01</Starts></Plan>
    </Child>
    <Child><Ids><LAchildID>A2</LAchildID></Ids><Note>x</Note></Child>
  </Children>
</Message>
"""
SMALL_CHILDREN = [["5", "A1", ""], ["10", "A2", "x"]]


@pytest.fixture(scope="module")
def catalogue(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    folder = tmp_path_factory.mktemp("contracts")
    for standard in ("made", "other"):
        (folder / standard).mkdir()
        text = STANDARD.replace("standard: made", f"standard: {standard}")
        text = text if standard == "made" else text.replace("value: MADE", "value: OTHER")
        (folder / standard / "standard.yaml").write_text(text)
    (folder / "made" / "child.yaml").write_text(CHILD)
    (folder / "made" / "plan.yaml").write_text(PLAN)
    return Catalogue(folder)


_numbers = itertools.count()


def opened(content: bytes | str, tmp_path: Path, catalogue: Catalogue) -> Opened:
    into = tmp_path / f"into-{next(_numbers)}"
    into.mkdir()
    file = into / "sent.xml"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return unpack_message(file, into, catalogue)


def rows(result: Opened, table: str) -> list[list[str]]:
    path = next(path for contract, path, _ in result.tables if contract.table == table)
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, strict=True))[1:]


def with_children(*children: str, header: str = HEADER) -> str:
    return f"<Message>{header}<Children>{''.join(children)}</Children></Message>"


def child(name: str, note: str = "") -> str:
    return f"<Child><Ids><LAchildID>{name}</LAchildID></Ids><Note>{note}</Note></Child>"


def refusal(content: bytes | str, tmp_path: Path, catalogue: Catalogue) -> RefusedFileError:
    with pytest.raises(RefusedFileError) as caught:
        opened(content, tmp_path, catalogue)
    return caught.value


def test_the_head_says_whose_and_when(tmp_path: Path, catalogue: Catalogue) -> None:
    found = opened(SMALL, tmp_path, catalogue)
    assert (found.standard, found.sender, found.year) == ("made", "202", 2025)
    assert (found.period_end, found.created_at) == (None, datetime(2025, 5, 1, 10))


def test_the_head_alone_can_be_read(tmp_path: Path, catalogue: Catalogue) -> None:
    file = tmp_path / "sent.xml"
    text = with_children(*(child(f"A{n}") for n in range(3000)))
    file.write_text(text[: text.rindex("<Child>") + 9])
    found = read_head(file, catalogue)
    assert (found.standard, found.sender) == ("made", "202")


def test_rows_carry_their_line_and_their_ancestors_values(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    found = opened(SMALL, tmp_path, catalogue)
    assert rows(found, "child") == SMALL_CHILDREN
    assert rows(found, "plan") == [
        ["7", "A1", "2024-05-01", "202"],
        ["8", "A1", "2024-06-01", "202"],
    ]
    assert [(c.table, n) for c, _, n in found.tables] == [("child", 2), ("plan", 2)]


def test_the_first_heading_is_the_line_and_the_others_are_national(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    path = opened(SMALL, tmp_path, catalogue).tables[0][1]
    assert path.read_text().partition("\n")[0] == f"{LINE_HEADING},LAchildID,Note"


def test_the_tables_are_those_of_the_period_the_message_is_for(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    found = opened(SMALL.replace("2025", "2024"), tmp_path, catalogue)
    assert rows(found, "plan")[0] == ["7", "A1", "2024-05-01"]


def test_a_reference_date_goes_before_a_year(tmp_path: Path, catalogue: Catalogue) -> None:
    text = SMALL.replace("<Year>", "<ReferenceDate>2024-03-31</ReferenceDate><Year>")
    found = opened(text, tmp_path, catalogue)
    assert found.period_end == date(2024, 3, 31)
    assert found.tables[1][0].version == "1"


def test_a_message_without_records_has_tables_without_rows(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    found = opened(with_children(), tmp_path, catalogue)
    assert [(path.read_text().count("\n"), n) for _, path, n in found.tables] == [(1, 0), (1, 0)]


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"]
)
def test_every_encoding_gives_the_same_values(
    encoding: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    declared = encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    text = SMALL.replace('"utf-8"', f'"{declared}"').replace(">x<", ">Zoë<")
    found = opened(text.encode(encoding), tmp_path, catalogue)
    assert rows(found, "child") == [["5", "A1", ""], ["10", "A2", "Zoë"]]


@pytest.mark.parametrize(
    "changed",
    [
        SMALL.replace("<Message>", '<Message xmlns="urn:a">'),
        SMALL.replace("<Child>", '<Child xmlns="urn:b">'),
        SMALL.replace("<Plan>", "<p:Plan>").replace("</Plan>", "</p:Plan>")
        .replace("<Message>", '<Message xmlns:p="urn:p">'),
        SMALL.replace("<Child>", "<c:Child>").replace("</Child>", "</c:Child>")
        .replace("<Message>", '<Message xmlns:c="urn:c">'),
    ],
    ids=["default", "default of records", "prefixed table", "prefixed record"],
)  # fmt: skip
def test_namespaces_do_not_matter(changed: str, tmp_path: Path, catalogue: Catalogue) -> None:
    found = opened(changed, tmp_path, catalogue)
    assert rows(found, "child") == SMALL_CHILDREN
    assert rows(found, "plan")[0][:3] == ["7", "A1", "2024-05-01"]


@pytest.mark.parametrize(
    ("changed", "children"),
    [
        (SMALL.replace("<Note>", "<!-- </Child> --><Note>"), SMALL_CHILDREN),
        (SMALL.replace("<Header>", "<!-- <Child> --><Header>"), SMALL_CHILDREN),
        (SMALL.replace(">x<", "><![CDATA[</Child>]]><"), [["5", "A1", ""], ["10", "A2", "</Child>"]]),
        (SMALL.replace("</Child>", "</Child >"), SMALL_CHILDREN),
        (SMALL.replace("</Child>\n    <Child>", "</Child></Children><Children>\n<Child>"), SMALL_CHILDREN),
        (SMALL.replace("</Child>\n    <Child>", "</Child></Children><More>\n<Child>")
         .replace("</Children>\n</", "</More>\n</"), SMALL_CHILDREN),
    ],
    ids=["end in comment", "start in comment", "end in CDATA", "spaced end", "two parents", "other parent"],
)  # fmt: skip
def test_odd_but_well_formed_messages_lose_nothing(
    changed: str, children: list[list[str]], tmp_path: Path, catalogue: Catalogue
) -> None:
    assert rows(opened(changed, tmp_path, catalogue), "child") == children


def test_pieces_and_stream_agree_over_many_pieces(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_rows, "PIECE_BYTES", 2000)
    text = with_children(*(child(f"A{n}", "n" * (n % 300)) + "\n" for n in range(400)))
    by_piece = rows(opened(text, tmp_path, catalogue), "child")
    by_stream = rows(opened(text.replace("</Child>", "</Child >", 1), tmp_path, catalogue), "child")
    assert by_piece == by_stream == [
        [str(n + 1), f"A{n}", "n" * (n % 300)] for n in range(400)
    ]  # fmt: skip


LAUGHS = '<!DOCTYPE m [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY a{n} "{f"&a{n - 1};" * 10 if n else "&a;" * 10}">' for n in range(30)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "doctype",
    [
        LAUGHS,
        '<!DOCTYPE m [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE m SYSTEM "http://127.0.0.1:9/x.dtd">',
        "<!-- c --><?p?>\n<!DOCTYPE m>",
        " <!doctype m>",
    ],
    ids=["laughs", "external entity", "external subset", "after a comment", "lower case"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_any_doctype_is_refused_at_once(
    doctype: str, encoding: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    text = doctype + with_children(child("A1", "&a29;&x;"))
    start = time.process_time()
    assert refusal(text.encode(encoding), tmp_path, catalogue).rule == "xml_doctype"
    assert time.process_time() - start < 1


def test_a_doctype_behind_another_encoding_is_not_reached(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    text = '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE m>' + with_children()
    assert refusal(text, tmp_path, catalogue).rule == "encoding_unknown"


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (with_children(child("A1", "&nbsp;")), "line 1"),
        (SMALL.replace("</Note>", "</Not>"), "line 10, column"),
        (SMALL.replace("Child>", "undeclared:Child>"), "line 5"),
        (SMALL[:-20], "line 11"),
        (SMALL.replace("</Message>", ""), "line 13"),
        (SMALL + "<x/>", "line 13"),
        (SMALL.replace("</Child>\n", "</Child>\n</Child>", 1), "line 10"),
        (SMALL.replace(">x<", ">\x1e<"), "line 10"),
        (SMALL.replace(">x<", ">&#x1f;<"), "line 10"),
        (SMALL.encode().replace(b">x<", b">\xe9 <"), "line 10"),
    ],
)
def test_malformed_messages_are_refused_whole_with_line_and_column_alone(
    content: bytes | str, place: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    error = refusal(content, tmp_path, catalogue)
    assert error.rule == "xml_malformed"
    assert str(error).startswith(f"The message is not well-formed XML: {place}")
    assert "Note" not in str(error)


@pytest.mark.parametrize(
    "content",
    [
        "<Other/>",
        SMALL.replace("MADE", "ELSE"),
        with_children().replace("MADE", "ELSE"),
        SMALL.replace("<Collection>MADE</Collection>", ""),
    ],
)
def test_a_message_of_no_known_standard_is_refused(
    content: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    assert refusal(content, tmp_path, catalogue).rule == "message_unknown"


def test_the_mark_chooses_between_standards(tmp_path: Path, catalogue: Catalogue) -> None:
    found = opened(SMALL.replace("MADE", "OTHER"), tmp_path, catalogue)
    assert (found.standard, found.tables) == ("other", ())


@pytest.mark.parametrize(
    ("before", "after"),
    [("2025-05-01T10:00:00", "yesterday"), ("<Year>2025", "<Year>MMXXV")],
)
def test_a_head_without_a_real_date_names_the_place_and_not_the_value(
    before: str, after: str, tmp_path: Path, catalogue: Catalogue
) -> None:
    error = refusal(SMALL.replace(before, after), tmp_path, catalogue)
    assert error.rule == "message_head"
    assert "Header/" in str(error)
    assert after not in str(error)


def test_a_head_that_never_ends_is_refused(tmp_path: Path, catalogue: Catalogue) -> None:
    text = with_children(header=HEADER + "<x>y</x>" * 200_000)
    assert refusal(text, tmp_path, catalogue).rule == "message_head"


def test_a_record_that_never_ends_is_refused(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(message_rows, "MAX_RECORD_BYTES", 1 << 20)
    text = with_children(child("A1"), child("A2", "<x>y</x>" * 400_000))
    assert refusal(text, tmp_path, catalogue).rule == "record_too_long"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<a/>", True),
        (b"\xef\xbb\xbf\n <a/>", True),
        ("\n<a/>".encode("utf-16"), True),
        ("<a/>".encode("utf-16-be"), True),
        (b" " * 200_000 + b"<", True),
        (b"a,b\n<", False),
        (b"", False),
        (b"\n\n", False),
        ("a<".encode("utf-16"), False),
        (b"\xff\xfe\x00", False),
    ],
)
def test_a_message_is_told_by_its_first_character(
    content: bytes, expected: bool, tmp_path: Path
) -> None:
    file = tmp_path / "f"
    file.write_bytes(content)
    assert is_message(file) is expected


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
xml_text = st.text(
    st.one_of(
        st.sampled_from(',"\n\t<&>\'\u00a0é😀\ue000'),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="\ufffe\uffff"),
    ),
    max_size=20,
)  # fmt: skip
values = st.lists(st.tuples(xml_text, st.booleans()), max_size=8)
damage = st.lists(
    st.tuples(st.integers(0, len(SMALL) - 1), st.integers(0, 5), st.binary(max_size=6)), max_size=4
)


def arrive_exactly(sent: list[tuple[str, bool]], tmp_path: Path, catalogue: Catalogue) -> None:
    def written(text: str, is_cdata: bool) -> str:
        return f"<![CDATA[{text}]]>" if is_cdata and "]]>" not in text else escape(text)

    text = with_children(*(child(f"A{n}", written(*s)) for n, s in enumerate(sent)))
    found = rows(opened(text, tmp_path, catalogue), "child")
    assert [(r[1], r[2]) for r in found] == [(f"A{n}", s[0]) for n, s in enumerate(sent)]


def never_falls_over(content: bytes, tmp_path: Path, catalogue: Catalogue) -> None:
    with suppress(RefusedFileError):
        opened(content, tmp_path, catalogue)


def damaged(places: list[tuple[int, int, bytes]]) -> bytes:
    content = bytearray(SMALL.encode())
    for place, length, other in places:
        content[place : place + length] = other
    return bytes(content)


@given(sent=values)
@settings(max_examples=80, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_values_arrive_exactly(
    tmp_path: Path, catalogue: Catalogue, sent: list[tuple[str, bool]]
) -> None:
    arrive_exactly(sent, tmp_path, catalogue)


@given(content=st.one_of(st.binary(max_size=300), damage.map(damaged)))
@settings(max_examples=120, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_no_bytes_do_more_than_get_refused(
    tmp_path: Path, catalogue: Catalogue, content: bytes
) -> None:
    never_falls_over(content, tmp_path, catalogue)


@pytest.mark.fuzz
@given(sent=values)
@settings(max_examples=3_000, deadline=None, suppress_health_check=QUIET)
def test_thousands_of_values(
    tmp_path: Path, catalogue: Catalogue, sent: list[tuple[str, bool]]
) -> None:
    arrive_exactly(sent, tmp_path, catalogue)


@pytest.mark.fuzz
@given(content=st.one_of(st.binary(max_size=2000), damage.map(damaged)))
@settings(max_examples=10_000, deadline=None, suppress_health_check=QUIET)
def test_ten_thousand_messages(tmp_path: Path, catalogue: Catalogue, content: bytes) -> None:
    never_falls_over(content, tmp_path, catalogue)
