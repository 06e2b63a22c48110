"""How the parts of a session's report name rows and bound what they tell."""

from __future__ import annotations

from classifier.report.wording import NONE, brief, decimal, printable, share
from classifier.stryktips.report.session import Session
from classifier.stryktips.wording import ROWS, row_text

MOST_DISCUSSED = 10
"""Rows that there is time to talk about."""
MOST_LISTED = 100
"""Rows of a coupon, and players in a list of points."""
LONGEST_ROW = 160
NO_ANSWERS = "Ingen har svarat, så det finns inget att visa här."
MODEL = "Modellen"
UNITY, LIKENESS = "Enighet (α)", "Likhet"
"""Heads of Krippendorff's α, and of how alike the answers in a row are: the mean over all pairs."""


def named(session: Session, row: int) -> str:
    """A row as tables name it."""
    return f"{row + 1}. {brief(row_text(session.rows[row]), LONGEST_ROW)}"


def noun(session: Session) -> str:
    """What a row of the session is called, as a heading."""
    return ROWS[session.room.coupon.exercise][0].capitalize()


def alpha_of(session: Session, row: int) -> str:
    """A row's α as tables write it."""
    found = session.alphas[row]
    return NONE if found is None else decimal(found, 2)


def likeness_of(session: Session, row: int) -> str:
    """How alike the answers in a row are, as tables write it."""
    found = session.unity[row]
    return NONE if found is None else share(found)


def shortened(text: str, longest: int) -> str:
    """What somebody has written, with its own lines, cut where it is too long."""
    kept = printable(text).strip()
    return kept if len(kept) <= longest else kept[: longest - 1].rstrip() + "…"
