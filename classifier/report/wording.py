"""How figures, names and texts are written in Swedish, in pictures and reports alike."""

from __future__ import annotations

import math
import re
import textwrap
from collections.abc import Sequence

from classifier.text.documents import clean

NONE = "–"
"""Stands where there is no figure."""
_UNFIT = re.compile("[\ufffe\uffff]")  # the two characters that XML refuses and cleaning keeps


def whole(number: float) -> str:
    """A whole number with a no-break space between the thousands."""
    return f"{number:z,.0f}".replace(",", "\u00a0").replace("-", "−")


def decimal(number: float, digits: int = 1) -> str:
    """A number with a decimal comma; a dash when there is none."""
    return NONE if math.isnan(number) else f"{number:z,.{digits}f}".replace(",", "\u00a0").replace(".", ",").replace("-", "−")


def count(number: float, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{whole(number)} {one if number == 1 else many}"


def share(part: float) -> str:
    """A share of one as a whole percentage; what is above nothing is never written 0 %, and what is below all never 100 %."""
    if math.isnan(part):
        return NONE
    figure = round(part * 100)
    if figure == 0 and part > 0:
        return "under\u00a01\u00a0%"
    if figure == 100 and part < 1:
        return "över\u00a099\u00a0%"
    return f"{figure}\u00a0%"


def money(kronor: float) -> str:
    """An amount: in kronor below a million, else in millions or billions (miljarder) with one decimal."""
    if math.isnan(kronor):
        return NONE
    for least, size, unit in ((999_950_000, 1e9, "miljarder"), (999_999.5, 1e6, "miljoner")):
        if abs(kronor) >= least:
            return f"{decimal(kronor / size)}\u00a0{unit}\u00a0kr"
    return f"{whole(kronor)}\u00a0kr"


def listing(names: Sequence[str]) -> str:
    """Names as a Swedish enumeration."""
    return " och ".join(filter(None, [", ".join(names[:-1]), names[-1]])) if names else "inget"


def brief(text: str, longest: int = 120) -> str:
    """A text on one line, free of control characters, and cut with an ellipsis when it is longer than ``longest`` characters."""
    line = " ".join(printable(text[: 4 * longest]).split())
    return line if len(line) <= longest and len(text) <= 4 * longest else line[: longest - 1].rstrip() + "…"


def printable(text: str) -> str:
    """A text without the characters that no file for people may hold."""
    return _UNFIT.sub("", clean(text))


def wrapped(text: str, width: int, lines: int = 4, ending: str = "") -> list[str]:
    """A text cut into lines of at most ``width`` characters, with an ellipsis when it does not fit in about so many of them.

    ``ending`` is always kept, on the line of the last word when both fit there.
    """
    line = brief(text, width * lines)
    last = len(line.rpartition(" ")[2]) + 1 + len(ending)
    return textwrap.wrap(f"{line}{chr(160) if last <= width else ' '}{ending}" if ending else line, width) or [""]
