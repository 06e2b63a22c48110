"""A portfolio → an Excel workbook: projects, statements, cross tables, what to review, and how it was made."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from classifier.errors import OutputError
from classifier.files import whole_file
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.report.wording import whole
from classifier.portfolio.report.workbook_sheets import HEADING, NUMBER, PLAIN, SHARE, cross_tables, how_made, review_rows
from classifier.text.excel_writer import Book, cell_text, open_book
from classifier.text.headings import MAX_ROWS

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
"""What each style of :mod:`workbook_sheets` adds to the looks of all."""


def write_workbook(path: Path, projects: Rows, statements: Rows, portfolio: Portfolio) -> None:
    """Write the workbook, to a temporary name that is renamed when all is written. Rows are streamed, never held together.

    Args:
        path: where it is written.
        projects: what stands on the sheet Projekt.
        statements: what stands on the sheet Påståenden.
        portfolio: what the other sheets are computed from.

    Raises:
        OutputError: when the file cannot be written, or a sheet would be longer than Excel allows.
    """
    titled = {"author": "Effektkedjeassistenten", "title": cell_text(portfolio.name)}
    with whole_file(path) as file, open_book(file, **titled) as book:
        styles = {style: book.add_style(**LOOKS, **looks) for style, looks in STYLES.items()}
        _add_table(book, "Projekt", projects, path.name, styles[HEADING])
        _add_table(book, "Påståenden", statements, path.name, styles[HEADING])
        _add_lines(book, "Korstabeller", cross_tables(portfolio.projects), (44, *[18] * 12), styles)
        _add_table(book, "Att granska", review_rows(portfolio.projects), path.name, styles[HEADING])
        _add_lines(book, "Så gjordes det", how_made(portfolio), (34, 110), styles)


def _add_table(book: Book, title: str, table: Rows, name: str, heading: Any) -> None:
    """Stream a table onto a sheet of its own, its header bold, frozen and with filters."""
    columns, rows = list(table[0]), iter(table[1])
    sheet = book.add_sheet(title)
    sheet.freeze_panes(1, 0)
    first = list(islice(rows, LOOKED_AT))
    _set_widths(sheet, [_width(column, first) for column in columns])
    book.write_row(sheet, 0, columns, heading)
    number = 0
    for number, row in enumerate(chain(first, rows), 1):
        if number >= MAX_ROWS:
            raise OutputError(
                f"{name}: bladet {title} får fler rader än Excel klarar ({whole(MAX_ROWS)}); välj .csv, eller dela upp portföljen"
            )
        book.write_row(sheet, number, [_plain(row.get(column)) for column in columns])
    if columns:
        sheet.autofilter(0, 0, number, len(columns) - 1)


def _add_lines(
    book: Book, title: str, lines: Iterable[Sequence[tuple[Any, str]]], widths: Sequence[float], styles: Mapping[str, Any]
) -> None:
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
