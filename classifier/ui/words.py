"""How figures and times are written in Swedish."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from classifier.assistant import REVIEW_BELOW
from classifier.report.wording import count, listing

__all__ = ["count", "duration", "kronor", "listing", "moment", "percent", "sureness"]

LOCAL = ZoneInfo("Europe/Stockholm")


def percent(share: float) -> str:
    """A share as a whole percentage; never 0 or 100, which no model can know."""
    return f"{min(max(round(share * 100), 1), 99)}\u00a0%"


def sureness(share: float) -> str:
    """A probability in words and figures."""
    return f"osäkert, {percent(share)}" if share < REVIEW_BELOW else percent(share)


def moment(time: datetime.datetime) -> str:
    """Date and time of day in Sweden."""
    return f"{time.astimezone(LOCAL):%Y-%m-%d kl. %H.%M}"


def kronor(amount: float) -> str:
    """An amount in kronor."""
    return f"{round(amount):,}".replace(",", "\u00a0") + "\u00a0kr"


def duration(seconds: float) -> str:
    """A span of time, roughly."""
    if seconds < 90:
        return "en minut"
    if seconds < 90 * 60:
        return count(round(seconds / 60), "minut", "minuter")
    return count(round(seconds / 3600), "timme", "timmar")
