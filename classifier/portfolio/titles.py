"""What a project's title says of its place in a row of projects: "etapp 2", "fortsättning", "2.0", a year."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

MAX_CHARACTERS = 300
MIN_LETTERS = 6
STEM = 6
"""So many letters of a word are compared, which leaves out most endings."""

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_WORDS = {"ett": 1, "två": 2, "tre": 3, "fyra": 4, "fem": 5}
_MARK = re.compile(
    rf"""
    \b(?:etapp|fas|steg|del|omgång|version|delprojekt)\s*(?P<number>\d{{1,2}}|{"|".join(_ROMAN)}|{"|".join(_WORDS)})\b
    | \b(?P<again>fortsättning\w*|forts\b\.?|uppföljare\w*)
    | \b(?P<version>[2-9])\.0\b
    | \b(?P<year>(?:19|20)\d\d)(?:\s*[-–/]\s*(?:19|20)?\d\d)?\b
    | \s(?P<last>[2-9]|i{{2,3}}|iv|vi{{1,3}}|ix)\s*$
    """,
    re.VERBOSE | re.IGNORECASE,
)
_COMMON = frozenset({"projek", "förstu", "genomf", "ansöka", "huvudp", "delpro"})


@dataclass(frozen=True)
class Title:
    """A title taken apart.

    Attributes:
        mark: what it says of its place, as written; empty when it says nothing.
        step: its place, as number and year; 1 and 0 where it says none.
        rest: the other words.
        gist: the beginnings of its longer words, in order of the alphabet; empty when they say too little to know a project by.
    """

    mark: str
    step: tuple[int, int]
    rest: str
    gist: tuple[str, ...]


def parse_title(title: str) -> Title:
    """Take a title apart.

    >>> parse_title("Bredband åt byarna, etapp II")
    Title(mark='etapp II', step=(2, 0), rest='bredband åt byarna', gist=('bredba', 'byarna'))
    """
    title = title[:MAX_CHARACTERS]
    marks = list(_MARK.finditer(title))
    rest = re.findall(r"\w+", _MARK.sub(" ", title).lower())
    gist = tuple(sorted({word[:STEM] for word in rest if len(word) > 3}))
    telling = sum(len(stem) for stem in gist if stem not in _COMMON) >= MIN_LETTERS
    step = (max((_number(mark) for mark in marks), default=1), max((int(mark["year"] or 0) for mark in marks), default=0))
    return Title(marks[-1][0].strip() if marks else "", step, " ".join(rest), gist if telling else ())


def title_likeness(first: Title, second: Title) -> float:
    """How alike the rests of two titles are, 0–1: the share of their characters that are the same, their words in order of the alphabet."""
    one, other = (" ".join(sorted(title.rest.split())) for title in (first, second))
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def _number(mark: re.Match[str]) -> int:
    if mark["again"]:
        return 2
    written = (mark["number"] or mark["version"] or mark["last"] or "1").lower()
    return _ROMAN.get(written) or _WORDS.get(written) or int(written)
