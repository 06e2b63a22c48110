"""Files, folders and standard input become projects, in order, and again each time they are asked for."""

from __future__ import annotations

import atexit
import io
import json
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from classifier.assistant import ProjectText
from classifier.errors import DocumentError, UsageError
from classifier.portfolio.sources import Choices, Entry, Sources, open_sources, text_of
from classifier.text.documents import MAX_CHARACTERS
from classifier.text.tables import write_table
from tests.conftest import APPLICATION
from tests.portfolio.conftest import SENTENCE


def opened(*sources: Path | str, said: list[str] | None = None, **choices: str) -> Sources:
    return open_sources([str(source) for source in sources], Choices(**choices), (said if said is not None else []).append)


def read(*sources: Path | str, said: list[str] | None = None, **choices: str) -> list[Entry]:
    found = opened(*sources, said=said, **choices)
    entries = list(found.entries())
    assert (found.length, list(found.entries())) == (len(entries), entries)
    return entries


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def give_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


def test_sources_table(tmp_path: Path) -> None:
    said: list[str] = []
    path = write(tmp_path / "lista.csv", f"Diarienummer;Projektnamn;Beskrivning;Budget\nA1;Ugnen;{SENTENCE};100\nA2;;;\n")
    first, second = read(path, said=said)
    assert first.project == ProjectText(SENTENCE, "Ugnen", "A1")
    assert first.kept == {"Diarienummer": "A1", "Projektnamn": "Ugnen", "Beskrivning": SENTENCE, "Budget": "100"}
    assert second.project == ProjectText("", "", "A2")
    assert said == ["lista.csv: text = Beskrivning, titel = Projektnamn, id = Diarienummer"]


def test_sources_table_notes_are_said(tmp_path: Path) -> None:
    said: list[str] = []
    (found,) = read(write(tmp_path / "lista.csv", "Projekt i länet;\n\nid;text\nA1;Ett\n"), said=said)
    assert found.project == ProjectText("Ett", "", "A1")
    assert said == ["lista.csv: rubrikerna hittades på rad 3.", "lista.csv: text = text, titel = saknas, id = id"]


def test_sources_table_without_id_uses_row_number(tmp_path: Path) -> None:
    said: list[str] = []
    entries = read(write(tmp_path / "lista.csv", "text;län\nEtt;A\nTvå;B\n"), said=said)
    assert [item.project.id for item in entries] == ["1", "2"]
    assert said == ["lista.csv: text = text, titel = saknas, id = radnummer"]


def test_sources_table_carries_own_id_and_title(tmp_path: Path) -> None:
    sources = opened(write(tmp_path / "lista.csv", f"id;titel;text\nA1;Ugnen;{SENTENCE}\n"))
    assert sources.kept == ("text",)
    assert list(sources.entries()) == [Entry(ProjectText(SENTENCE, "Ugnen", "A1"), {"text": SENTENCE})]


def test_sources_table_chosen_columns(tmp_path: Path) -> None:
    path = write(tmp_path / "lista.csv", "id;text;nyckel;rubriken;mål\n1;Fel;K9;Rubrik;Rätt\n")
    (found,) = read(path, id="nyckel", title="rubriken", text="mål")
    assert found.project == ProjectText("Rätt", "Rubrik", "K9")
    assert list(found.kept) == ["id", "text", "nyckel", "rubriken", "mål"]


@pytest.mark.parametrize("choice", ["id", "title", "text"])
def test_sources_table_wrong_column_lists_columns(tmp_path: Path, choice: str) -> None:
    path = write(tmp_path / "lista.csv", "text;län\nEtt;A\n")
    with pytest.raises(UsageError, match=r"'finnsinte'.*Kolumner: text, län"):
        read(path, **{choice: "finnsinte"})


def test_sources_table_missing_text_column(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--text-column.*Kolumner: kod, budget"):
        read(write(tmp_path / "lista.csv", "kod;budget\nA;1\n"))


def test_sources_table_too_long_row_keeps_its_place(tmp_path: Path) -> None:
    texts = [SENTENCE, "a" * (MAX_CHARACTERS + 1), SENTENCE]
    lines = "\n".join(json.dumps({"id": number, "text": text, "län": "AC"}) for number, text in enumerate(texts))
    entries = read(write(tmp_path / "lista.jsonl", lines))
    assert [item.project.id for item in entries] == ["0", "1", "2"]
    assert "rad 2" in entries[1].problem
    assert "Dela upp texten" in entries[1].problem
    assert (entries[1].project.text, entries[1].kept["län"]) == ("", "AC")
    assert [item.problem for item in (entries[0], entries[2])] == ["", ""]


def test_sources_jsonl_line_separator_inside_text(tmp_path: Path) -> None:
    path = tmp_path / "lista.jsonl"
    write_table(path, ["text"], [{"text": "Ett\u2028två\u0085tre"}, {"text": "Fyra"}])
    assert [item.project.text for item in read(path)] == ["Ett\u2028två\u0085tre", "Fyra"]


def test_sources_document_is_one_project(tmp_path: Path) -> None:
    (found,) = read(write(tmp_path / "ansökan 7.md", APPLICATION))
    assert found.project == ProjectText(APPLICATION, "", "ansökan 7")
    assert found.kept == {"fil": "ansökan 7.md"}


def test_sources_document_notes_are_said(tmp_path: Path) -> None:
    path = tmp_path / "gammal.txt"
    path.write_bytes("Ny brygga vid sjön".encode("cp1252"))
    said: list[str] = []
    assert read(path, said=said)[0].project.text == "Ny brygga vid sjön"
    assert "Windows-1252" in said[0]


def test_sources_several_sources_in_order(tmp_path: Path) -> None:
    table = write(tmp_path / "b.csv", "id;text\n1;Ett\n2;Två\n")
    document = write(tmp_path / "a.txt", "Tre")
    assert [item.project.text for item in read(table, document, table)] == ["Ett", "Två", "Tre", "Ett", "Två"]


def test_sources_folder(tmp_path: Path) -> None:
    (tmp_path / "under").mkdir()
    write(tmp_path / "b.txt", "Två")
    write(tmp_path / "a.csv", "text\nEtt\n")
    write(tmp_path / "under" / "c.MD", "Tre")
    write(tmp_path / "bild.png", "")
    write(tmp_path / ".dold.txt", "Dold")
    write(tmp_path / "~$b.docx", "Word har b.docx öppen")
    (tmp_path / "skadad.pdf").write_bytes(b"ingen riktig PDF")
    said: list[str] = []
    entries = read(tmp_path, said=said)
    assert [(item.project.id, item.project.text) for item in entries] == [("1", "Ett"), ("b", "Två"), ("skadad", ""), ("c", "Tre")]
    assert entries[2].problem.startswith("Filen kan inte läsas: skadad.pdf")
    assert entries[2].problem in said
    assert f"1 fil i {tmp_path.name} har en ändelse som inte stöds och läses inte." in said


def test_sources_folder_without_readable_files(tmp_path: Path) -> None:
    write(tmp_path / "bild.png", "")
    with pytest.raises(UsageError, match="inga filer som går att läsa"):
        read(tmp_path)


def test_sources_missing_source(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"saknas\.csv finns inte"):
        read(tmp_path / "saknas.csv")


def test_sources_unknown_ending_keeps_a_row(tmp_path: Path) -> None:
    (found,) = read(write(tmp_path / "bild.png", ""))
    assert "ändelse som inte stöds" in found.problem


def test_sources_damaged_table(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="rad 2: inte giltig JSON"):
        read(write(tmp_path / "lista.jsonl", '{"text": "Ett"}\n{"text": \n'))


def test_sources_stdin_text(monkeypatch: pytest.MonkeyPatch) -> None:
    give_stdin(monkeypatch, b"\xef\xbb\xbf" + APPLICATION.replace("\n", "\r\n").encode())
    assert read("-") == [Entry(ProjectText(APPLICATION, "", "1"), {})]


@pytest.mark.parametrize("start", [b"", b"\n ", b"\xef\xbb\xbf"], ids=["plain", "blank line", "byte order mark"])
def test_sources_stdin_jsonl(monkeypatch: pytest.MonkeyPatch, start: bytes) -> None:
    give_stdin(monkeypatch, start + b'{"id": "A", "text": "Ett"}\n{"id": "B", "text": null}\n')
    assert [(item.project.id, item.project.text) for item in read("-")] == [("A", "Ett"), ("B", "")]


def test_sources_stdin_empty_keeps_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    give_stdin(monkeypatch, b"")
    assert read("-") == [Entry(ProjectText("", "", "1"), {})]


def test_sources_stdin_notes_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    give_stdin(monkeypatch, "Ny brygga vid sjön".encode("cp1252"))
    assert read("-", said=said)[0].project.text == "Ny brygga vid sjön"
    assert "Windows-1252" in said[0]


def test_sources_stdin_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at_exit: list[Callable[[], None]] = []
    monkeypatch.setattr(atexit, "register", at_exit.append)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    give_stdin(monkeypatch, b'{"text": "Ett"}\n')
    assert [item.project.text for item in read("-")] == ["Ett"]
    assert len(list(tmp_path.rglob("*.jsonl"))) == 1
    for leave in at_exit:
        leave()
    assert list(tmp_path.iterdir()) == []


def test_sources_stdin_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    give_stdin(monkeypatch, b"a" * (MAX_CHARACTERS + 1))
    with pytest.raises(DocumentError, match=r"standard in har 2 000 001 tecken.*Dela upp texten"):
        read("-")


def test_sources_kept_columns_in_the_order_met(tmp_path: Path) -> None:
    first = write(tmp_path / "a.csv", "text;län;budget\nEtt;AC;1\n")
    second = write(tmp_path / "b.csv", "program;text;län\nX;Två;BD\n")
    assert opened(first, write(tmp_path / "c.txt", "Tre"), second).kept == ("text", "län", "budget", "fil", "program")


def test_sources_cell_left_out_is_empty(tmp_path: Path) -> None:
    first, second = read(write(tmp_path / "a.jsonl", '{"text": "Ett", "län": "AC"}\n{"titel": "Två"}\n'))
    assert first.kept == {"text": "Ett", "län": "AC"}
    assert (second.project, second.kept) == (ProjectText("", "Två", "2"), {"text": "", "län": ""})


def test_sources_document_not_readable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(_path: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    path = write(tmp_path / "a.txt", "Ett")
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(UsageError, match=r"a\.txt går inte att öppna"):
        read(path)


def test_sources_table_gone_between_two_readings(tmp_path: Path) -> None:
    sources = opened(write(tmp_path / "a.csv", "text\nEtt\n"))
    (tmp_path / "a.csv").unlink()
    with pytest.raises(DocumentError, match=r"a\.csv går inte att öppna"):
        list(sources.entries())


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        *((None, ""), (float("nan"), ""), ("", "")),
        *((7, "7"), (7.0, "7"), (7.5, "7.5"), (float("inf"), "inf"), (True, "True")),
        ("a\r\nb\0", "a\nb"),
    ],
)
def test_sources_text_of_cell(cell: object, text: str) -> None:
    assert text_of(cell) == text
