"""Text → statements with character offsets, through a spaCy pipeline of our own components.

A statement is a sentence, a list item, or a clause that carries a link of the effect chain of its own
(", vilket leder till …"). Each keeps its offsets in the original text and the heading it stands under.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cache

import spacy
from spacy.language import Language
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span, Token
from spacy.vocab import Vocab

from classifier.text.layout import Kind, pieces

MIN_CLAUSE_WORDS = 4
ABBREVIATIONS = [
    "ca.",
    "st.",
    "nr.",
    "tkr.",
    "mkr.",
    "mdr.",
    "mnkr.",
    "avd.",
    "enl.",
    "fr.",
    "f.o.m.",
    "t.o.m.",
    "m.h.a.",
    "m.a.p.",
    "i.e.",
    "e.g.",
    "incl.",
    "approx.",
    "resp.",
    "tex.",
    "bla.",
    "mfl.",
    "ordf.",
    "kv.km.",
    "bef.",
    "org.nr.",
    "d.v.s.",
    "ev.",
    "anst.",
    "etc.",
    "vs.",
    "alt.",
    "fig.",
    "ex.",
    "jfr.",
    "pga.",
    "gm.",
    "i.o.m.",
    "omkr.",
    "div.",
    "dr.",
]
CLOSING_ABBREVIATIONS = frozenset(
    {"m.m.", "m.fl.", "mfl.", "etc.", "osv.", "o.s.v.", "e.d.", "o.d.", "st.", "kr.", "tkr.", "mkr.", "mnkr."}
)
"""Abbreviations that often end a sentence: a capital after them starts the next one."""
SENTENCE_END = frozenset({".", "!", "?", "…", "...", ".."})
RUN_IN_BULLETS = frozenset("•▪●➢✓\uf0b7")
_CLOSERS = frozenset({")", "”", '"', "’", "'", "»", "]"})

LINKS: list[list[dict[str, object]]] = [
    [{"LOWER": "vilket"}],
    [{"LOWER": "något"}, {"LOWER": "som"}],
    [{"LOWER": "som"}, {"LOWER": "i"}, {"LOWER": "sin"}, {"LOWER": "tur"}],
    [{"LOWER": "så"}, {"LOWER": "att"}],
    [{"LOWER": {"IN": ["och", "samt"]}, "OP": "?"}, {"LOWER": {"IN": ["därmed", "därigenom", "därför", "dessutom"]}}],
    [{"LOWER": "och"}, {"LOWER": "på"}, {"LOWER": {"IN": ["sikt", "så"]}}],
    [{"LOWER": "och"}, {"LOWER": "i"}, {"LOWER": "förlängningen"}],
    [{"LOWER": "which"}, {"LOWER": {"IN": ["leads", "in", "will", "gives", "makes"]}}],
]
"""Phrases that, after a comma, open a clause with a link of its own."""


@dataclass(frozen=True)
class Statement:
    """A statement as it stands in a text: ``text == original[start:end]``."""

    text: str
    start: int
    end: int
    heading: str = ""


def split(text: str) -> list[Statement]:
    """Split a text into its statements, in order; headings become the ``heading`` of what stands under them."""
    doc = _pipeline()(text)
    headings = doc.spans["headings"]
    starts = [span.start_char for span in headings]
    found = []
    for span in doc.spans["statements"]:
        above = bisect_left(starts, span.start_char)
        heading = re.sub(r"\s+", " ", headings[above - 1].text).strip(" :#") if above else ""
        found.append(Statement(span.text, span.start_char, span.end_char, heading))
    return found


@cache
def _pipeline() -> Language:
    nlp = spacy.blank("sv")
    nlp.max_length = 10**9  # the limit guards parsers; the bound on a document is set where it is read
    for abbreviation in (*ABBREVIATIONS, *(word[0].upper() + word[1:] for word in ABBREVIATIONS)):
        nlp.tokenizer.add_special_case(abbreviation, [{"ORTH": abbreviation}])  # type: ignore[union-attr]
    nlp.add_pipe("effektkedja_layout")
    nlp.add_pipe("effektkedja_sentences")
    nlp.add_pipe("effektkedja_links")
    return nlp


@Language.component("effektkedja_layout")
def _mark_layout(doc: Doc) -> Doc:
    """Put headings and the blocks of running text into span groups."""
    headings: list[Span] = []
    blocks: list[Span] = []
    for piece in pieces(doc.text):
        span = doc.char_span(piece.start, piece.end, alignment_mode="expand")
        if span is None:
            continue
        if piece.kind is Kind.HEADING:
            headings.append(span)
        elif piece.kind is Kind.CONTINUED and blocks and blocks[-1].end <= span.start:
            blocks[-1] = doc[blocks[-1].start : span.end]
        else:
            blocks.append(span)
    doc.spans["headings"] = headings
    doc.spans["blocks"] = blocks
    return doc


@Language.component("effektkedja_sentences")
def _split_sentences(doc: Doc) -> Doc:
    """Cut each block where a sentence ends or an item of a run-in list begins."""
    sentences: list[Span] = []
    for block in doc.spans["blocks"]:
        start = block.start
        for token in block[1:]:
            if _starts_sentence(token):
                sentences.append(doc[start : token.i])
                start = token.i
        sentences.append(doc[start : block.end])
    doc.spans["statements"] = [span for span in map(_stripped, sentences) if _says_something(span)]
    return doc


@Language.component("effektkedja_links")
def _split_links(doc: Doc) -> Doc:
    """Cut a sentence before a clause that carries a link of its own."""
    matcher = _link_matcher(doc.vocab)
    cuts = sorted({start for _, start, _ in matcher(doc) if start and doc[start - 1].text == ","} | _semicolons(doc))
    statements: list[Span] = []
    for sentence in doc.spans["statements"]:
        start = sentence.start
        for cut in cuts:
            if start < cut < sentence.end and min(_words(doc[start:cut]), _words(doc[cut : sentence.end])) >= MIN_CLAUSE_WORDS:
                statements.append(doc[start:cut])
                start = cut
        statements.append(doc[start : sentence.end])
    doc.spans["statements"] = [_stripped(span) for span in statements]
    return doc


@cache
def _link_matcher(vocab: Vocab) -> Matcher:
    matcher = Matcher(vocab)
    matcher.add("link", LINKS, greedy="LONGEST")
    return matcher


def _semicolons(doc: Doc) -> set[int]:
    return {token.i + 1 for token in doc[:-1] if token.text == ";"} if len(doc) else set()


def _starts_sentence(token: Token) -> bool:
    """Whether a new sentence begins at this token of running text."""
    before = token.nbor(-1)
    if before.is_space and before.i:
        before = before.nbor(-1)
    if token.is_space or token.text in _CLOSERS:
        return False
    return token.text in RUN_IN_BULLETS or _ends_sentence(before, token)


def _ends_sentence(before: Token, token: Token) -> bool:
    """Whether the sentence of ``before`` ends there, given the token that follows."""
    end = before
    while end.text in _CLOSERS and end.i:
        end = end.nbor(-1)
    if end.text.lower() in CLOSING_ABBREVIATIONS:
        return _is_opening(token)
    if end.text not in SENTENCE_END:
        return False
    if token.text in {"-", "–", "—"}:
        return True
    glued = not before.whitespace_ and not token.nbor(-1).is_space
    if glued:
        return token.text[:1].isupper() and end.i > 0 and end.nbor(-1).text[-1:].islower()
    return _is_opening(token) and not _is_ordinal(end)


def _is_opening(token: Token) -> bool:
    first = token.text[:1]
    return first.isupper() or first.isdigit() or first in "\"”“'(«[" or token.text in {"-", "–"}


def _is_ordinal(end: Token) -> bool:
    """A full stop after a bare number of one or two digits that opens its line or follows a stop: "1. Kartläggning"."""
    if not end.i or end.text != ".":
        return False
    number = end.nbor(-1)
    if not (number.text.isdigit() and len(number.text) <= 2 and not number.whitespace_):
        return False
    return number.i == 0 or number.nbor(-1).is_space or number.nbor(-1).text in SENTENCE_END


def _stripped(span: Span) -> Span:
    """Drop bullets, spaces and stray punctuation at either end."""
    start, end = span.start, span.end
    while start < end and (
        span.doc[start].is_space or span.doc[start].text in {"-", "–", "—", "•", "▪", "●", "➢", "✓", "*", "\uf0b7", ",", ";"}
    ):
        start += 1
    while end > start and (span.doc[end - 1].is_space or span.doc[end - 1].text in {"-", "–", "•", "▪", "●"}):
        end -= 1
    return span.doc[start:end]


def _words(span: Span) -> int:
    return sum(token.text[:1].isalnum() for token in span)


def _says_something(span: Span) -> bool:
    return any(token.text[:1].isalpha() for token in span)
