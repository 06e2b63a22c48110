"""Sheets of an Excel workbook for people: tables with a header that stays and filters, and lines of styled cells."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np
import pandas as pd

from classifier.errors import OutputError
from classifier.report.wording import whole
from classifier.text.excel_writer import Book
from classifier.text.headings import MAX_ROWS

HEADING, PLAIN, NUMBER, SHARE = "heading", "plain", "number", "share"
"""The styles a cell can have."""
Line = list[tuple[Any, str]]
"""The cells of a line, each with its style."""
Rows = tuple[Sequence[str], Iterable[Mapping[str, Any]]]
"""Column names, and rows that may come one at a time."""
LOOKED_AT = 200
"""How many rows the width of a column is judged by."""
LEAST_WIDTH, MOST_WIDTH = 8, 60
LOOKS = {"text_wrap": True, "valign": "top"}
STYLES: Mapping[str, Mapping[str, Any]] = {
    HEADING: {"bold": True, "bg_color": "#E9F2F6"},
    PLAIN: {},
    NUMBER: {"num_format": "#,##0"},
    SHARE: {"num_format": "0.0%"},
}
"""What each style adds to the looks of all."""


def styles_of(book: Book) -> dict[str, Any]:
    """Every style → what the workbook knows it as; made once for each workbook."""
    return {style: book.add_style(**LOOKS, **looks) for style, looks in STYLES.items()}


def add_table(book: Book, title: str, table: Rows, name: str, styles: Mapping[str, Any]) -> None:
    """Stream a table onto a sheet of its own, its header bold, frozen and with filters.

    Args:
        book: what it is added to.
        title: the sheet's name.
        table: its columns and rows.
        name: what messages call the file.
        styles: from :func:`styles_of`.

    Raises:
        OutputError: when the sheet would be longer than Excel allows.
    """
    columns, rows = list(table[0]), iter(table[1])
    sheet = book.add_sheet(title)
    sheet.freeze_panes(1, 0)
    first = list(islice(rows, LOOKED_AT))
    _set_widths(sheet, [_width(column, first) for column in columns])
    book.write_row(sheet, 0, columns, styles[HEADING])
    number = 0
    for number, row in enumerate(chain(first, rows), 1):
        if number >= MAX_ROWS:
            raise OutputError(
                f"{name}: bladet {title} får fler rader än Excel klarar ({whole(MAX_ROWS)}); välj .csv, eller dela upp underlaget"
            )
        book.write_row(sheet, number, [_plain(row.get(column)) for column in columns])
    if columns:
        sheet.autofilter(0, 0, number, len(columns) - 1)


def add_lines(book: Book, title: str, lines: Iterable[Line], widths: Sequence[float], styles: Mapping[str, Any]) -> None:
    """Write lines of cells, each with its style, onto a sheet of their own."""
    sheet = book.add_sheet(title)
    _set_widths(sheet, widths)
    for number, line in enumerate(lines):
        for column, (value, style) in enumerate(line):
            book.write_cell(sheet, number, column, _plain(value), styles[style])


def _set_widths(sheet: Any, widths: Sequence[float]) -> None:
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)


def _plain(value: Any) -> Any:
    """A value of pandas, or several values, as one that a cell can hold."""
    if isinstance(value, list | tuple | set | frozenset):
        return "; ".join(map(str, value))
    if isinstance(value, np.bool_):
        return bool(value)
    return None if value is pd.NA or value is pd.NaT else value


def _width(column: str, rows: Sequence[Mapping[str, Any]]) -> float:
    """Wide enough for the header and for nine of ten of the rows, within bounds."""
    lengths = sorted(0 if (value := _plain(row.get(column))) is None else len(str(value)) for row in rows)
    common = lengths[int(0.9 * (len(lengths) - 1))] if lengths else 0
    return float(min(max(len(column) + 4, common + 2, LEAST_WIDTH), MOST_WIDTH))
