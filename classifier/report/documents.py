"""A report as a file to read, print and send: one web page without scripts, or a Word document."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from classifier.errors import UsageError
from classifier.files import write_whole
from classifier.report.html import as_html
from classifier.report.parts import Report
from classifier.report.word import as_word

_WRITERS: dict[str, Callable[[Report], bytes]] = {".html": as_html, ".docx": as_word}
REPORT_ENDINGS = tuple(_WRITERS)


def write_document(path: Path, report: Report) -> None:
    """Write a report.

    Args:
        path: where it is written; its ending, one of ``REPORT_ENDINGS``, says as what.
        report: what is written.

    Raises:
        UsageError: when the ending is another.
        OutputError: when the file cannot be written.
    """
    check_ending(path)
    write_whole(path, _WRITERS[path.suffix.lower()](report))


def check_ending(path: Path) -> None:
    """Check a file's ending before the work of composing what it is to hold.

    Raises:
        UsageError: when no report can have it.
    """
    if path.suffix.lower() not in _WRITERS:
        raise UsageError(f"{path.name} har en ändelse som en rapport inte kan ha; använd {' eller '.join(REPORT_ENDINGS)}")
