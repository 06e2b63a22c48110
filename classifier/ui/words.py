"""How figures and times are written in Swedish."""

from __future__ import annotations

import datetime
from zoneinfo import ZoneInfo

from classifier.assistant import REVIEW_BELOW

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


def count(number: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{number:,}".replace(",", "\u00a0") + f" {one if number == 1 else many}"


def listing(names: list[str]) -> str:
    """Names as a Swedish enumeration."""
    return " och ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "inget"
