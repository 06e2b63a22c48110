"""What is brought in becomes cases, or is handed back with the reason."""

from __future__ import annotations

import json

import pytest

from classifier.assistant import Assistant, ProjectText, Status
from classifier.errors import DocumentError, StoreError, UsageError
from classifier.intake import MAX_ROWS, REFUSALS, Brought, from_file, pasted, receive
from classifier.services import Services, players_on, services_on
from classifier.store.cases import Cases
from classifier.text.documents import MAX_CHARACTERS
from tests.conftest import APPLICATION

OTHER = "Fyra bagerier delar på en ugn. Det gör att de hinner baka mer bröd till butikerna i länet."


@pytest.fixture
def services(assistant: Assistant, cases: Cases) -> Services:
    return services_on(assistant, players_on(cases.engine, assistant.scheme))


def table(*rows: dict[str, object]) -> bytes:
    return "\n".join(json.dumps(row) for row in rows).encode()


def test_intake_pasted_is_cleaned() -> None:
    assert pasted("Rad ett\r\nrad\u200b två\x00") == Brought(ProjectText("Rad ett\nrad två"))


def test_intake_pasted_too_long() -> None:
    with pytest.raises(DocumentError, match="Dela upp texten"):
        pasted("a" * (MAX_CHARACTERS + 1))


def test_intake_from_file_document_is_one_project() -> None:
    assert from_file(APPLICATION.encode(), "ansökan.TXT") == [Brought(ProjectText(APPLICATION), "ansökan.TXT")]


def test_intake_from_file_document_keeps_notes() -> None:
    (brought,) = from_file("Ny brygga vid sjön".encode("cp1252"), "gammal.txt")
    assert brought.project.text == "Ny brygga vid sjön"
    assert "Windows-1252" in brought.notes[0]


def test_intake_from_file_table_is_one_project_a_row() -> None:
    data = "Diarienr;Projektnamn;Beskrivning\n1;Bageriet;Vi bakar\n2;;Vi målar\n".encode()
    assert [(item.project.title, item.project.text, item.source) for item in from_file(data, "lista.csv")] == [
        ("Bageriet", "Vi bakar", "lista.csv"),
        ("", "Vi målar", "lista.csv"),
    ]


def test_intake_from_file_id_stands_in_for_title() -> None:
    found = from_file(table({"id": 7, "titel": "", "text": "Vi bakar"}, {"id": 8, "titel": "Målarna", "text": "Vi målar"}), "lista.jsonl")
    assert [item.project.title for item in found] == ["7", "Målarna"]


def test_intake_from_file_empty_cell_is_empty_text() -> None:
    assert from_file(table({"text": None}), "lista.jsonl")[0].project.text == ""


def test_intake_from_file_table_without_text_lists_columns() -> None:
    with pytest.raises(UsageError, match="Kolumner: kod, budget"):
        from_file(b"kod;budget\nA;100\n", "lista.csv")


def test_intake_from_file_unknown_ending() -> None:
    with pytest.raises(DocumentError, match=r"bild\.png har en ändelse som inte stöds"):
        from_file(b"\x89PNG", "bild.png")


def test_intake_from_file_table_at_the_limit() -> None:
    rows = [{"text": "Vi bakar"}] * MAX_ROWS
    assert len(from_file(table(*rows), "lista.jsonl")) == MAX_ROWS
    with pytest.raises(DocumentError, match="Portfölj"):
        from_file(table(*rows, {"text": "Vi målar"}), "lista.jsonl")


def test_intake_from_file_too_long_row() -> None:
    with pytest.raises(DocumentError, match="tecken"):
        from_file(table({"text": "a" * (MAX_CHARACTERS + 1)}), "lista.jsonl")


def test_intake_receive_saves_a_case(services: Services) -> None:
    (received,) = receive(services, [Brought(ProjectText(APPLICATION, "Lanthandel"), "ansökan.txt", ("En anmärkning.",))])
    assert (received.problem, received.suggestion) == ("", None)
    case = services.cases.get(received.case_id)
    assert case is not None
    assert (case.title, case.source, case.notes) == ("Lanthandel", "ansökan.txt", ("En anmärkning.",))
    assert case.suggestion.project.text == APPLICATION


@pytest.mark.parametrize(
    ("text", "telling"),
    [("", "tom"), ("Ny butik nu", "för kort"), ("يساعد المشروع الشركات الصغيرة في القرى", "alfabet")],
    ids=["empty", "short", "arabic"],
)
def test_intake_receive_refuses_and_keeps_text(services: Services, text: str, telling: str) -> None:
    brought = Brought(ProjectText(text))
    (received,) = receive(services, [brought])
    assert telling in received.problem
    assert (received.case_id, received.brought) == ("", brought)
    assert services.cases.count() == 0


def test_intake_receive_keeps_order_and_saves_the_rest(services: Services) -> None:
    brought = [Brought(ProjectText(text)) for text in (APPLICATION, "", OTHER)]
    received = receive(services, brought)
    assert [item.brought for item in received] == brought
    assert [bool(item.case_id) for item in received] == [True, False, True]
    assert services.cases.count() == 2


def test_intake_receive_nothing(services: Services) -> None:
    assert receive(services, []) == []


def test_intake_receive_hands_back_what_cannot_be_saved(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> str:
        raise StoreError("disken är full")

    monkeypatch.setattr(services.cases, "add", full)
    (received,) = receive(services, [Brought(ProjectText(APPLICATION))])
    assert received.problem == "Det gick inte att spara: disken är full"
    assert received.case_id == ""
    assert received.suggestion is not None
    assert received.suggestion.project.text == received.brought.project.text == APPLICATION


def test_intake_refusals_for_every_status_but_proposed() -> None:
    assert set(REFUSALS) == set(Status) - {Status.PROPOSED}
