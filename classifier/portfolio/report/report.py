"""A portfolio → a report to read, print and send."""

from __future__ import annotations

from pathlib import Path

from classifier.portfolio.collection import Portfolio
from classifier.portfolio.comparison import Comparison
from classifier.portfolio.report.sections import compose
from classifier.report.documents import check_ending, write_document


def write_report(portfolio: Portfolio, path: Path, compared: Comparison | None = None) -> None:
    """Write a report about a portfolio.

    Args:
        portfolio: what the report is about.
        path: where it is written; its ending, ``.html`` or ``.docx``, says as what.
        compared: a comparison that gets a section of its own.

    Raises:
        UsageError: when the ending is another.
        OutputError: when the file cannot be written.
    """
    check_ending(path)
    write_document(path, compose(portfolio, compared))
