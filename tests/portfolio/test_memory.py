"""Outcomes on disk: found again by what they are outcomes of, saved in whole batches, and gone when forgotten."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.assistant import ProjectText
from classifier.errors import OutputError
from classifier.portfolio.memory import AT_A_TIME, Memory, digest_of
from classifier.portfolio.outcome import Outcome, pack

PROJECTS = st.tuples(st.text(max_size=5), st.text(max_size=5), st.text(max_size=5))


def saved(*names: str) -> list[tuple[bytes, bytes]]:
    return [(name.encode(), pack(Outcome(name))) for name in names]


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with Memory(tmp_path / "ny" / "arbete") as opened:
        yield opened


class FullDisk:
    """A connection that writes all but the last of a batch before the disk is full."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __enter__(self) -> None:
        self.connection.__enter__()

    def __exit__(self, *error: object) -> None:
        self.connection.__exit__(*error)  # type: ignore[arg-type]

    def executemany(self, statement: str, rows: list[tuple[bytes, bytes]]) -> None:
        self.connection.executemany(statement, list(rows)[:-1])
        raise sqlite3.OperationalError("database or disk is full")


def test_memory_get_finds_what_was_saved(memory: Memory) -> None:
    memory.save(saved("a", "b"))
    memory.save(saved("c"))
    assert memory.get([b"c", b"a", b"x"]) == {b"a": Outcome("a"), b"c": Outcome("c")}
    assert memory.get([]) == {}


@pytest.mark.parametrize(("asked", "lacking"), [((), False), ((b"a", b"b"), False), ((b"a", b"x"), True), ((b"x",), True)])
def test_memory_lacks_any(memory: Memory, asked: tuple[bytes, ...], lacking: bool) -> None:
    memory.save(saved("a", "b"))
    assert memory.lacks_any(asked) is lacking


def test_memory_more_digests_than_one_query_takes(memory: Memory) -> None:
    names = [f"p{number}" for number in range(2 * AT_A_TIME + 1)]
    digests = [name.encode() for name in names]
    memory.save(saved(*names[:-1]))
    assert memory.lacks_any(digests)
    memory.save(saved(*names[-1:]))
    assert not memory.lacks_any(digests)
    assert len(memory.get(digests)) == len(names)


def test_memory_save_twice_keeps_the_latest(memory: Memory) -> None:
    memory.save(saved("a"))
    memory.save([(b"a", pack(Outcome("ny")))])
    assert memory.get([b"a"]) == {b"a": Outcome("ny")}


def test_memory_survives_closing(tmp_path: Path) -> None:
    with Memory(tmp_path / "arbete") as first:
        first.save(saved("a"))
    with Memory(tmp_path / "arbete") as second:
        assert second.get([b"a"]) == {b"a": Outcome("a")}


def test_memory_save_is_whole_or_nothing(memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.save(saved("a"))
    with monkeypatch.context() as patch:
        patch.setattr(memory, "_connection", FullDisk(memory._connection))
        with pytest.raises(OutputError) as caught:
            memory.save(saved("b", "c"))
    assert str(caught.value).startswith("Filen kan inte skrivas: arbetsfilen arbete ")
    assert "frigör utrymme" in str(caught.value)
    assert "kör samma kommando igen" in str(caught.value)
    assert list(memory.get([b"a", b"b", b"c"])) == [b"a"]
    memory.save(saved("b", "c"))
    assert len(memory.get([b"a", b"b", b"c"])) == 3


def test_memory_save_undone_when_outcomes_are_missing(memory: Memory) -> None:
    with pytest.raises(ValueError, match="zip"):
        memory.save(zip([b"a", b"b"], [pack(Outcome("a"))], strict=True))
    assert memory.lacks_any([b"a"])


def test_memory_used_by_several_threads(memory: Memory) -> None:
    def go(number: int) -> None:
        for step in range(5):
            memory.save(saved(f"{number}.{step}"))
            assert not memory.lacks_any([f"{number}.{step}".encode()])

    threads = [threading.Thread(target=go, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(memory.get([f"{number}.{step}".encode() for number in range(4) for step in range(5)])) == 20


def test_memory_other_file_left_untouched(tmp_path: Path) -> None:
    path = tmp_path / "arbete"
    path.write_bytes(b"Det var en vanlig textfil. " * 100)
    with pytest.raises(OutputError, match="arbetsfilen arbete"):
        Memory(path)
    assert path.read_bytes() == b"Det var en vanlig textfil. " * 100


def test_memory_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("ingen mapp")
    with pytest.raises(OutputError, match="arbetsfilen arbete"):
        Memory(tmp_path / "fil" / "arbete")


def test_memory_forget_removes_the_file(tmp_path: Path) -> None:
    with Memory(tmp_path / "arbete") as memory:
        memory.save(saved("a"))
        (tmp_path / "arbete-journal").write_text("")  # as a killed writer leaves it
        memory.forget()
        memory.forget()
    assert list(tmp_path.iterdir()) == []


@given(PROJECTS, PROJECTS)
def test_memory_digest_tells_projects_apart(first: tuple[str, str, str], second: tuple[str, str, str]) -> None:
    digests = [digest_of(ProjectText(text, title, "id"), model) for model, title, text in (first, second)]
    assert (digests[0] == digests[1]) == (first == second)


def test_memory_digest_ignores_id_and_bears_any_text() -> None:
    assert digest_of(ProjectText("text", "titel", "1"), "m") == digest_of(ProjectText("text", "titel", "2"), "m")
    assert len(digest_of(ProjectText("\ud800"), "m")) == 16
