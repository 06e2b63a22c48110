"""Portfolios to files and back: what is written can be read in again unchanged, with its decisions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from classifier.assistant import ProjectText
from classifier.errors import DocumentError, UsageError
from classifier.portfolio.cells import NONE_OF_THESE, RowReader, Spoken, signed, spoken, whole
from classifier.portfolio.facts import FactColumns, facts_of, guess_columns
from classifier.portfolio.judged import Judged
from classifier.portfolio.outcome import StatementOutcome
from classifier.portfolio.rows import MARK, PROJECT_COLUMNS, STATEMENT_COLUMNS, kept_names, project_row, statement_rows
from classifier.portfolio.sources import Entry, text_of
from classifier.taxonomy import Field, Scheme
from classifier.text.tables import TEXT_NAMES, Row, TableStream, find_column, open_table

PROJECT_SHEET, STATEMENT_SHEET = "Projekt", "Påståenden"
ROW_NUMBER = "rad"
"""Last column of exported statements: the number of their project's row, from 1, since ids may come twice."""
NESTED = "påståenden"
"""Where JSON Lines holds a project's statements."""
DECISION_COLUMNS = ("beslut", *(f"{name.swedish}_beslut" for name in Field), "märkt", "beslut_av", "beslut_tid")
EXPORT_COLUMNS = (*PROJECT_COLUMNS, *DECISION_COLUMNS)
TAKEN = (*EXPORT_COLUMNS, NESTED)
"""Names that no input column keeps in an exported file."""
STATEMENT_EXPORT = (*STATEMENT_COLUMNS, ROW_NUMBER)
SIGNS_OF_OURS = frozenset({"id", "titel", "fokusområde", "fokusområde_sannolikhet", "effektkedja", "granska", "status"})


@dataclass(frozen=True)
class Imported:
    """A portfolio that was written by this program.

    Attributes:
        name: of the file.
        kept: the columns that were its input.
        text: the one of them that holds the text.
        facts: those that hold the facts.
        judged: its projects.
        notes: what the user should know of the file.
    """

    name: str
    kept: tuple[str, ...]
    text: str
    facts: FactColumns
    judged: list[Judged]
    notes: tuple[str, ...] = ()

    @property
    def models(self) -> str:
        """The models that judged it, with their tiers."""
        return ", ".join(sorted({item.outcome.model for item in self.judged if item.outcome.model}))


@dataclass(frozen=True)
class Columns:
    """Column names and nothing else, for those who look for a name among them."""

    name: str
    columns: tuple[str, ...] = field(default=())


def export_columns(kept: Sequence[str]) -> list[str]:
    """The columns of exported projects, given those of the input."""
    return [*kept_names(kept, TAKEN).values(), *EXPORT_COLUMNS]


def export_rows(judged: Iterable[Judged], kept: Sequence[str], scheme: Scheme, *, nested: bool = False) -> Iterator[Row]:
    """Projects as rows: what came in, what is proposed, what is decided; with ``nested``, their statements too."""
    names = kept_names(kept, TAKEN)
    for item in judged:
        row = project_row(item.entry, item.outcome, names, scheme) | _decision_cells(item, scheme)
        yield row | {NESTED: list(statement_rows(item.entry, item.outcome))} if nested else row


def export_statements(judged: Iterable[Judged]) -> Iterator[Row]:
    """Statements as rows of the contract, each with the number of its project's row."""
    for number, item in enumerate(judged, 1):
        for row in statement_rows(item.entry, item.outcome):
            yield row | {ROW_NUMBER: number}


def is_ours(columns: Iterable[str]) -> bool:
    """Whether a table's columns say that this program wrote it."""
    return set(columns) >= SIGNS_OF_OURS


def read_export(path: Path, scheme: Scheme, statements: Path | None = None) -> Imported:
    """Read projects, their statements and decisions from files that this program wrote.

    Args:
        path: project rows, or a whole workbook.
        scheme: whose labels the rows name.
        statements: statement rows, where they are in a file of their own.

    Raises:
        DocumentError: when the file was not written by this program, or cannot be read.
    """
    table = _sheet(path, PROJECT_SHEET) or open_table(path)
    if not is_ours(table.columns):
        raise DocumentError(f"{table.name} är inte klassificerad än; kör först: effektkedja classify")
    said = open_table(statements) if statements else _sheet(path, STATEMENT_SHEET)
    found = _statements_by_row(said, table) if said else {}
    has_decisions = set(DECISION_COLUMNS) <= set(table.columns)  # `classify` writes none
    own = TAKEN if has_decisions else PROJECT_COLUMNS
    kept = _originals([column for column in table.columns if column not in own])
    columns = Columns(table.name, tuple(kept.values()))
    text = find_column(columns, TEXT_NAMES, None, "text") or ""
    facts, reader, judged = guess_columns(columns), RowReader(scheme), []
    for number, row in enumerate(table.rows()):
        cells = {original: row.get(column, "") for column, original in kept.items()}
        here = _nested(row) if has_decisions and NESTED in row else found.pop(number, [])
        text = _text_column(cells, here, text)
        whole_text, placed = _with_all(text_of(cells.get(text)), here)
        entry = Entry(ProjectText(whole_text, text_of(row.get("titel")), text_of(row.get("id"))), cells)
        decisions = (reader.decided(row), *signed(row)) if has_decisions else ()
        judged.append(Judged(number, entry, facts_of(cells, facts), reader.outcome(row, placed), *decisions))
    notes = (*table.notes, *reader.notes(table.name), *_notes_of_lost(sum(map(len, found.values()))))
    return Imported(table.name, tuple(kept.values()), text, facts, judged, notes)


def made_of(found: Imported, scheme: Scheme) -> dict[str, str]:
    """How a portfolio from a file was made, in words."""
    return {"Källa": found.name, "Modell": found.models or "okänd", "Schema": scheme.version, "Antal rader": str(len(found.judged))}


def _decision_cells(item: Judged, scheme: Scheme) -> Row:
    cells: Row = {"beslut": item.state.value}
    for name in Field:
        values = item.decided.get(name)
        names = [scheme.label(name, label).name for label in values or ()]
        cells[f"{name.swedish}_beslut"] = "" if values is None else ";".join(names) or NONE_OF_THESE
    at = item.decided_at.astimezone(datetime.UTC).isoformat(timespec="seconds") if item.decided_at else ""
    return cells | {"märkt": "sant" if item.marked else "falskt", "beslut_av": item.decided_by, "beslut_tid": at}


def _nested(row: Row) -> list[Spoken]:
    return [spoken(item) for item in row[NESTED] if isinstance(item, dict)] if isinstance(row[NESTED], list) else []


def _text_column(cells: Row, said: Sequence[Spoken], guess: str) -> str:
    """The column whose text the statements of a row stand in: the one guessed, unless only another fits."""
    fitting = (
        column for column in (guess, *cells) if all(text_of(cells.get(column))[item.start : item.end] == words for item, words in said)
    )
    return next(fitting, guess)


def _with_all(text: str, said: Sequence[Spoken]) -> tuple[str, tuple[StatementOutcome, ...]]:
    """A text and the statements in it; those beyond its end are added: not every file holds the text, and Excel cuts a long one."""
    parts, length, statements = [text], len(text), []
    for item, words in said:
        if item.end > len(text):
            item = replace(item, start=length + 1, end=length + 1 + len(words))
            parts += ["\n", words]
            length = item.end
        statements.append(item)
    return "".join(parts), tuple(statements)


def _statements_by_row(said: TableStream, projects: TableStream) -> dict[int, list[Spoken]]:
    """Statements by their project's row: by its number where it stands, else in the order of the file, ``nr`` starting anew at 1."""
    if not set(STATEMENT_COLUMNS) <= set(said.columns):
        raise DocumentError(f"{said.name} innehåller inga påståenden; ange filen som skrevs med --statements")
    found: dict[int, list[Spoken]] = {}
    if ROW_NUMBER in said.columns:
        for row in said.rows():
            found.setdefault(whole(row[ROW_NUMBER]) - 1, []).append(spoken(row))
        return found
    places: dict[str, list[int]] = {}
    for number, row in enumerate(projects.rows()):
        if text_of(row.get("sakområde")):  # what could not be judged has no statements
            places.setdefault(text_of(row.get("id")), []).append(number)
    at: dict[str, int] = {}
    for row in said.rows():
        project = text_of(row.get("projekt_id"))
        if whole(row.get("nr")) == 1:
            at[project] = at.get(project, -1) + 1
        own = places.get(project, [-1])
        found.setdefault(own[min(at.get(project, 0), len(own) - 1)], []).append(spoken(row))
    return found


def _notes_of_lost(statements: int) -> tuple[str, ...]:
    return (f"{statements} påståenden hör inte till något projekt i filen och lästes inte.",) if statements else ()


def _sheet(path: Path, sheet: str) -> TableStream | None:
    """A sheet of a workbook by its name, or nothing when there is none."""
    try:
        return open_table(path, sheet=sheet)
    except UsageError:
        return None


def _originals(columns: Sequence[str]) -> dict[str, str]:
    """The input's own names of columns that may have been marked by :func:`kept_names`."""
    names = {column: column for column in columns}
    for own in TAKEN:
        marked = own
        while marked + MARK in names:
            marked += MARK
        if marked != own:
            names[marked] = own
    return names
