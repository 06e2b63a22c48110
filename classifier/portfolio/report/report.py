"""A portfolio → a report to read, print and send: one web page without scripts, or a Word document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from classifier.errors import UsageError
from classifier.files import write_whole
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.comparison import Comparison
from classifier.portfolio.report.html import as_html
from classifier.portfolio.report.parts import Report
from classifier.portfolio.report.sections import compose
from classifier.portfolio.report.word import as_word

_WRITERS: dict[str, Callable[[Report], bytes]] = {".html": as_html, ".docx": as_word}
REPORT_ENDINGS = tuple(_WRITERS)


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
    writer = _WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path.name} har en ändelse som en rapport inte kan ha; använd {' eller '.join(REPORT_ENDINGS)}")
    write_whole(path, writer(compose(portfolio, compared)))
