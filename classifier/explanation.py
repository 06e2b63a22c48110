"""Why a statement was placed where it was: the words that weigh most, and the statements with known columns nearest to it.

The weight of a word is what the column's probability loses when the word is taken out and the statement is read again in
its place (occlusion, Zeiler and Fergus 2014). `effektkedja evaluate` checks by deletion that the words shown matter more
than words taken at random.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classifier.assistant import Assistant
from classifier.model.neighbours import Example
from classifier.model.windows import EncoderInput, encoder_input, read_twice
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.statements import Statement

MOST_READINGS = 60
"""Longer statements are taken apart into this many stretches of words, so that an answer never takes long."""
NEIGHBOURS = 3
LEAST_WEIGHT = 0.02
"""A word whose absence lowers the probability by less than this is no evidence to speak of."""
_WORD = re.compile(r"\S+")


@dataclass(frozen=True)
class Word:
    """A stretch of a statement's text, and how much of the column's probability hangs on it; below zero it speaks against."""

    start: int
    end: int
    weight: float


@dataclass(frozen=True)
class Explanation:
    """What speaks for a statement's column.

    Attributes:
        column: the column that is explained.
        words: all words in the order of the statement.
        neighbours: the nearest statements with known columns, and their cosine, nearest first.
    """

    column: str
    words: tuple[Word, ...]
    neighbours: tuple[tuple[Example, float], ...]


def explain(assistant: Assistant, title: str, statements: Sequence[Statement], number: int, column: str) -> Explanation:
    """Explain why a statement belongs to a column.

    Args:
        assistant: whose judgement is explained.
        title: the project's title.
        statements: the project's statements.
        number: which of them, from 0.
        column: the code of the column to explain.
    """
    reading = Reading(assistant, title, statements, number)
    stretches = words_of(statements[number].text)
    shares = reading.shares([reading.without([stretch]) for stretch in stretches])
    label = COLUMN_CODES.index(column)
    words = tuple(
        Word(start, end, float(reading.share[label] - share[label])) for (start, end), share in zip(stretches, shares, strict=True)
    )
    return Explanation(column, words, tuple(assistant.bundle.neighbours.nearest(reading.vector, NEIGHBOURS)))


def words_of(text: str) -> list[tuple[int, int]]:
    """Start and end of every word; of a very long text, of stretches of several words."""
    words = [match.span() for match in _WORD.finditer(text)]
    size = -(-len(words) // MOST_READINGS)
    return [(words[at][0], words[min(at + size, len(words)) - 1][1]) for at in range(0, len(words), size or 1)]


def weightiest(words: Sequence[Word]) -> list[Word]:
    """The words worth marking: at most a fifth of them, and none that hardly matters, in the order of the text."""
    ranked = sorted(words, key=lambda word: -word.weight)[: max(1, len(words) // 5)]
    return sorted((word for word in ranked if word.weight >= LEAST_WEIGHT), key=lambda word: word.start)


class Reading:
    """One statement read in its place, as the assistant reads it, and as it would read it with words taken out."""

    def __init__(self, assistant: Assistant, title: str, statements: Sequence[Statement], number: int) -> None:
        document = encoder_input(title, statements)
        self._assistant = assistant
        self._passage, self._place = assistant.bundle.encoder.passage(document.segments, document.statements[number])
        self._text = statements[number].text
        self.vector = self._vectors([self._text])[0]
        """Shape (dimensions,)."""
        self.share = self._judged(self.vector[None], [self._text])[0]
        """Probability of every column, shape (columns,)."""

    def without(self, stretches: Sequence[tuple[int, int]]) -> str:
        """The statement's text with stretches taken out."""
        kept, at = [], 0
        for start, end in sorted(stretches):
            kept.append(self._text[at:start])
            at = end
        return " ".join("".join([*kept, self._text[at:]]).split())

    def shares(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Probabilities of every column when the statement reads otherwise, shape (texts, columns)."""
        if not texts:
            return np.zeros((0, len(COLUMN_CODES)), np.float32)
        return self._judged(np.stack(self._vectors(texts)), texts)

    def _judged(self, vectors: NDArray[np.float32], texts: Sequence[str]) -> NDArray[np.float32]:
        heads = self._assistant.bundle.heads
        return heads.columns.probabilities(heads.features(vectors, texts))

    def _vectors(self, texts: Sequence[str]) -> list[NDArray[np.float32]]:
        passages = [
            [replace(segment, text=text) if place == self._place else segment for place, segment in enumerate(self._passage)]
            for text in texts
        ]
        documents = [EncoderInput(passage, [self._place], [self._place]) for passage in passages]
        return [vectors[0] for vectors in read_twice(self._assistant.bundle.encoder.encode, documents)]
