"""Many projects → rows: sources are read, classified in batches, and laid out as the contract's project and statement rows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.assistant import Assistant, ProjectText, Proposal, StatementProposal, Status, Suggestion
from classifier.errors import DocumentError, UsageError
from classifier.taxonomy import Field, Scheme
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.documents import DOCUMENT_ENDINGS, bounded, clean, decode, read_document
from classifier.text.statements import Statement
from classifier.text.tables import (
    ID_NAMES,
    STATEMENT_NAMES,
    TABLE_ENDINGS,
    TEXT_NAMES,
    TITLE_NAMES,
    Row,
    Table,
    find_column,
    need_column,
    read_table,
)

BATCH = 64
STATEMENT_COLUMNS = (
    "projekt_id",
    "nr",
    "start",
    "slut",
    "påstående",
    "kolumn",
    "kolumner",
    *(code if code != "-" else "utanför" for code in COLUMN_CODES),
)
SINGLE_OUTPUT = ("projekttyp", "sakområde", "fokusområde", "effektkedja")
PROJECT_COLUMNS = (
    "id",
    "titel",
    *(f"{name}{ending}" for name in SINGLE_OUTPUT for ending in ("", "_sannolikhet", "_alternativ")),
    "bransch",
    "verktyg",
    "syfte",
    "granska",
    "status",
)
STANDARD_INPUT = "-"

Say = Callable[[str], None]
"""Called with one line of Swedish that the user should know."""


@dataclass(frozen=True)
class Choices:
    """Column names the user gave; ``None`` where they are to be guessed."""

    id: str | None = None
    title: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Entry:
    """One input row or file: what to classify, the columns to keep, and why it cannot be read if it cannot."""

    project: ProjectText
    kept: Mapping[str, Any]
    problem: str = ""


def read_entries(sources: Sequence[str], choices: Choices, say: Say) -> list[Entry]:
    """Read every project of files, folders or standard input, in order.

    Raises:
        UsageError: when a source does not exist or a column is missing.
        DocumentError: when a table cannot be read.
    """
    return [entry for source in sources for entry in _read_source(source, choices, say)]


def classify(assistant: Assistant, entries: Sequence[Entry], advance: Callable[[int], None]) -> list[Suggestion | None]:
    """Classify entries in batches; an entry that could not be read has no suggestion.

    ``advance`` is called after every batch with the number of entries done in it.
    """
    found: list[Suggestion | None] = []
    for start in range(0, len(entries), BATCH):
        batch = entries[start : start + BATCH]
        suggestions = iter(assistant.suggest([entry.project for entry in batch if not entry.problem]))
        found += [None if entry.problem else next(suggestions) for entry in batch]
        advance(len(batch))
    return found


def project_rows(entries: Sequence[Entry], suggestions: Sequence[Suggestion | None], scheme: Scheme) -> tuple[list[str], list[Row]]:
    """Column names and rows of the contract: the kept input columns first, then the proposals."""
    kept = _kept_names(dict.fromkeys(column for entry in entries for column in entry.kept), PROJECT_COLUMNS)
    rows = []
    for entry, suggestion in zip(entries, suggestions, strict=True):
        row = {kept[column]: value for column, value in entry.kept.items()}
        row |= {"id": entry.project.id, "titel": entry.project.title}
        row |= _project_cells(suggestion, scheme) if suggestion and suggestion.proposals else dict.fromkeys(PROJECT_COLUMNS[2:], "")
        row |= {"granska": _swedish(not suggestion or suggestion.needs_review), "status": _status(entry, suggestion)}
        rows.append(row)
    return [*kept.values(), *PROJECT_COLUMNS], rows


def statement_rows(suggestions: Sequence[Suggestion | None]) -> list[Row]:
    """The statements of all projects, as rows of the contract."""
    return [
        {"projekt_id": suggestion.project.id, "nr": number, **statement_cells(proposal)}
        for suggestion in suggestions
        if suggestion
        for number, proposal in enumerate(suggestion.statements, 1)
    ]


def statement_column(table: Table, wanted: str | None, say: Say) -> str:
    """The column that holds the statements of a table; which one is said aloud.

    Raises:
        UsageError: when there is none.
    """
    for note in table.notes:
        say(note)
    text = need_column(table, STATEMENT_NAMES, wanted, "påståenden", "--text-column")
    say(f"{table.name}: påstående = {text}, projekt_id = {'projekt_id' if 'projekt_id' in table.columns else 'saknas'}")
    return text


def classify_statements(assistant: Assistant, table: Table, text: str, advance: Callable[[int], None]) -> tuple[list[str], list[Row]]:
    """Classify a table whose every row is one statement in the column ``text``, taken as it stands.

    Rows that share ``projekt_id`` are read as one project's statements in order; a row without one stands alone.
    """
    groups: dict[str, list[int]] = {}
    for number, row in enumerate(table.rows):
        project = _text_of(row.get("projekt_id"))
        groups.setdefault(f"p{project}" if project else f"r{number}", []).append(number)
    found: dict[int, StatementProposal | None] = {}
    order: dict[int, int] = {}
    members = list(groups.values())
    for start in range(0, len(members), BATCH):
        batch = members[start : start + BATCH]
        texts = [_as_project([_text_of(table.rows[number].get(text)) for number in numbers]) for numbers in batch]
        for numbers, suggestion in zip(batch, assistant.suggest(texts), strict=True):
            proposals = iter(suggestion.statements)
            for place, number in enumerate(numbers, 1):
                order[number] = place
                found[number] = next(proposals, None) if _text_of(table.rows[number].get(text)).strip() else None
        advance(sum(map(len, batch)))
    carried = (text, "projekt_id")
    kept = _kept_names([column for column in table.columns if column not in carried], (*STATEMENT_COLUMNS, "status"))
    rows = []
    for number, row in enumerate(table.rows):
        out = {kept[column]: row.get(column, "") for column in kept} | {"projekt_id": _text_of(row.get("projekt_id")), "nr": order[number]}
        proposal = found[number]
        if proposal:
            out |= statement_cells(proposal) | {"status": Status.PROPOSED.value}
        else:
            said = _text_of(row.get(text))
            out |= {"påstående": said, "status": (Status.OTHER_SCRIPT if said.strip() else Status.EMPTY).value}
        rows.append(out)
    return [*kept.values(), *STATEMENT_COLUMNS, "status"], rows


def statement_cells(proposal: StatementProposal) -> Row:
    """A proposed statement as cells of the contract, project and number aside."""
    return {
        "start": proposal.statement.start,
        "slut": proposal.statement.end,
        "påstående": proposal.statement.text,
        "kolumn": proposal.column,
        "kolumner": ";".join(proposal.columns),
        **{("utanför" if code == "-" else code): round(share, 4) for code, share in proposal.probabilities.items()},
    }


def _read_source(source: str, choices: Choices, say: Say) -> Iterator[Entry]:
    if source == STANDARD_INPUT:
        yield from _read_stream(sys.stdin.buffer.read(), choices, say)
        return
    path = Path(source)
    if path.is_dir():
        # Hidden files, and those that Word and Excel keep beside an open document, are nobody's projects.
        files = sorted(file for file in path.rglob("*") if file.is_file() and not file.name.startswith((".", "~$")))
        usable = [file for file in files if file.suffix.lower() in (*TABLE_ENDINGS, *DOCUMENT_ENDINGS)]
        if skipped := len(files) - len(usable):
            say(f"{skipped} {'fil' if skipped == 1 else 'filer'} i {path.name} har en ändelse som inte stöds och läses inte.")
        if not usable:
            raise UsageError(f"mappen {path} innehåller inga filer som går att läsa")
        for file in usable:
            yield from _read_file(file, choices, say)
    elif path.is_file():
        yield from _read_file(path, choices, say)
    else:
        raise UsageError(f"{source} finns inte; ange en fil, en mapp eller - för standard in")


def _read_file(path: Path, choices: Choices, say: Say) -> Iterator[Entry]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} går inte att öppna ({error.strerror})") from error
    if path.suffix.lower() in TABLE_ENDINGS:
        yield from _table_entries(read_table(data, path.name), choices, say)
        return
    try:
        document = read_document(data, path.name)
    except DocumentError as error:
        say(str(error))
        yield Entry(ProjectText("", path.stem, path.stem), {"fil": path.name}, str(error))
        return
    for note in document.notes:
        say(note)
    yield Entry(ProjectText(document.text, "", path.stem), {"fil": path.name})


def _read_stream(data: bytes, choices: Choices, say: Say) -> Iterator[Entry]:
    """Standard input is JSON Lines when its first character says so, else one project's text."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        yield from _table_entries(read_table(data, "standard in.jsonl"), choices, say)
    else:
        text, notes = decode(data, "standard in")
        for note in notes:
            say(note)
        yield Entry(ProjectText(bounded(clean(text), "standard in"), "", "1"), {})


def _table_entries(table: Table, choices: Choices, say: Say) -> Iterator[Entry]:
    for note in table.notes:
        say(note)
    text = need_column(table, TEXT_NAMES, choices.text, "text", "--text-column")
    title = find_column(table, TITLE_NAMES, choices.title, "titel")
    identity = find_column(table, ID_NAMES, choices.id, "id")
    say(f"{table.name}: text = {text}, titel = {title or 'saknas'}, id = {identity or 'radnummer'}")
    # The contract's own id and titel carry these two on; every other column is kept under its name.
    carried = {column for column, name in ((identity, "id"), (title, "titel")) if column == name}
    for number, row in enumerate(table.rows, 1):
        project = ProjectText(
            _text_of(row.get(text)),
            _text_of(row.get(title)) if title else "",
            _text_of(row.get(identity)) if identity else str(number),
        )
        kept = {column: row.get(column, "") for column in table.columns if column not in carried}
        try:
            bounded(project.text, f"{table.name}, rad {number}")
        except DocumentError as error:
            yield Entry(ProjectText("", project.title, project.id), kept, str(error))
        else:
            yield Entry(project, kept)


def _project_cells(suggestion: Suggestion, scheme: Scheme) -> Row:
    names = {label.id: label.name for label in scheme.sakomraden}
    (own, share), *others = suggestion.sakomraden
    possible = {scheme.sakomrade_of(leaf).id for leaf in suggestion.proposals[Field.FOKUSOMRADE].likely}
    cells: Row = {
        "sakområde": names[own],
        "sakområde_sannolikhet": round(share, 4),
        "sakområde_alternativ": _alternatives([(names[label], chance) for label, chance in others if label in possible]),
    }
    for field in Field:
        proposal = suggestion.proposals[field]
        if field.is_multiple:
            cells[field.swedish] = ";".join(scheme.label(field, label).name for label in proposal.values)
        else:
            cells[field.swedish] = scheme.written(field, proposal.values[0])
            cells[f"{field.swedish}_sannolikhet"] = round(proposal.probability, 4)
            cells[f"{field.swedish}_alternativ"] = _alternatives(_named_rest(proposal, scheme))
    return cells


def _named_rest(proposal: Proposal, scheme: Scheme) -> list[tuple[str, float]]:
    """The other labels of the prediction set."""
    return [(scheme.label(proposal.field, label).name, chance) for label, chance in proposal.ranked[1:] if label in proposal.likely]


def _alternatives(ranked: Sequence[tuple[str, float]]) -> str:
    return "; ".join(f"{name} ({share:.2f})" for name, share in ranked)


def _kept_names(columns: Collection[str], taken: Collection[str]) -> dict[str, str]:
    """Names for input columns in the output: their own, marked where the output has a column of that name."""
    names = {}
    for column in columns:
        name = column
        while name in taken or (name != column and name in columns):
            name += " (indata)"
        names[column] = name
    return names


def _status(entry: Entry, suggestion: Suggestion | None) -> str:
    if suggestion is None:
        return entry.problem
    return f"{suggestion.status.value}. {suggestion.note}" if suggestion.note else suggestion.status.value


def _as_project(texts: Sequence[str]) -> ProjectText:
    statements = tuple(Statement(text, 0, len(text)) for text in texts if text.strip())
    return ProjectText("\n".join(texts), statements=statements)


def _text_of(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))


def _swedish(value: bool) -> str:
    return "sant" if value else "falskt"
