"""Tables in and out: CSV, TSV, Excel and JSON Lines, one row a project or a statement, of any size."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Protocol

from classifier.errors import DocumentError, UsageError
from classifier.files import whole_file
from classifier.text.delimited import harmless, open_delimited, write_csv
from classifier.text.documents import MAX_BYTES, MAX_UNPACKED, Source, clean
from classifier.text.findings import Findings
from classifier.text.headings import (
    HEADER_ROWS,
    ID_NAMES,
    MAX_CELL,
    MAX_COLUMNS,
    STATEMENT_NAMES,
    TEXT_NAMES,
    TITLE_NAMES,
    column_names,
    header_row,
    plain,
)
from classifier.text.jsonlines import JsonLines, open_jsonl, write_jsonl

__all__ = [
    "ID_NAMES",
    "MAX_CELL",
    "OUTPUT_ENDINGS",
    "STATEMENT_NAMES",
    "TABLE_ENDINGS",
    "TEXT_NAMES",
    "TITLE_NAMES",
    "Bounds",
    "Columned",
    "Row",
    "Table",
    "TableStream",
    "find_column",
    "harmless",
    "need_column",
    "open_table",
    "read_table",
    "write_table",
]

Row = dict[str, Any]


@dataclass(frozen=True)
class Bounds:
    """How large a table may be: bytes of its file, bytes of a workbook when unpacked, and cells."""

    file: int
    unpacked: int
    cells: int


IN_MEMORY = Bounds(MAX_BYTES, MAX_UNPACKED, 20_000_000)
ON_DISK = Bounds(5_000_000_000, 4_000_000_000, 1_000_000_000)


@dataclass(frozen=True)
class Table:
    """A table's column names and rows, and what the reader should know (in Swedish)."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableStream:
    """A table whose rows stay in its file: column names, what the reader should know (in Swedish), and how many rows there are."""

    name: str
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    length: int
    read: Callable[[], Iterator[Row]] = field(repr=False, compare=False)

    def rows(self) -> Iterator[Row]:
        """The rows in order, read anew from the file each time.

        Raises:
            DocumentError: when the file can no longer be read.
        """
        return self.read()


def read_table(data: bytes, name: str) -> Table:
    """Read a table by the ending of its name.

    Raises:
        DocumentError: when it is too large, damaged, or holds no table.
    """
    _check_size(len(data), name, IN_MEMORY)
    stream = _open(partial(io.BytesIO, data), name, None, IN_MEMORY)
    return Table(stream.name, stream.columns, tuple(stream.rows()), stream.notes)


def open_table(path: Path, name: str | None = None, sheet: str | None = None) -> TableStream:
    """Look a table through by the ending of its name, without keeping its rows.

    Args:
        path: where it is.
        name: what the messages call it, when that is not the name of the file.
        sheet: the sheet of a workbook to read; the first that holds anything when not given.

    Raises:
        DocumentError: when it is too large, damaged, or holds no table.
        UsageError: when there is no such sheet; the message lists those that there are.
    """
    title = name or path.name
    source = partial(_opened, path, title)
    with source() as file:
        _check_size(file.seek(0, io.SEEK_END), title, ON_DISK)
    return _open(source, title, sheet, ON_DISK)


class Columned(Protocol):
    """Whatever has a name and columns."""

    @property
    def name(self) -> str:
        """What messages call it."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, in order."""


def find_column(table: Columned, names: Sequence[str], wanted: str | None, what: str) -> str | None:
    """The column that holds something: the one asked for, else the first whose name is usual for it.

    Raises:
        UsageError: when the column asked for does not exist; the message lists those that do.
    """
    if wanted is not None:
        if wanted in table.columns:
            return wanted
        raise UsageError(f"{table.name} har ingen kolumn {wanted!r} för {what}. Kolumner: {', '.join(table.columns)}")
    found = {plain(column): column for column in reversed(table.columns)}
    return next((found[name] for name in map(plain, names) if name in found), None)


def need_column(table: Columned, names: Sequence[str], wanted: str | None, what: str, option: str) -> str:
    """As :func:`find_column`, but the column must be found.

    Raises:
        UsageError: when it is not; the message lists the columns and names the option.
    """
    column = find_column(table, names, wanted, what)
    if column is None:
        raise UsageError(f"{table.name}: hittar ingen kolumn med {what}; ange den med {option}. Kolumner: {', '.join(table.columns)}")
    return column


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows to ``.csv``, ``.xlsx`` or ``.jsonl``, one at a time, to a temporary name that is renamed when all is written.

    Raises:
        UsageError: when the ending is another.
        OutputError: when the file cannot be written, or a sheet of Excel does not hold the rows.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path.name} har en ändelse som inte går att skriva; använd {', '.join(_WRITERS)}")
    with whole_file(path) as file:
        writer(file, columns, rows)


class _Grid(Protocol):
    """Rows of cells, of which one is the header."""

    @property
    def name(self) -> str: ...

    @property
    def notes(self) -> tuple[str, ...]: ...

    def lines(self, findings: Findings) -> Iterator[list[Any]]: ...


def _opened(path: Path, name: str) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise DocumentError(f"{name} går inte att öppna ({error.strerror}); kontrollera att filen finns och att du får läsa den") from error


def _check_size(size: int, name: str, bounds: Bounds) -> None:
    if size > bounds.file:
        raise DocumentError(f"{name} är större än {bounds.file // 1_000_000} MB; dela upp den")


def _open(source: Source, name: str, sheet: str | None, bounds: Bounds) -> TableStream:
    reader = _READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise DocumentError(f"{name} är ingen tabell som stöds; använd {', '.join(TABLE_ENDINGS)}")
    return reader(source, name, sheet, bounds)


def _open_delimited(source: Source, name: str, sheet: str | None, bounds: Bounds) -> TableStream:
    _no_sheet(name, sheet)
    return _of_grid(open_delimited(source, name), bounds)


def _open_excel(source: Source, name: str, sheet: str | None, bounds: Bounds) -> TableStream:
    from classifier.text.excel_reader import open_excel

    return _of_grid(open_excel(source, name, sheet, bounds.unpacked), bounds)


def _open_jsonl(source: Source, name: str, sheet: str | None, _: Bounds) -> TableStream:
    _no_sheet(name, sheet)
    return _of_objects(open_jsonl(source, name))


def _no_sheet(name: str, sheet: str | None) -> None:
    if sheet is not None:
        raise UsageError(f"{name} har inga blad; utelämna bladet {sheet!r}")


def _of_grid(grid: _Grid, bounds: Bounds) -> TableStream:
    """Find the header row, name nameless columns, and count the rows that are not wholly empty."""
    findings = Findings()
    lines = grid.lines(findings)
    beginning = list(islice(lines, HEADER_ROWS))
    header = header_row(beginning)
    if header is None:
        raise DocumentError(f"{grid.name} innehåller ingen tabell med rubrikrad")
    width = length = cells = 0
    for number, line in enumerate(chain(beginning[header:], lines)):
        findings.look_at(line)
        width = max(width, len(line))
        length += number > 0 and _is_filled(_cleaned(line))
        cells += len(line)
        _check_shape(width, max(cells, length * width), grid.name, bounds)
    columns = column_names(beginning[header], width)
    notes = (f"{grid.name}: rubrikerna hittades på rad {header + 1}.",) if header else ()
    notes = (*grid.notes, *notes, *findings.notes(grid.name, header, columns))
    return TableStream(grid.name, columns, notes, length, partial(_grid_rows, grid, header, columns))


def _check_shape(width: int, cells: int, name: str, bounds: Bounds) -> None:
    if width > MAX_COLUMNS:
        raise DocumentError(f"{name} har fler än {MAX_COLUMNS} kolumner; kontrollera vilket tecken som skiljer dem åt")
    if cells > bounds.cells:
        raise DocumentError(f"{name} har fler än {bounds.cells // 1_000_000} miljoner celler; dela upp den")


def _grid_rows(grid: _Grid, header: int, columns: Sequence[str]) -> Iterator[Row]:
    for line in islice(grid.lines(Findings()), header + 1, None):
        cells = list(_cleaned(line))
        if _is_filled(cells):
            yield dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=False))


def _cleaned(line: Sequence[Any]) -> Iterator[Any]:
    return (clean(cell) if isinstance(cell, str) else cell for cell in line)


def _is_filled(cells: Iterable[Any]) -> bool:
    return any(cell not in ("", None) for cell in cells)


def _of_objects(file: JsonLines) -> TableStream:
    """The columns are the keys of all rows, in the order they first occur."""
    findings = Findings()
    columns: dict[str, None] = {}
    length = 0
    for row in file.rows():
        length += 1
        columns |= dict.fromkeys(row)
        findings.look_at(row.values())
    if not length:
        raise DocumentError(f"{file.name} är tom")
    names = tuple(columns)
    return TableStream(file.name, names, (*file.notes, *findings.notes(file.name, 0, names)), length, file.rows)


def _write_xlsx(file: BinaryIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    from classifier.text.excel_writer import write_xlsx

    write_xlsx(file, columns, rows)


_READERS: dict[str, Callable[[Source, str, str | None, Bounds], TableStream]] = {
    ".csv": _open_delimited,
    ".tsv": _open_delimited,
    ".xlsx": _open_excel,
    ".jsonl": _open_jsonl,
}
_WRITERS: dict[str, Callable[[BinaryIO, Sequence[str], Iterable[Mapping[str, Any]]], None]] = {
    ".csv": write_csv,
    ".xlsx": _write_xlsx,
    ".jsonl": write_jsonl,
}
TABLE_ENDINGS = tuple(_READERS)
OUTPUT_ENDINGS = tuple(_WRITERS)
