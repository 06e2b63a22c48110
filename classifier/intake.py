"""What someone brings in, pasted or as files, made into saved cases. Knows nothing of Streamlit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from classifier.assistant import ProjectText, Status, Suggestion
from classifier.errors import DocumentError, EffektkedjaError
from classifier.services import Services
from classifier.text.documents import bounded, clean, read_document
from classifier.text.tables import ID_NAMES, TABLE_ENDINGS, TEXT_NAMES, TITLE_NAMES, find_column, need_column, read_table

MAX_ROWS = 50
"""Projects taken from one table as cases of their own; larger tables belong on the page "Portfölj"."""

REFUSALS = {
    Status.EMPTY: "Texten är tom. Klistra in en beskrivning av projektet.",
    Status.TOO_SHORT: "Texten är för kort för att bedöma. Klistra in minst en hel mening om vad projektet ska göra.",
    Status.OTHER_SCRIPT: "Texten är skriven med ett alfabet som assistenten inte kan läsa. Den förstår svenska och engelska.",
}


@dataclass(frozen=True)
class Brought:
    """A text that was brought in, with where it came from and what its reader should know."""

    project: ProjectText
    source: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Received:
    """What became of it: the id of its case, or why there is none. The text is kept either way."""

    brought: Brought
    case_id: str = ""
    problem: str = ""
    suggestion: Suggestion | None = None


def pasted(text: str) -> Brought:
    """A text from the input field.

    Raises:
        DocumentError: when it is beyond bounds.
    """
    return Brought(ProjectText(bounded(clean(text), "Texten")))


def from_file(data: bytes, name: str) -> list[Brought]:
    """The projects in a file: one in a document, one a row in a table.

    Raises:
        EffektkedjaError: when the file cannot be read, or its table is too long or lacks a column with text.
    """
    if PurePath(name).suffix.lower() not in TABLE_ENDINGS:
        document = read_document(data, name)
        return [Brought(ProjectText(document.text), name, document.notes)]
    table = read_table(data, name)
    text = need_column(table, TEXT_NAMES, None, "text", "en rubrik som text eller beskrivning")
    title, identity = find_column(table, TITLE_NAMES, None, "titel"), find_column(table, ID_NAMES, None, "id")
    if len(table.rows) > MAX_ROWS:
        raise DocumentError(
            f"{name} har {len(table.rows)} rader; här går det att ta in högst {MAX_ROWS}. Lägg till större tabeller på sidan Portfölj"
        )
    return [
        Brought(
            ProjectText(
                bounded(str(row.get(text) or ""), name),
                str((row.get(title) if title else "") or (row.get(identity) if identity else "") or ""),
            ),
            name,
            table.notes,
        )
        for row in table.rows
    ]


def receive(services: Services, brought: Sequence[Brought]) -> list[Received]:
    """Propose labels for texts and save each that can be judged as a case; what cannot be saved is handed back whole."""
    received = []
    suggestions = services.assistant.suggest([item.project for item in brought])
    for item, suggestion in zip(brought, suggestions, strict=True):
        if suggestion.status is not Status.PROPOSED:
            received.append(Received(item, problem=REFUSALS[suggestion.status]))
            continue
        received.append(save(services, item, suggestion))
    return received


def save(services: Services, item: Brought, suggestion: Suggestion) -> Received:
    """Save one case, or say why it cannot be saved."""
    try:
        return Received(item, services.cases.add(suggestion, item.source, item.notes))
    except EffektkedjaError as error:
        return Received(item, problem=str(error), suggestion=suggestion)
