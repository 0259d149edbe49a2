"""What counts as arrived, and what belongs together."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.intake.files import deliveries, look, settled, unknown_folders


def put(landing: Path, name: str, content: str = "x") -> Path:
    path = landing / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def test_a_file_is_settled_when_two_looks_agree(tmp_path: Path) -> None:
    put(tmp_path, "RAL/still.csv")
    growing = put(tmp_path, "RAL/growing.csv")
    first = look(tmp_path, ["RAL"])
    growing.write_text("xx")
    second = look(tmp_path, ["RAL"])
    assert [s.path.name for s in settled(second, first)] == ["still.csv"]


@pytest.mark.parametrize("name", ["a.csv.part", "a.tmp", "a.filepart", ".hidden.csv", ".ssh/a.csv"])
def test_files_an_upload_is_still_writing_are_passed_over(tmp_path: Path, name: str) -> None:
    put(tmp_path, f"RAL/{name}")
    assert look(tmp_path, ["RAL"]) == {}


def test_a_link_out_of_landing_is_never_followed(tmp_path: Path) -> None:
    outside = put(tmp_path, "outside.csv")
    (tmp_path / "RAL").mkdir()
    (tmp_path / "RAL" / "link.csv").symlink_to(outside)
    assert look(tmp_path, ["RAL"]) == {}


def test_loose_files_of_a_folder_are_one_delivery_and_each_zip_is_its_own(tmp_path: Path) -> None:
    for name in ("RAL/2026-09/a.csv", "RAL/2026-09/b.csv", "RAL/x.zip", "RAL/y.ZIP"):
        put(tmp_path, name)
    found = deliveries(tmp_path, look(tmp_path, ["RAL"]).values())
    assert sorted((d.name, len(d.files)) for d in found) == [
        ("2026-09", 2),
        ("x.zip", 1),
        ("y.ZIP", 1),
    ]


def test_a_misspelt_partner_folder_is_told(tmp_path: Path) -> None:
    put(tmp_path, "RLA/a.csv")
    assert unknown_folders(tmp_path, ["RAL"]) == ["RLA"]
