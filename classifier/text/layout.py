"""How a pasted text is laid out: which lines are headings, list items, running text or broken lines.

Applications come out of web forms, PDF files and e-mail, so the same paragraph may be one long line or ten
short ones. A line break is taken as meant when the next word would have fitted on the line.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

WRAP_WIDTHS = range(40, 161)
"""Line lengths, in characters, at which hard-wrapped text is seen. Longer lines are whole paragraphs."""
HEADING_WORDS = 8
LEAD_WORDS = 12

BULLET = re.compile(
    r"[ \t]*(?:[-–—•*·▪◦●○‣➢➤✓■□\uf0b7\uf0a7]+[ \t]*(?=\w|[\"”(])|[-–—][ \t]+|\(?(?:\d{1,2}|[a-zA-Z]|[ivx]{1,4})[.)][ \t]+(?=\S))"
)
KNOWN_HEADINGS = (
    "aktiviteter|aktivitet|arbetssätt|bakgrund|behov|beskrivning|budget|delmål|effekter|effektmål|finansiering|förväntade effekter|"
    "förväntade resultat|genomförande|huvudmål|insatser|målgrupp|mål|nuläge|omvärld|organisation|problem|projektbeskrivning|"
    "projektmål|projektorganisation|resultat|resurser|sammanfattning|samverkan|syfte|syfte och mål|tidplan|upplägg|uppföljning|utmaning|"
    "vision|övergripande mål|activities|aim|background|budget|goals|objectives|results|summary"
)
LEADING_HEADING = re.compile(
    rf"[ \t]*(?i:{KNOWN_HEADINGS})(?: och [a-zåäö]+| på (?:kort|lång) sikt)?(?:[ \t]*:[ \t]*(?=\S)|[ \t]+(?=[A-ZÅÄÖ][a-zåäö]))"
)
_FIRST_UPPER = re.compile(r"[ \t]*[A-ZÅÄÖ]")
_ENDS_SENTENCE = (".", "!", "?", "…", ".”", '."', "?”", '?"', ".)")
_OPEN_END = (",", "–", "-", "/", "(", "&")
_SMALL_WORD = re.compile(
    r"(?:\b(?:och|samt|eller|att|som|för|med|av|på|till|i|en|ett|den|det|de|är|om|and|or|the|of|to|in|with))$", re.IGNORECASE
)


class Kind(Enum):
    """What a piece of a line is."""

    HEADING = "heading"
    ITEM = "item"
    TEXT = "text"
    CONTINUED = "continued"


@dataclass(frozen=True)
class Piece:
    """A stretch of one line, as offsets into the text; bullets and outer space are left out."""

    kind: Kind
    start: int
    end: int


def pieces(text: str) -> list[Piece]:
    """Lay out a text: every non-blank line becomes one piece, or two when it opens with a heading.

    A ``CONTINUED`` piece carries on the sentence of the piece before it.
    """
    lines = list(_lines(text))
    carried = [False] + [
        here.paragraph == there.paragraph and _is_continuation(text, here, there) for here, there in itertools.pairwise(lines)
    ]
    found: list[Piece] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else None
        before = lines[number - 1] if found and found[-1].kind is Kind.TEXT else None
        if carried[number]:
            found.append(_trimmed(text, Kind.CONTINUED, line.start, line.end))
        elif not (following and carried[number + 1]) and _is_heading(text, line, before, following, first=number == 0):
            found.append(_trimmed(text, Kind.HEADING, line.start, line.end))
        else:
            found.extend(_line_pieces(text, line))
    return [piece for piece in found if piece.end > piece.start]


@dataclass(frozen=True)
class _Line:
    start: int
    end: int
    paragraph: int
    width: int
    """Length in characters of the longest line of the paragraph."""


def _lines(text: str) -> Iterator[_Line]:
    """The lines that are not blank, each with its paragraph."""
    spans = [(match.start(), match.end()) for match in re.finditer(r"[^\r\n\x0b\x0c\x85\u2028\u2029]+", text) if match.group().strip()]
    paragraphs: list[list[tuple[int, int]]] = []
    for number, span in enumerate(spans):
        gap = text[spans[number - 1][1] : span[0]] if number else ""
        if not number or len(re.findall(r"\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]", gap)) > 1:
            paragraphs.append([])
        paragraphs[-1].append(span)
    for number, paragraph in enumerate(paragraphs):
        width = max(_length(text, *span) for span in paragraph)
        for start, end in paragraph:
            yield _Line(start, end, number, width)


def _length(text: str, start: int, end: int) -> int:
    return len(text[start:end].strip())


def _is_continuation(text: str, line: _Line, following: _Line) -> bool:
    """Whether ``following`` carries on the sentence that ``line`` leaves off."""
    here, there = text[line.start : line.end].strip(), text[following.start : following.end].strip()
    if BULLET.match(there) or here.endswith((*_ENDS_SENTENCE, ":", ";")):
        return False
    if there[0].islower() or here.endswith(_OPEN_END) or _SMALL_WORD.search(here):
        return True
    return line.width in WRAP_WIDTHS and len(here) + 1 + len(there.split()[0]) > line.width


def _line_pieces(text: str, line: _Line) -> Iterator[Piece]:
    """A line that is no heading: its bullet left out, a heading at its start on its own."""
    start = line.start
    bullet = BULLET.match(text, start, line.end)
    if bullet:
        start = bullet.end()
    heading = LEADING_HEADING.match(text, start, line.end)
    if heading:
        yield _trimmed(text, Kind.HEADING, start, heading.end())
        inner = BULLET.match(text, heading.end(), line.end)
        start = inner.end() if inner else heading.end()
    yield _trimmed(text, Kind.ITEM if bullet else Kind.TEXT, start, line.end)


def _is_heading(text: str, line: _Line, before: _Line | None, following: _Line | None, *, first: bool) -> bool:
    """Whether a line is a heading; ``before`` is the line of running text above it, if there is one."""
    if following is None:
        return False
    if _is_marked_heading(text[line.start : line.end]):
        return True
    if not _looks_like_heading(text[line.start : line.end]):
        return False
    # A short line in plain type heads what follows, unless what follows is just such a line: then both are items of a list.
    # So is the last line of the list, where its paragraph ends.
    if before and before.paragraph == line.paragraph != following.paragraph and _looks_like_heading(text[before.start : before.end]):
        return False
    below = text[following.start : following.end]
    return first or not (_looks_like_heading(below) or _is_marked_heading(below))


def _is_marked_heading(line: str) -> bool:
    """Whether the line says itself that it is a heading: a usual name, a colon, a hash or capitals throughout."""
    bare = _without_number(line)
    if BULLET.match(line) and bare == line.strip():
        return False
    if bare.endswith(":"):
        return len(bare.split()) <= LEAD_WORDS
    if re.fullmatch(KNOWN_HEADINGS, bare.rstrip("?"), re.IGNORECASE):
        return True
    return line.lstrip().startswith("#") or (bare.isupper() and 1 <= len(bare.split()) <= HEADING_WORDS and len(bare) > 3)


def _looks_like_heading(line: str) -> bool:
    bare = line.strip()
    if BULLET.match(line) or "\t" in bare or bare.endswith((".", "!", ";", ",", "…")):
        return False
    return bool(_FIRST_UPPER.match(bare)) and len(bare.split()) <= HEADING_WORDS


def _without_number(line: str) -> str:
    return re.sub(r"^(?:#+|\d+(?:\.\d+)*[.)]?)\s+", "", line.strip())


def _trimmed(text: str, kind: Kind, start: int, end: int) -> Piece:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Piece(kind, start, end)
