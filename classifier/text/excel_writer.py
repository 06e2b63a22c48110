"""An Excel workbook out, a row at a time: the same rows give the same bytes, and memory does not grow with them."""

from __future__ import annotations

import datetime
import math
import numbers
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError

from classifier.errors import OutputError
from classifier.text.delimited import as_cell
from classifier.text.headings import MAX_CELL, MAX_COLUMNS, MAX_ROWS

EXACT = 10**15
"""Whole numbers from here on lose their last digits in Excel."""
MAX_SHEET = 2_000_000_000
"""Bytes of a sheet before it is packed; larger ones need an archive that Excel opens only after a warning."""
CREATED = datetime.datetime(1980, 1, 1)
"""When every workbook says that it was made."""
UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that XML cannot hold."""
FORMATS: Mapping[type, str] = {
    datetime.datetime: r"yyyy\-mm\-dd\ hh:mm:ss",
    datetime.date: r"yyyy\-mm\-dd",
    datetime.time: "h:mm:ss",
    datetime.timedelta: "[h]:mm:ss",
}
"""How the kinds of time are shown."""


def write_xlsx(file: BinaryIO, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows as a workbook of one sheet with a bold, frozen header. No cell is a formula, and text is cut at Excel's limit.

    Raises:
        OutputError: when there are more rows, columns or text than a sheet holds; the message names the remedy.
        OSError: when there is no room for the workbook.
    """
    if len(columns) > MAX_COLUMNS:
        raise OutputError(f"ett Excelblad rymmer högst {MAX_COLUMNS} kolumner; skriv till .csv eller .jsonl i stället")
    with open_book(file) as book:
        sheet = book.add_sheet("Förslag")
        sheet.freeze_panes(1, 0)
        book.write_row(sheet, 0, columns, book.add_style(bold=True))
        for number, row in enumerate(rows, 1):
            if number >= MAX_ROWS:
                raise OutputError(f"ett Excelblad rymmer högst {MAX_ROWS - 1} rader; skriv till .csv eller .jsonl i stället")
            book.write_row(sheet, number, [as_cell(row.get(column)) for column in columns])


class Book:
    """A workbook that is being written: one sheet after the other, and the rows of each from the top."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._plain = book.add_format()
        self._times = {kind: book.add_format({"num_format": form}) for kind, form in FORMATS.items()}

    def add_style(self, **looks: Any) -> Any:
        """A style for cells, of XlsxWriter's format properties."""
        return self._book.add_format(looks)

    def add_sheet(self, title: str) -> Any:
        """A new last sheet, of XlsxWriter's kind."""
        return self._book.add_worksheet(title)

    def write_row(self, sheet: Any, number: int, values: Iterable[Any], style: Any = None) -> None:
        """Write the cells of a row, all of the same style.

        Args:
            sheet: where they are written.
            number: of the row; the first is 0.
            values: of the cells, from the left.
            style: from :meth:`add_style`; when not given, a time is shown as what it is.

        Raises:
            OutputError: when the sheet has grown beyond what Excel opens.
        """
        for column, value in enumerate(values):
            self.write_cell(sheet, number, column, value, style)
        if os.fstat(sheet.row_data_fh.fileno()).st_size > MAX_SHEET:
            raise OutputError("raderna är mer än vad ett Excelblad rymmer; skriv till .csv eller .jsonl i stället")

    def write_cell(self, sheet: Any, row: int, column: int, value: Any, style: Any = None) -> None:
        """Write one cell; a value of no kind that Excel has, or that it would round, is written as text."""
        if isinstance(value, str):  # first, since most cells are
            self._write_text(sheet, row, column, cell_text(value), style)
        elif isinstance(value, bool):
            sheet.write_boolean(row, column, value, style)
        elif isinstance(value, numbers.Integral) and abs(int(value)) < EXACT:
            sheet.write_number(row, column, int(value), style)
        elif isinstance(value, numbers.Real) and not isinstance(value, numbers.Integral):
            if math.isfinite(value):
                sheet.write_number(row, column, float(value), style)
        elif isinstance(value, datetime.date | datetime.time | datetime.timedelta) and _is_countable(value):
            shown = next(self._times[kind] for kind in type(value).mro() if kind in self._times)
            sheet.write_datetime(row, column, value, style or shown)
        elif value is not None:
            self._write_text(sheet, row, column, cell_text(str(value)), style)

    def _write_text(self, sheet: Any, row: int, column: int, text: str, style: Any) -> None:
        if text.startswith("<r>") and text.endswith("</r>"):
            # XlsxWriter takes it for XML that is to be written as it stands; the pieces of a formatted text it does not.
            sheet.write_rich_string(row, column, text[:1], self._plain, text[1:], style or self._plain)
        elif text:
            sheet.write_string(row, column, text, style)
        elif style:
            sheet.write_blank(row, column, None, style)


@contextmanager
def open_book(file: BinaryIO, **properties: str) -> Iterator[Book]:
    """A workbook to write to, which is in the file when the block has ended well. Until then it lies in the system's temporary folder.

    Args:
        file: what it is written to.
        properties: what it says of itself, such as its title and author.

    Raises:
        OSError: when there is no room for it.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        path = Path(folder, "bok.xlsx")
        book = Workbook(str(path), {"constant_memory": True, "tmpdir": folder})
        book.set_properties({"created": CREATED, **properties})
        try:
            yield Book(book)
            book.close()
        except FileCreateError as error:
            raise OSError(str(error)) from error
        finally:
            for sheet in book.worksheets():
                sheet.row_data_fh.close()
        with path.open("rb") as written:
            shutil.copyfileobj(written, file)


def cell_text(text: str) -> str:
    """A text as a cell can hold it: Excel's line breaks, no character that XML refuses, and as long as Excel allows."""
    if text.isprintable() and len(text) <= MAX_CELL // 2:  # as most are
        return text
    kept = UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(kept) <= MAX_CELL // 2:
        return kept
    return kept.encode("utf-16-le")[: 2 * MAX_CELL].decode("utf-16-le", errors="ignore")  # Excel counts a letter beyond 65,536 as two


def _is_countable(value: datetime.date | datetime.time | datetime.timedelta) -> bool:
    """Whether Excel can hold a time: not one in a zone of its own, nor before 1900."""
    if isinstance(value, datetime.timedelta):
        return value >= datetime.timedelta(0)
    return getattr(value, "tzinfo", None) is None and (isinstance(value, datetime.time) or value.year >= 1900)
