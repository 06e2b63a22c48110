"""Tables in and out: CSV, TSV, Excel and JSON Lines, one row a project or a statement."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from classifier.errors import DocumentError, UsageError
from classifier.files import write_whole
from classifier.text.documents import DAMAGED, MAX_BYTES, check_archive, clean, decode

Row = dict[str, Any]

TEXT_NAMES = (
    "text",
    "beskrivning",
    "projektbeskrivning",
    "sammanfattning",
    "projekttext",
    "ansökan",
    "innehåll",
    "description",
    "summary",
    "abstract",
)
STATEMENT_NAMES = ("påstående", "mening", "statement", "sentence", *TEXT_NAMES)
TITLE_NAMES = ("titel", "projektnamn", "projekttitel", "rubrik", "namn", "title", "name")
ID_NAMES = ("id", "ärendeid", "diarienummer", "ärendenummer", "dnr", "projektid", "projektnummer", "caseid")
HEADER_ROWS = 20
"""How far down a sheet the header is looked for: exports often open with a title and a blank row."""
DELIMITERS = ";\t,|"
MAX_CELL = 32_767  # Excel's own limit


@dataclass(frozen=True)
class Table:
    """A table's column names and rows, and what the reader should know (in Swedish)."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def read_table(data: bytes, name: str) -> Table:
    """Read a table by the ending of its name.

    Raises:
        DocumentError: when it is too large, damaged, or holds no table.
    """
    if len(data) > MAX_BYTES:
        raise DocumentError(f"{name} är större än {MAX_BYTES // 1_000_000} MB; dela upp den")
    reader = _READERS.get(PurePath(name).suffix.lower())
    if reader is None:
        raise DocumentError(f"{name} är ingen tabell som stöds; använd {', '.join(TABLE_ENDINGS)}")
    return reader(data, name)


def find_column(table: Table, names: Sequence[str], wanted: str | None, what: str) -> str | None:
    """The column that holds something: the one asked for, else the first whose name is usual for it.

    Raises:
        UsageError: when the column asked for does not exist; the message lists those that do.
    """
    if wanted is not None:
        if wanted in table.columns:
            return wanted
        raise UsageError(f"{table.name} har ingen kolumn {wanted!r} för {what}. Kolumner: {', '.join(table.columns)}")
    plain = {_plain(column): column for column in reversed(table.columns)}
    return next((plain[name] for name in map(_plain, names) if name in plain), None)


def need_column(table: Table, names: Sequence[str], wanted: str | None, what: str, option: str) -> str:
    """As :func:`find_column`, but the column must be found.

    Raises:
        UsageError: when it is not; the message lists the columns and names the option.
    """
    column = find_column(table, names, wanted, what)
    if column is None:
        raise UsageError(f"{table.name}: hittar ingen kolumn med {what}; ange den med {option}. Kolumner: {', '.join(table.columns)}")
    return column


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows to ``.csv``, ``.xlsx`` or ``.jsonl``, to a temporary name that is renamed when all is written.

    Raises:
        UsageError: when the ending is another.
        OutputError: when the file cannot be written.
    """
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path.name} har en ändelse som inte går att skriva; använd {', '.join(_WRITERS)}")
    write_whole(path, writer(columns, rows))


def harmless(value: Any) -> Any:
    """A cell value that no spreadsheet takes for a formula."""
    if isinstance(value, str) and re.match(r"\t|\s*(?:[=@]|[+-](?=.*[(|!]))", value, re.DOTALL):
        return "'" + value
    return value


def _plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def _read_csv(data: bytes, name: str) -> Table:
    text, notes = decode(data, name)
    delimiter = "\t" if PurePath(name).suffix.lower() == ".tsv" else _delimiter(text[:20_000].splitlines()[:HEADER_ROWS])
    csv.field_size_limit(MAX_BYTES)
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise DocumentError(f"{name} är ingen läsbar CSV-fil ({error})") from error
    return _from_grid(lines, name, notes)


def _delimiter(lines: Sequence[str]) -> str:
    """What stands between the cells of the first line with a usual column name, else what the first line has most of."""
    for line in lines:
        for delimiter in DELIMITERS:
            if delimiter in line and not _usual_names().isdisjoint(map(_plain, line.split(delimiter))):
                return delimiter
    return max(DELIMITERS, key=lines[0].count) if lines else DELIMITERS[0]


def _usual_names() -> set[str]:
    return {_plain(word) for word in (*STATEMENT_NAMES, *TITLE_NAMES, *ID_NAMES)}


def _read_xlsx(data: bytes, name: str) -> Table:
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    check_archive(data, name, ".xlsx")
    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write A1 whatever the sheet holds
        sheets = [(sheet.title, [list(row) for row in sheet.iter_rows(values_only=True)]) for sheet in book.worksheets]
    except (InvalidFileException, *DAMAGED) as error:
        raise DocumentError(f"{name} är ingen riktig .xlsx-fil; öppna den i Excel och spara den på nytt") from error
    filled = [(title, rows) for title, rows in sheets if any(any(cell is not None for cell in row) for row in rows)]
    if not filled:
        raise DocumentError(f"{name} är tom")
    title, rows = filled[0]
    notes = (f"{name} har flera blad; bladet {title} lästes.",) if len(filled) > 1 else ()
    return _from_grid([["" if cell is None else cell for cell in row] for row in rows], name, notes)


def _read_jsonl(data: bytes, name: str) -> Table:
    text, notes = decode(data, name)
    rows: list[Row] = []
    for number, line in enumerate(text.split("\n"), 1):  # not splitlines: a string may hold U+2028 or U+0085 as it is
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DocumentError(f"{name}, rad {number}: inte giltig JSON") from error
        if not isinstance(row, dict):
            raise DocumentError(f"{name}, rad {number}: raden ska vara ett JSON-objekt")
        rows.append({clean(key): clean(value) if isinstance(value, str) else value for key, value in row.items()})
    if not rows:
        raise DocumentError(f"{name} är tom")
    columns = tuple(dict.fromkeys(key for row in rows for key in row))
    return Table(name, columns, tuple(rows), notes)


def _from_grid(grid: Sequence[Sequence[Any]], name: str, notes: tuple[str, ...]) -> Table:
    """Find the header row, name nameless columns, and drop rows that are wholly empty."""
    header = _header_row(grid)
    if header is None:
        raise DocumentError(f"{name} innehåller ingen tabell med rubrikrad")
    if header:
        notes = (*notes, f"{name}: rubrikerna hittades på rad {header + 1}.")
    columns = _column_names(grid[header], max(len(row) for row in grid[header:]))
    rows = []
    for line in grid[header + 1 :]:
        cells = [clean(cell) if isinstance(cell, str) else cell for cell in line]
        if any(cell not in ("", None) for cell in cells):
            rows.append(dict(zip(columns, [*cells, *[""] * (len(columns) - len(cells))], strict=False)))
    return Table(name, columns, tuple(rows), notes)


def _header_row(grid: Sequence[Sequence[Any]]) -> int | None:
    """The first row with a usual column name, else the first with two or more texts, else the first with one."""
    usual = _usual_names()
    texts = [[str(cell).strip() for cell in row if isinstance(cell, str) and cell.strip()] for row in grid[:HEADER_ROWS]]
    for number, cells in enumerate(texts):
        if any(_plain(cell) in usual for cell in cells):
            return number
    return next((number for least in (2, 1) for number, cells in enumerate(texts) if len(cells) >= least), None)


def _column_names(cells: Sequence[Any], width: int) -> tuple[str, ...]:
    names: list[str] = []
    for number in range(width):
        name = clean(str(cells[number])).strip() if number < len(cells) else ""
        name = name or f"kolumn {number + 1}"
        while name in names:
            name = f"{name} ({number + 1})"
        names.append(name)
    return tuple(names)


def _write_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([harmless(_cell(row.get(column))) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig", errors="replace")


def _write_xlsx(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    import openpyxl
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Förslag")
    sheet.freeze_panes = "A2"
    head = [WriteOnlyCell(sheet, value=column) for column in columns]
    for cell in head:
        cell.font = Font(bold=True)
        cell.data_type = "s"  # never a formula, whatever it begins with
    sheet.append(head)
    for row in rows:
        cells = []
        for column in columns:
            value = _cell(row.get(column))
            cell = WriteOnlyCell(sheet, value=value[:MAX_CELL] if isinstance(value, str) else value)
            if isinstance(value, str):
                cell.data_type = "s"
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _write_jsonl(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    lines = (json.dumps({column: row[column] for column in columns if column in row}, ensure_ascii=False, default=str) for row in rows)
    return "".join(line + "\n" for line in lines).encode("utf-8", errors="replace")


def _cell(value: Any) -> Any:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value


_READERS: dict[str, Callable[[bytes, str], Table]] = {".csv": _read_csv, ".tsv": _read_csv, ".xlsx": _read_xlsx, ".jsonl": _read_jsonl}
_WRITERS: dict[str, Callable[[Sequence[str], Iterable[Mapping[str, Any]]], bytes]] = {
    ".csv": _write_csv,
    ".xlsx": _write_xlsx,
    ".jsonl": _write_jsonl,
}
TABLE_ENDINGS = tuple(_READERS)
OUTPUT_ENDINGS = tuple(_WRITERS)
