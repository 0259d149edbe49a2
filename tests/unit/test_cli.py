"""The command line: exit codes, and refusals as one clear line."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from orchestration import cli
from orchestration.lock import WriterBusyError, writer_lock

runner = CliRunner()


def call(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """The exit code of `cics …`."""
    monkeypatch.setattr("sys.argv", ["cics", *arguments])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    return int(caught.value.code or 0)


def test_help_names_every_command() -> None:
    text = runner.invoke(cli.app, ["--help"]).output
    for name in ("demo", "generate", "run", "serve", "schedule", "check", "status", "sql", "bench"):
        assert name in text


def test_a_home_without_keys_is_refused_saying_how_to_make_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "run", "--home", str(tmp_path)) == 1
    assert "cics keys make" in " ".join(capsys.readouterr().err.split())


def test_sql_before_anything_is_published_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "keys", "make", "--home", str(tmp_path)) == 0
    assert call(monkeypatch, "sql", "select 1", "--home", str(tmp_path)) == 1
    assert "Nothing has been published yet" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "arguments",
    [
        ("nonsense",),
        ("sql", "select 1", "--audience", "everybody"),
        ("generate", "--out", "nowhere-at-all", "--from", "April"),
        ("check", "/no/such/file.csv"),
    ],
)
def test_wrong_usage_ends_with_two(
    monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    assert call(monkeypatch, *arguments) == 2


def test_generate_never_writes_into_a_folder_that_holds_something(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "precious.txt").write_text("x")
    assert call(monkeypatch, "generate", "--out", str(tmp_path), "--children", "1") == 1


def test_a_second_writer_is_refused_while_the_first_one_writes(tmp_path: Path) -> None:
    path = tmp_path / "writer.lock"
    with writer_lock(path), pytest.raises(WriterBusyError), writer_lock(path, wait=False):
        pass
    with writer_lock(path, wait=False):
        pass
