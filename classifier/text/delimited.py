"""Tables whose cells a delimiter keeps apart: CSV and TSV, a row at a time."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, BinaryIO

from classifier.errors import DocumentError
from classifier.text.documents import MAX_BYTES, MAX_CHARACTERS, Source, find_encoding
from classifier.text.findings import MAX_BREAKS, Findings
from classifier.text.headings import HEADER_ROWS, USUAL_NAMES, plain

DELIMITERS = ";\t,|"
BEGINNING = 20_000
"""Characters from which the delimiter is told."""
MAX_LINE = MAX_BYTES
"""Characters in a line, and in a cell: as many as a whole file that is read into memory."""
END = "\ufdd0"  # a character that stands for nothing, and that no text may hold
FORMULA = re.compile(r"'*(?:\t|\s*(?:[=@＝＠]|[+\-＋－](?=.*[(|!（｜！])))", re.DOTALL)
"""What a spreadsheet may take for a formula, in full-width signs too, and what would be taken for such a text made harmless."""


def harmless(value: Any) -> Any:
    """A cell value that no spreadsheet takes for a formula; :func:`bare` undoes it."""
    return "'" + value if isinstance(value, str) and FORMULA.match(value) else value


def bare(cell: str) -> str:
    """A cell's text without the apostrophe that :func:`harmless` put before it, and only that."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell


@dataclass(frozen=True)
class DelimitedFile:
    """A file of CSV or TSV: where it is, what it is called, how it is to be read, and what the reader should know of that."""

    source: Source
    name: str
    encoding: str
    delimiter: str
    notes: tuple[str, ...]

    def lines(self, findings: Findings) -> Iterator[list[str]]:
        """The cells of each row in order, read anew; a quotation mark that is never closed is noted among the findings.

        Raises:
            DocumentError: when the file cannot be read.
        """
        csv.field_size_limit(MAX_LINE)
        physical = _LinesAndEnd(text_lines(self.source, self.name, self.encoding, ""))
        reader = csv.reader(physical, delimiter=self.delimiter, strict=False)
        first = 1
        try:
            for cells in reader:
                if physical.ended:
                    if cells == [END]:
                        return
                    cells[-1] = cells[-1].removesuffix(END)
                    findings.tear(first)
                elif _swollen(cells, reader.line_num - first):
                    findings.tear(first)
                first = reader.line_num + 1
                yield [bare(cell) for cell in cells]
        except csv.Error as error:
            raise DocumentError(
                f"{self.name} är ingen läsbar CSV-fil: cellen som börjar på rad {first} är större än {MAX_LINE // 1_000_000} MB, troligen för att ett "
                "citattecken saknas"
            ) from error


def open_delimited(source: Source, name: str) -> DelimitedFile:
    """Find out how a file of CSV or TSV is to be read.

    Raises:
        DocumentError: when it is no text.
    """
    with source() as file:
        encoding, notes = find_encoding(file, name)
    if PurePath(name).suffix.lower() == ".tsv":
        return DelimitedFile(source, name, encoding, "\t", notes)
    with source() as file, io.TextIOWrapper(file, encoding, errors="replace", newline="") as text:
        beginning = text.read(BEGINNING).splitlines()[:HEADER_ROWS]
    return DelimitedFile(source, name, encoding, _delimiter(beginning), notes)


def text_lines(source: Source, name: str, encoding: str, newline: str) -> Iterator[str]:
    """The lines of a file of text with their endings, one at a time.

    Args:
        source: where the text is.
        name: what the messages call it.
        encoding: how it is encoded; what does not fit it is replaced.
        newline: what ends a line, as :class:`io.TextIOWrapper` has it.

    Raises:
        DocumentError: when it cannot be read, or has a line longer than ``MAX_LINE``.
    """
    try:
        with source() as file, io.TextIOWrapper(file, encoding, errors="replace", newline=newline) as text:
            while line := text.readline(MAX_LINE + 1):
                if len(line) > MAX_LINE:
                    raise DocumentError(f"{name} har en rad med fler än {MAX_LINE // 1_000_000} miljoner tecken; exportera den på nytt")
                yield line
    except OSError as error:
        raise DocumentError(f"{name} går inte att läsa ({error.strerror})") from error


def write_csv(file: BinaryIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as CSV the way Excel expects it: UTF-8 with byte order mark, semicolons, no formulas."""
    writer = csv.writer(codecs.getwriter("utf-8-sig")(file, "replace"), delimiter=";", lineterminator="\r\n")
    writer.writerow([harmless(column) for column in columns])
    writer.writerows([harmless(as_cell(row.get(column))) for column in columns] for row in rows)


def as_cell(value: Any) -> Any:
    """A value as one cell holds it: nothing is empty, a list or an object is JSON."""
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value


class _LinesAndEnd:
    """Lines and then ``END``: where the reader leaves it tells whether the last cell was closed."""

    def __init__(self, lines: Iterator[str]) -> None:
        self._lines = lines
        self.ended = False

    def __iter__(self) -> Iterator[str]:
        yield from self._lines
        self.ended = True
        yield END


def _swollen(cells: Sequence[str], breaks: int) -> bool:
    """Whether a cell of a row, with that many line breaks in all, seems to have swallowed others."""
    if breaks > MAX_BREAKS and any(cell.count("\n") > MAX_BREAKS for cell in cells):
        return True
    return any(len(cell) > MAX_CHARACTERS for cell in cells)


def _delimiter(lines: Sequence[str]) -> str:
    """What stands between the cells of the first line with a usual column name, else what the first line has most of."""
    for line in lines:
        for delimiter in DELIMITERS:
            if delimiter in line and not USUAL_NAMES.isdisjoint(map(plain, line.split(delimiter))):
                return delimiter
    return max(DELIMITERS, key=lines[0].count) if lines else DELIMITERS[0]
