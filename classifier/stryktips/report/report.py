"""A session → a report to read, print and send."""

from __future__ import annotations

from pathlib import Path

from classifier.report.documents import check_ending, write_document
from classifier.report.parts import Report
from classifier.report.wording import brief
from classifier.stryktips.report import sections, standing
from classifier.stryktips.report.session import Session
from classifier.taxonomy import Scheme


def report_of(session: Session, scheme: Scheme) -> Report:
    """The report about a session."""
    parts = [
        sections.summary(session),
        sections.room_crosses(session, scheme),
        sections.to_discuss(session, scheme),
        sections.reasons(session, scheme),
        *([sections.before_and_after(session)] if session.round > 1 else []),
        sections.key_and_tips(session, scheme),
        standing.teams(session, scheme),
        standing.points(session),
        sections.reflection(session),
        sections.how_reckoned(session),
    ]
    return Report(f"Stryktipset: {brief(session.title, 100)}", tuple(parts))


def write_session_report(path: Path, session: Session, scheme: Scheme) -> None:
    """Write the report about a session.

    Args:
        path: where it is written; its ending, ``.docx`` or ``.html``, says as what.
        session: what it is about.
        scheme: whose names the crosses are told by.

    Raises:
        UsageError: when the ending is another.
        OutputError: when the file cannot be written.
    """
    check_ending(path)
    write_document(path, report_of(session, scheme))
