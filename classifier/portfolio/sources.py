"""Files, folders and standard input → the projects in them, in order, as many times as they are asked for."""

from __future__ import annotations

import atexit
import math
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from classifier.assistant import ProjectText
from classifier.errors import DocumentError, UsageError
from classifier.text.documents import DOCUMENT_ENDINGS, bounded, clean, decode, read_document
from classifier.text.tables import ID_NAMES, TABLE_ENDINGS, TEXT_NAMES, TITLE_NAMES, TableStream, find_column, need_column, open_table

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


@dataclass(frozen=True)
class ProjectTable:
    """A table of projects and which of its columns hold what.

    A table is read anew each time its entries are asked for, so that its size does not matter.
    """

    table: TableStream
    text: str
    title: str | None
    id: str | None

    @property
    def length(self) -> int:
        """How many rows there are."""
        return self.table.length

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns to keep; the contract's own ``id`` and ``titel`` carry these two on."""
        carried = {column for column, name in ((self.id, "id"), (self.title, "titel")) if column == name}
        return tuple(column for column in self.table.columns if column not in carried)

    def entries(self) -> Iterator[Entry]:
        """The rows as projects."""
        kept = self.kept
        for number, row in enumerate(self.table.rows(), 1):
            project = ProjectText(
                text_of(row.get(self.text)),
                text_of(row.get(self.title)) if self.title else "",
                text_of(row.get(self.id)) if self.id else str(number),
            )
            cells = {column: row.get(column, "") for column in kept}
            try:
                bounded(project.text, f"{self.table.name}, rad {number}")
            except DocumentError as error:
                yield Entry(ProjectText("", project.title, project.id), cells, str(error))
            else:
                yield Entry(project, cells)


@dataclass(frozen=True)
class Documents:
    """Projects that are files of their own. They are read once and kept, since reading a PDF takes longer than classifying it."""

    read: tuple[Entry, ...]

    @property
    def length(self) -> int:
        """How many there are."""
        return len(self.read)

    @property
    def kept(self) -> tuple[str, ...]:
        """The columns to keep."""
        return tuple(dict.fromkeys(column for entry in self.read for column in entry.kept))

    def entries(self) -> Iterator[Entry]:
        """The documents."""
        yield from self.read


@dataclass(frozen=True)
class Sources:
    """All that a command was given, one after another."""

    parts: tuple[ProjectTable | Documents, ...]

    @property
    def length(self) -> int:
        """How many projects there are."""
        return sum(part.length for part in self.parts)

    @property
    def kept(self) -> tuple[str, ...]:
        """The input columns to keep, in the order they were met."""
        return tuple(dict.fromkeys(column for part in self.parts for column in part.kept))

    def entries(self) -> Iterator[Entry]:
        """Every project in order; may be asked for again."""
        for part in self.parts:
            yield from part.entries()


def open_sources(sources: Sequence[str], choices: Choices, say: Say) -> Sources:
    """Find every project of files, folders or standard input; tables are looked through, but not kept.

    Raises:
        UsageError: when a source does not exist or a column is missing.
        DocumentError: when a table cannot be read.
    """
    return Sources(tuple(part for source in sources for part in _open_source(source, choices, say)))


def project_table(table: TableStream, choices: Choices) -> ProjectTable:
    """Find the columns of a table of projects.

    Raises:
        UsageError: when a column asked for does not exist, or none holds the text.
    """
    return ProjectTable(
        table,
        need_column(table, TEXT_NAMES, choices.text, "text", "--text-column"),
        find_column(table, TITLE_NAMES, choices.title, "titel"),
        find_column(table, ID_NAMES, choices.id, "id"),
    )


def text_of(value: Any) -> str:
    """A cell as text: empty when there is nothing, a whole number without decimals."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))


def _open_source(source: str, choices: Choices, say: Say) -> Iterator[ProjectTable | Documents]:
    if source == STANDARD_INPUT:
        yield _open_stream(sys.stdin.buffer.read(), choices, say)
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
            yield _open_file(file, choices, say)
    elif path.is_file():
        yield _open_file(path, choices, say)
    else:
        raise UsageError(f"{source} finns inte; ange en fil, en mapp eller - för standard in")


def _open_file(path: Path, choices: Choices, say: Say) -> ProjectTable | Documents:
    if path.suffix.lower() in TABLE_ENDINGS:
        return _said(project_table(open_table(path), choices), say)
    try:
        document = read_document(path.read_bytes(), path.name)
    except OSError as error:
        raise UsageError(f"{path} går inte att öppna ({error.strerror})") from error
    except DocumentError as error:
        say(str(error))
        return Documents((Entry(ProjectText("", path.stem, path.stem), {"fil": path.name}, str(error)),))
    for note in document.notes:
        say(note)
    return Documents((Entry(ProjectText(document.text, "", path.stem), {"fil": path.name}),))


def _open_stream(data: bytes, choices: Choices, say: Say) -> ProjectTable | Documents:
    """Standard input is JSON Lines when its first character says so, else one project's text."""
    if data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{":
        folder = tempfile.TemporaryDirectory(prefix="effektkedja-")  # a table is read more than once, a pipe only once
        atexit.register(folder.cleanup)  # no text is left behind
        path = Path(folder.name) / "standard in.jsonl"
        path.write_bytes(data)
        return _said(project_table(open_table(path), choices), say)
    text, notes = decode(data, "standard in")
    for note in notes:
        say(note)
    return Documents((Entry(ProjectText(bounded(clean(text), "standard in"), "", "1"), {}),))


def _said(found: ProjectTable, say: Say) -> ProjectTable:
    for note in found.table.notes:
        say(note)
    say(f"{found.table.name}: text = {found.text}, titel = {found.title or 'saknas'}, id = {found.id or 'radnummer'}")
    return found
