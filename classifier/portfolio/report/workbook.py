"""A portfolio → an Excel workbook: projects, statements, cross tables, what to review, and how it was made."""

from __future__ import annotations

from pathlib import Path

from classifier.files import whole_file
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.report.workbook_sheets import cross_tables, how_made, review_rows
from classifier.report.sheets import Rows, add_lines, add_table, styles_of
from classifier.text.excel_writer import cell_text, open_book


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
        styles = styles_of(book)
        add_table(book, "Projekt", projects, path.name, styles)
        add_table(book, "Påståenden", statements, path.name, styles)
        add_lines(book, "Korstabeller", cross_tables(portfolio.projects), (44, *[18] * 12), styles)
        add_table(book, "Att granska", review_rows(portfolio.projects), path.name, styles)
        add_lines(book, "Så gjordes det", how_made(portfolio), (34, 110), styles)
