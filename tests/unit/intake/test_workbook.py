"""Workbooks come apart into what their cells hold, and what a cell hides is written out."""

from __future__ import annotations

import csv
import itertools
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta
from datetime import time as time_of_day
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tried
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from orchestration.intake import workbook, workbook_parts
from orchestration.intake.derived import LINE_HEADING
from orchestration.intake.recognise import RefusedFileError
from orchestration.intake.workbook import Book, is_workbook, unpack_workbook
from orchestration.intake.workbook_parts import column_number, in_scientific_notation
from orchestration.settings import Settings

_numbers = itertools.count()


def made(tmp_path: Path, fill: Callable[[Worksheet], object]) -> Path:
    """A workbook of one sheet, called Sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    path = tmp_path / f"book-{next(_numbers)}.xlsx"
    book.save(path)
    return path


def of_rows(tmp_path: Path, *rows: list[object]) -> Path:
    def fill(sheet: Worksheet) -> None:
        for row in rows:
            sheet.append(row)

    return made(tmp_path, fill)


def unpacked(path: Path, settings: Settings) -> Book:
    into = path.parent / f"{path.name}-{next(_numbers)}"
    into.mkdir()
    return unpack_workbook(path, into, settings)


def rows(path: Path, settings: Settings) -> list[list[str]]:
    book = unpacked(path, settings)
    with book.sheets[0].path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file, strict=True))


def rewritten(path: Path, member: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one member's bytes changed."""
    target = path.with_name(f"changed-{next(_numbers)}.xlsx")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, change(content) if name == member else content)
    return target


def refusal(path: Path, settings: Settings) -> RefusedFileError:
    with pytest.raises(RefusedFileError) as caught:
        unpacked(path, settings)
    return caught.value


MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (date(2024, 3, 31), "dd/mm/yyyy", "2024-03-31"),
        (datetime(2024, 3, 31, 10), "dd/mm/yyyy hh:mm", "2024-03-31T10:00:00"),
        (datetime(2024, 3, 31, 23, 59, 59), "dd/mm/yyyy hh:mm", "2024-03-31T23:59:59"),
        (time_of_day(9, 30, 15), "hh:mm", "09:30:15"),
        (timedelta(hours=30), "[h]:mm:ss", "30:00:00"),
        (True, "General", "true"),
        (False, "General", "false"),
        (12, "General", "12"),
        (12.0, "0.00", "12"),
        (0.1, "General", "0.1"),
        (0.00001, "General", "0.00001"),
        (-1.5, "General", "-1.5"),
        (999_999_999_999_999, "General", "999999999999999"),
        (9434765919, "0", "9434765919"),
        (4_000_000_000, "0.00E+00", "4.0E+09"),
        (4_005_550_003, "0.00E+00", "4.005550003E+09"),
        (4_000_000_000, "##0.0E+0", "4.0E+09"),
        (4_000_000_000, '0.0##E+00" kg"', "4.0E+09"),
        (4_000_000_000, '0" E+"', "4000000000"),
        ("4.0E+09", "0.00E+00", "4.0E+09"),
        ("007", "General", "007"),
        (" two  spaces ", "General", " two  spaces "),
        ('a,"b"\nc', "General", 'a,"b"\nc'),
        ("=1+2", "General", "=1+2"),
        ("=cmd|' /C calc'!A0", "General", "=cmd|' /C calc'!A0"),
        ("#REF!", "General", "#REF!"),
        ("#N/A", "General", "#N/A"),
    ],
)
def test_a_cell_is_written_as_what_it_holds(
    value: object, number_format: str, text: str, tmp_path: Path, settings: Settings
) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["a", "b"])
        sheet.append(["x", value])
        sheet["B2"].number_format = number_format

    assert rows(made(tmp_path, fill), settings) == [[LINE_HEADING, "a", "b"], ["2", "x", text]]


def test_a_formula_is_written_even_where_its_value_is_known(
    tmp_path: Path, settings: Settings
) -> None:
    plain = of_rows(tmp_path, ["a", "b"], [1, 2], [3, 4])
    path = rewritten(
        plain,
        SHEET,
        lambda x: x.replace(
            b'<c r="B2" t="n"><v>2', b'<c r="B2" t="n"><f t="shared" ref="B2:B3" si="0">A2*2</f><v>2'
        ).replace(b'<c r="B3" t="n"><v>4', b'<c r="B3" t="n"><f t="shared" si="0"/><v>4'),
    )  # fmt: skip
    assert rows(path, settings)[1:] == [["2", "1", "=A2*2"], ["3", "3", "=A2*2"]]


def test_a_formula_alone_at_the_edge_is_seen(tmp_path: Path, settings: Settings) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["B1"], sheet["C1"] = "a", "b"
        sheet["A3"], sheet["E5"] = "=1", "=2"

    assert rows(made(tmp_path, fill), settings) == [
        [LINE_HEADING, "", "a", "b"],
        ["3", "=1", "", ""],
        ["5", "", "", "", "", "=2"],
    ]


def test_rows_keep_the_numbers_they_have_in_the_sheet(tmp_path: Path, settings: Settings) -> None:
    def fill(sheet: Worksheet) -> None:
        for place, value in {"C3": "a", "D3": "b", "C5": "1", "D8": "2", "E9": " "}.items():
            sheet[place] = value

    assert rows(made(tmp_path, fill), settings) == [
        [LINE_HEADING, "a", "b"],
        ["5", "1", ""],
        ["8", "", "2"],
    ]


def test_a_value_past_the_heading_is_kept_for_the_row_to_be_held_back(
    tmp_path: Path, settings: Settings
) -> None:
    path = of_rows(tmp_path, ["a", "b", None], ["1", "2", "3"], ["1", "2", ""])
    assert rows(path, settings)[1:] == [["2", "1", "2", "3"], ["3", "1", "2"]]


def test_a_heading_over_two_lines_is_one(tmp_path: Path, settings: Settings) -> None:
    assert rows(of_rows(tmp_path, ["NHS\nNumber ", "b"]), settings) == [
        [LINE_HEADING, "NHS Number", "b"]
    ]


def test_each_visible_sheet_is_a_table_and_hidden_ones_are_named(
    tmp_path: Path, settings: Settings
) -> None:
    book = openpyxl.Workbook()
    states = {"First": "visible", "Lists": "hidden", "Deep": "veryHidden", "Last": "visible"}
    for name, state in states.items():
        sheet = book.create_sheet(name)
        sheet.append([f"in {name}", "b"])
        sheet.append([1, 2])
        sheet.sheet_state = state
    book.create_chartsheet("Chart")
    path = tmp_path / "book.xlsx"
    book.save(path)
    found = unpacked(path, settings)
    assert [(s.name, s.rows) for s in found.sheets] == [("First", 1), ("Last", 1)]
    assert [s.path.read_text().split(",")[1] for s in found.sheets] == ["in First", "in Last"]
    assert found.hidden == ("Lists", "Deep")


def test_changed_cells_belong_to_their_own_sheet(tmp_path: Path, settings: Settings) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("Plain").append(["a", "b"])
    book.create_sheet("With").append(["a", "=1"])
    book.move_sheet("With", -1)
    path = tmp_path / "book.xlsx"
    book.save(path)
    found = {s.name: s.path.read_text() for s in unpacked(path, settings).sheets}
    assert found == {"With": "#line,a,=1\n", "Plain": "#line,a,b\n"}


def test_an_empty_workbook_has_no_tables(tmp_path: Path, settings: Settings) -> None:
    assert unpacked(of_rows(tmp_path), settings) == Book((), ())


def test_a_workbook_is_told_by_its_members(tmp_path: Path) -> None:
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    (tmp_path / "broken").write_bytes(b"PK\x03\x04 and no more")
    assert is_workbook(of_rows(tmp_path, ["a"]))
    assert not is_workbook(other)
    assert not is_workbook(tmp_path / "broken")


def test_old_and_locked_workbooks_are_refused_saying_what_to_send(tmp_path: Path) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(workbook.OLE_MAGIC + bytes(600))
    with pytest.raises(RefusedFileError, match=r"password; save it as \.xlsx .*\.csv") as caught:
        is_workbook(path)
    assert caught.value.rule == "old_workbook"


@pytest.mark.parametrize(
    "member", [SHEET, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml"]
)
@pytest.mark.parametrize("content", [b"", b"<", b"<a/>", b"\xff\xfe\x00", b"<a>&lt;</b>"])
def test_a_damaged_part_is_refused_or_reads_as_nothing(
    member: str, content: bytes, tmp_path: Path, settings: Settings
) -> None:
    path = rewritten(of_rows(tmp_path, ["a", "b"], [1, 2]), member, lambda _: content)
    try:
        assert unpacked(path, settings).hidden == ()
    except RefusedFileError as error:
        assert error.rule == "workbook_unreadable"  # noqa: PT017


def test_a_cut_off_workbook_is_refused(tmp_path: Path, settings: Settings) -> None:
    path = of_rows(tmp_path, ["a", "b"], [1, 2])
    path.write_bytes(path.read_bytes()[:-30])
    assert refusal(path, settings).rule == "workbook_unreadable"


def test_a_panic_of_the_reader_is_a_refusal(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    class PanicException(BaseException):
        pass

    def panic(*_: object) -> None:
        raise PanicException

    monkeypatch.setattr(workbook, "_read", panic)
    assert refusal(of_rows(tmp_path, ["a"]), settings).rule == "workbook_unreadable"


def test_an_interrupt_stays_one(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(workbook, "_read", interrupt)
    with pytest.raises(KeyboardInterrupt):
        unpacked(of_rows(tmp_path, ["a"]), settings)


LAUGHS = b'<!DOCTYPE x [<!ENTITY a0 "ha">' + b"".join(
    b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 30)
) + b"]>"  # fmt: skip


@pytest.mark.parametrize("member", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_a_doctype_is_refused_at_once(member: str, tmp_path: Path, settings: Settings) -> None:
    path = rewritten(of_rows(tmp_path, ["a", "b"]), member, lambda x: LAUGHS + x)
    start = time.process_time()
    assert refusal(path, settings).rule == "xml_doctype"
    assert time.process_time() - start < 1


@pytest.mark.parametrize(
    "limit", [{"max_zip_members": 3}, {"max_file_bytes": 500}, {"max_zip_ratio": 1}]
)
def test_the_limits_of_any_archive_hold(
    limit: dict[str, int], tmp_path: Path, settings: Settings
) -> None:
    path = of_rows(tmp_path, ["a", "b"])
    assert refusal(path, settings.model_copy(update=limit)).rule == "workbook_too_large"


def test_a_bomb_of_spaces_is_refused(tmp_path: Path, settings: Settings) -> None:
    path = rewritten(of_rows(tmp_path, ["a", "b"]), SHEET, lambda x: x + b" " * 30_000_000)
    assert refusal(path, settings).rule == "workbook_too_large"


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="2"><c r="A99999999"><v>1</v></c></row>',
        '<row r="1"><c r="AAAAAAA1"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        f'<row r="1">{"<c><v>1</v></c>" * 60}</row><row r="1048576"><c><v>1</v></c></row>',
        f'<row r="1">{"<c><v>1</v></c>" * 60}</row><row r="999999999"><c><v>1</v></c></row>',
    ],
    ids=["Excel's corners", "a row past the last", "a column past the last", "unplaced", "both"],
)
def test_cells_far_apart_do_not_fill_the_memory(
    cells: str, tmp_path: Path, settings: Settings
) -> None:
    sheet = f'<worksheet xmlns="{MAIN}"><sheetData>{cells}</sheetData></worksheet>'
    path = rewritten(of_rows(tmp_path, ["a"]), SHEET, lambda _: sheet.encode())
    assert refusal(path, settings).rule == "workbook_too_large"


def test_cells_that_do_not_say_where_they_are_follow_on(tmp_path: Path, settings: Settings) -> None:
    sheet = (
        f'<worksheet xmlns="{MAIN}"><sheetData>'
        "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><f>1</f></c></row>"
        "</sheetData></worksheet>"
    )
    path = rewritten(of_rows(tmp_path, ["a"]), SHEET, lambda _: sheet.encode())
    assert rows(path, settings) == [[LINE_HEADING, "1", "2"], ["2", "3", "=1"]]


def test_a_claimed_size_costs_nothing(tmp_path: Path, settings: Settings) -> None:
    path = rewritten(
        of_rows(tmp_path, ["a", "b"]), SHEET, lambda x: x.replace(b'"A1:B1"', b'"A1:XFD1048576"')
    )
    assert rows(path, settings) == [[LINE_HEADING, "a", "b"]]


def test_a_part_that_holds_more_than_it_declares_is_refused(
    tmp_path: Path, settings: Settings
) -> None:
    path = of_rows(tmp_path, ["a", "b"])
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo(SHEET).file_size
    content = path.read_bytes()
    place = content.rindex(SHEET.encode()) - 22
    assert content[place : place + 4] == size.to_bytes(4, "little")
    path.write_bytes(content[:place] + (size - 9).to_bytes(4, "little") + content[place + 4 :])
    assert refusal(path, settings).rule == "workbook_unreadable"


def test_a_part_given_twice_is_refused(tmp_path: Path, settings: Settings) -> None:
    path = of_rows(tmp_path, ["a", "b"])
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, "<worksheet/>")
    assert refusal(path, settings).rule == "workbook_unreadable"


def test_tags_across_the_end_of_a_block_are_seen(
    tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = of_rows(tmp_path, ["a", "b"], *([n, "=1"] for n in range(50)))
    monkeypatch.setattr(workbook_parts, "READ_BYTES", 7)
    assert {r[2] for r in rows(path, settings)[1:]} == {"=1"}


@pytest.mark.parametrize(
    ("number", "text"),
    [(4e9, "4.0E+09"), (-1.25e-7, "-1.25E-07"), (0.0, "0.0E+00"), (1e100, "1.0E+100")],
)
def test_scientific_notation_keeps_all_digits(number: float, text: str) -> None:
    assert in_scientific_notation(number) == text


def test_columns_count_from_a() -> None:
    assert [column_number(c) for c in ("A", "Z", "AA", "XFD")] == [1, 26, 27, 16384]


QUIET = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
# what XML can hold; Excel's own escapes (_x0041_) stand for other characters
cell_text = st.text(
    st.one_of(
        st.sampled_from(",\"\n\t<&>'\u00a0é😀 "),
        st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters="_\ufffe\uffff"),
    ),
    min_size=1,
    max_size=20,
).filter(lambda t: bool(t.strip()) and not t.startswith("="))  # fmt: skip
sent_texts = st.lists(cell_text, min_size=1, max_size=6)
# fifteen digits are what Excel keeps, and sixteen what the writer of these tests writes
numbers = st.floats(-1e14, 1e14).map(lambda x: float(f"{x:.15g}"))
damage = st.lists(
    st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 5), st.binary(max_size=6)),
    min_size=1,
    max_size=4,
)


def arrive_exactly(texts: list[str], tmp_path: Path, settings: Settings) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet.append(["h"] * len(texts))
        sheet.append(texts)
        for cell in sheet[2]:
            cell.data_type = "s"

    assert rows(made(tmp_path, fill), settings)[1] == ["2", *texts]


def never_falls_over(path: Path, settings: Settings) -> None:
    with suppress(RefusedFileError):
        if is_workbook(path):
            unpacked(path, settings)


def damaged(
    places: list[tuple[float, int, bytes]], inside: bool, tmp_path: Path
) -> Path:  # fmt: skip
    """A workbook with bytes changed: of its sheet's XML, or of the file itself."""

    def change(content: bytes) -> bytes:
        changed = bytearray(content)
        for part, length, other in places:
            place = int(part * len(changed))
            changed[place : place + length] = other
        return bytes(changed)

    path = of_rows(tmp_path, ["a", "b"], [1, "x"], [date(2024, 1, 1), "=1"])
    if inside:
        return rewritten(path, SHEET, change)
    path.write_bytes(change(path.read_bytes()))
    return path


@given(texts=sent_texts)
@tried(max_examples=60, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_texts_arrive_exactly(tmp_path: Path, settings: Settings, texts: list[str]) -> None:
    arrive_exactly(texts, tmp_path, settings)


@given(sent=st.lists(numbers, min_size=1, max_size=20))
@tried(max_examples=30, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_numbers_arrive_exactly(tmp_path: Path, settings: Settings, sent: list[float]) -> None:
    found = rows(of_rows(tmp_path, ["h"] * len(sent), [*sent]), settings)[1]
    assert [float(t) for t in found[1:]] == sent
    assert not any("e" in t.lower() for t in found)


@given(places=damage, inside=st.booleans())
@tried(max_examples=80, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_no_damage_does_more_than_get_refused(
    tmp_path: Path, settings: Settings, places: list[tuple[float, int, bytes]], inside: bool
) -> None:
    never_falls_over(damaged(places, inside, tmp_path), settings)


@given(content=st.binary(max_size=300).map(lambda b: b"PK\x03\x04" + b))
@tried(max_examples=40, deadline=None, suppress_health_check=QUIET, derandomize=True)
def test_no_bytes_do_more_than_get_refused(
    tmp_path: Path, settings: Settings, content: bytes
) -> None:
    path = tmp_path / f"bytes-{next(_numbers)}"
    path.write_bytes(content)
    never_falls_over(path, settings)
    assert refusal(path, settings).rule == "workbook_unreadable"


@pytest.mark.fuzz
@given(texts=sent_texts)
@tried(max_examples=2_000, deadline=None, suppress_health_check=QUIET)
def test_thousands_of_texts(tmp_path: Path, settings: Settings, texts: list[str]) -> None:
    arrive_exactly(texts, tmp_path, settings)


@pytest.mark.fuzz
@given(places=damage, inside=st.booleans())
@tried(max_examples=5_000, deadline=None, suppress_health_check=QUIET)
def test_thousands_of_damaged_workbooks(
    tmp_path: Path, settings: Settings, places: list[tuple[float, int, bytes]], inside: bool
) -> None:
    never_falls_over(damaged(places, inside, tmp_path), settings)
