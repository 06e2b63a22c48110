"""Tests of files that are written as a whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from classifier.errors import DocumentError, OutputError
from classifier.files import whole_file, write_json, write_whole


def test_files_whole_gets_its_name_when_the_block_ends(tmp_path: Path) -> None:
    path = tmp_path / "ny" / "ut.bin"
    with whole_file(path) as file:
        file.write(b"abc")
        assert not path.exists()
        file.seek(0)
        file.write(b"x")
    assert path.read_bytes() == b"xbc"
    assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [DocumentError("skadad"), KeyboardInterrupt(), ValueError("fel")])
def test_files_whole_block_that_fails_leaves_the_older(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "ut.bin"
    write_whole(path, b"gammalt")
    with pytest.raises(type(error)), whole_file(path) as file:
        file.write(b"nytt")
        raise error
    assert path.read_bytes() == b"gammalt"
    assert list(tmp_path.iterdir()) == [path]


def test_files_whole_system_error_in_block_names_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"ut\.bin; frigör utrymme"), whole_file(tmp_path / "ut.bin") as file:
        file.write(b"nytt")
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_files_whole_file_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "mapp").write_bytes(b"")
    with pytest.raises(OutputError, match="annan mapp"), whole_file(tmp_path / "mapp" / "ut.bin"):
        pytest.fail("there is nothing to write to")


def test_files_write_whole_that_cannot_be_renamed_leaves_the_older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ut.bin"
    write_whole(path, b"gammalt")

    def refuse(source: object, target: object) -> None:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match="rättigheterna"):
        write_whole(path, b"nytt")
    assert path.read_bytes() == b"gammalt"
    assert list(tmp_path.iterdir()) == [path]


def test_files_whole_touches_nothing_once_renamed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def rename(source: Path, target: Path) -> None:
        Path(source).rename(target)
        Path(source).write_bytes(b"en annan som skriver")

    monkeypatch.setattr(os, "replace", rename)
    write_whole(tmp_path / "ut.bin", b"nytt")
    assert sorted(path.read_bytes() for path in tmp_path.iterdir()) == [b"en annan som skriver", b"nytt"]


def test_files_json_readable_by_people_and_programs(tmp_path: Path) -> None:
    write_json(tmp_path / "ut.json", {"å": [1, 2]})
    content = (tmp_path / "ut.json").read_text(encoding="utf-8")
    assert json.loads(content) == {"å": [1, 2]}
    assert content.startswith('{\n  "å"')
    assert content.endswith("\n")
