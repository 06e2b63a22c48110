"""Excel workbooks in, a row at a time: how much memory it takes does not depend on how large they are."""

from __future__ import annotations

import tempfile
import zipfile
from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, Protocol, cast
from xml.etree.ElementTree import Element, XMLPullParser

from openpyxl.reader.excel import ExcelReader
from openpyxl.styles.stylesheet import apply_stylesheet
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from classifier.errors import DocumentError, UsageError
from classifier.text.documents import DAMAGED, MAX_BYTES, Source, check_archive
from classifier.text.findings import MAX_MERGED, Findings, Merged
from classifier.text.headings import MAX_COLUMNS, MAX_ROWS

MAX_PART = 20_000_000
"""Bytes of a part that is read whole: the list of sheets, the styles."""
PIECE = 1 << 16
IN_MEMORY = 8_000_000
"""Bytes of a workbook's shared texts that are kept in memory; beyond it they lie in a temporary file."""
ROW, CELL_VALUE, FORMULA, INLINE, TEXT, RUN, SHARED, MERGE = (
    f"{{{SHEET_MAIN_NS}}}{tag}" for tag in ("row", "v", "f", "is", "t", "r", "si", "mergeCell")
)
UNREADABLE = (InvalidFileException, *DAMAGED)


@dataclass(frozen=True)
class ExcelSheet:
    """A sheet of a workbook: where it is, what its file is called, and what the reader should know of the choice.

    Attributes:
        part: the sheet's name in the archive.
        most: the characters of shared texts that its cells may hold together; a few bytes can point to a long text.
    """

    source: Source
    name: str
    part: str
    most: int
    notes: tuple[str, ...]

    def lines(self, findings: Findings) -> Iterator[list[Any]]:
        """The values of each row in order, read anew, with empty text for nothing.

        Merged cells and formulas without results are noted among the findings, all of them once the last row is read.

        Raises:
            DocumentError: when the file cannot be read, or unpacks to far more than it should.
        """
        try:
            with self.source() as file, _Workbook(file) as book, tempfile.SpooledTemporaryFile(IN_MEMORY) as beside:
                texts = _SharedTexts(book.shared_texts(), beside, self.most)
                yield from book.lines(self.part, texts, findings)
        except _TooMuchError as error:
            raise DocumentError(f"{self.name} är orimligt stor när den packas upp; dela upp den eller spara den som .csv") from error
        except UNREADABLE as error:
            raise _damaged(self.name) from error


def open_excel(source: Source, name: str, sheet: str | None, most: int) -> ExcelSheet:
    """Find the sheet to read: the one asked for, else the first that holds anything.

    Args:
        source: where the workbook is.
        name: what the messages call it.
        sheet: the name of the sheet, when the user gave one.
        most: the bytes that the workbook may be when unpacked.

    Raises:
        UsageError: when there is no sheet of that name; the message lists those that there are.
        DocumentError: when the workbook cannot be read or holds nothing.
    """
    try:
        with source() as file:
            check_archive(file, name, ".xlsx", most)
            with _Workbook(file) as book:
                titles = [title for title, _ in book.sheets]
                if sheet is not None and sheet not in titles:
                    raise UsageError(f"{name} har inget blad {sheet!r}. Blad: {', '.join(titles)}")
                filled = [(title, part) for title, part in book.sheets if sheet in {None, title} and book.is_filled(part)]
    except UNREADABLE as error:
        raise _damaged(name) from error
    if not filled:
        raise DocumentError(f"{name} är tom" if sheet is None else f"{name}: bladet {sheet} är tomt")
    title, part = filled[0]
    notes = (f"{name} har flera blad; bladet {title} lästes.",) if len(filled) > 1 else ()
    return ExcelSheet(source, name, part, most, notes)


class _Texts(Protocol):
    """The texts that cells point to by their numbers."""

    def __getitem__(self, number: int) -> str: ...


class _Workbook:
    """An open workbook. openpyxl knows its sheets, styles and cells; rows and texts are read here so that none is kept."""

    def __init__(self, file: BinaryIO) -> None:
        self._archive = _Archive(file)
        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.archive = self._archive
        reader.read_manifest()
        reader.read_workbook()
        apply_stylesheet(self._archive, reader.wb)
        self._book = reader.wb
        self._shared = reader.package.find(SHARED_STRINGS)
        self.sheets = [
            (sheet.name, relation.target)
            for sheet, relation in reader.parser.find_sheets()
            if relation.target in reader.valid_files and "chartsheet" not in relation.Type
        ]

    def __enter__(self) -> _Workbook:
        return self

    def __exit__(self, *error: object) -> None:
        self._archive.close()

    def is_filled(self, part: str) -> bool:
        """Whether a sheet has a cell that holds anything."""
        return any(cell != "" for line in self.lines(part, _UnreadTexts(), Findings()) for cell in line)

    def shared_texts(self) -> Iterator[str]:
        """The texts that cells point to, in order."""
        if self._shared is None:
            return
        with self._archive.open(self._shared.PartName[1:]) as file:
            for element in _elements(file, {SHARED}):
                yield _text(element)

    def lines(self, part: str, texts: _Texts, findings: Findings) -> Iterator[list[Any]]:
        """The values of a sheet's rows; rows that the file leaves out are empty."""
        parser = _Parser(texts, self._book, findings)
        following = 1
        with self._archive.open(part) as file:
            for element in _elements(file, {ROW, MERGE}):
                if element.tag == MERGE:
                    _note_merged(element.get("ref", ""), findings)
                    continue
                number, cells = parser.parse_row(element)
                parser.row_dimensions.clear()
                if number > MAX_ROWS:
                    raise ValueError("no sheet has that many rows")
                for _ in range(following, number):
                    yield []
                if number >= following:
                    yield _line(cells)
                following = max(following, number + 1)


class _Archive(zipfile.ZipFile):
    """An archive of which only small parts are read whole."""

    def read(self, name: str | zipfile.ZipInfo, pwd: bytes | None = None) -> bytes:
        if self.getinfo(name if isinstance(name, str) else name.filename).file_size > MAX_PART:
            raise zipfile.BadZipFile("a part that should be small is not")
        return super().read(name, pwd)


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl has no types
    """openpyxl's reading of a cell, which also counts formulas without results and takes texts the short way."""

    def __init__(self, texts: _Texts, book: Any, findings: Findings) -> None:
        super().__init__(None, texts, True, book.epoch, book._date_formats, book._timedelta_formats)
        self._findings = findings

    def parse_cell(self, element: Element) -> dict[str, Any]:
        inline = element.find(INLINE) if element.get("t") == "inlineStr" else None
        if inline is not None:
            element.remove(inline)
        cell: dict[str, Any] = super().parse_cell(element)
        if inline is not None:
            cell["value"] = _text(inline)
        elif cell["value"] is None and element.find(FORMULA) is not None:
            # A formula may well have given an empty text, but Excel then says that it is a text.
            self._findings.unsaved += element.get("t") != "str" or element.find(CELL_VALUE) is None
        return cell


class _SharedTexts:
    """Texts by number, kept in a file; what is taken out is counted, for a text may be used any number of times."""

    def __init__(self, texts: Iterator[str], file: IO[bytes], most: int) -> None:
        self._file = file
        self._ends = array("Q", [0])
        self._left = most
        for text in texts:
            self._ends.append(self._ends[-1] + file.write(text.encode()))

    def __getitem__(self, number: int) -> str:
        if number < 0:
            raise IndexError(number)
        start, end = self._ends[number], self._ends[number + 1]
        self._left -= end - start
        if self._left < 0:
            raise _TooMuchError
        self._file.seek(start)
        return self._file.read(end - start).decode()


class _UnreadTexts:
    """Stands for texts where it is enough that there are some."""

    def __getitem__(self, number: int) -> str:
        return "text"


class _TooMuchError(Exception):
    """Cells point to more text than a workbook of its size should hold."""


def _elements(file: Any, wanted: Collection[str]) -> Iterator[Element]:
    """Elements of some kinds, in order, from a part of any size: what has been gone through is let go of.

    Raises:
        ValueError: when one element is larger than a sheet allows.
    """
    parser: XMLPullParser[Any] = XMLPullParser(("start", "end"))
    opened: list[Element] = []
    inside = silent = 0
    while piece := file.read(PIECE):
        parser.feed(piece)
        silent += len(piece)
        for event, element in cast("Iterator[tuple[str, Element]]", parser.read_events()):
            silent = 0
            if event == "start":
                opened.append(element)
                inside += element.tag in wanted
                continue
            opened.pop()
            if element.tag in wanted:
                inside -= 1
                yield element
            if not opened:
                continue
            if not inside:
                opened[-1].clear()
            elif len(opened[-1]) > MAX_COLUMNS:
                raise ValueError("a row with more cells than a sheet has columns")
        if silent > MAX_BYTES:
            raise ValueError("a cell that never ends")
    parser.close()


def _text(element: Element) -> str:
    """A text without its formatting, and without the pronunciation that may stand beside it."""
    parts = [*element.findall(TEXT), *(text for run in element.findall(RUN) for text in run.findall(TEXT))]
    return "".join(part.text or "" for part in parts).replace("x005F_", "")  # an underscore that Excel has escaped


def _line(cells: Sequence[Mapping[str, Any]]) -> list[Any]:
    width = cells[-1]["column"] if cells else 0
    line: list[Any] = [""] * width
    for cell in cells:
        if cell["column"] <= width and cell["value"] is not None:
            line[cell["column"] - 1] = cell["value"]
    return line


def _note_merged(ref: str, findings: Findings) -> None:
    if len(findings.merged) == MAX_MERGED:
        return
    with suppress(ValueError, TypeError):  # what cannot be read as a range merges nothing
        findings.merged.append(Merged(ref, *map(int, range_boundaries(ref))))


def _damaged(name: str) -> DocumentError:
    return DocumentError(f"{name} är ingen riktig .xlsx-fil; öppna den i Excel och spara den på nytt")
