"""The commands `effektkedja corpus …` as they are called."""

from __future__ import annotations

from pathlib import Path

import pytest

from classifier.cli import FAILED, OK, USAGE, main
from tests.training.test_corpus import ENTRY, write_corpus


def test_cli_corpus_check_of_shipped_corpus(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "check"]) == OK
    said = capsys.readouterr()
    assert said.out == ""
    assert "inget att anmärka" in said.err


def test_cli_corpus_check_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "check", "--corpus", str(write_corpus(tmp_path, ENTRY))]) == FAILED
    assert "1 texter, ska vara minst 600\n" in capsys.readouterr().out


def test_cli_corpus_stats(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "stats", "--corpus", str(write_corpus(tmp_path, ENTRY))]) == OK
    assert "| Kalmar län | 1 |" in capsys.readouterr().out


def test_cli_corpus_agreement_by_round(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["corpus", "agreement"]) == OK
    said = capsys.readouterr().out
    assert said.startswith("omgång 1\n")
    assert "omgång 3, korta\n  huvudkolumn: α 0." in said


def test_cli_corpus_curve_missing_file(capsys: pytest.CaptureFixture[str]) -> None:
    files = ["--on", "saknas.jsonl", "--theme", "saknas.jsonl", "--order", "saknas.jsonl"]
    assert main(["corpus", "curve", "120", *files, "-o", "kurva.json"]) == USAGE
    assert "saknas.jsonl finns inte" in capsys.readouterr().err


def test_cli_corpus_curve_no_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tom.jsonl"
    path.touch()
    files = ["--on", str(path), "--theme", str(path), "--order", str(path)]
    assert main(["corpus", "curve", "0", *files, "-o", str(tmp_path / "kurva.json")]) == USAGE
    assert "minst 1" in capsys.readouterr().err
