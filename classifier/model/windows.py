"""Pack a document's segments into the token windows that the encoder reads.

The encoder sees a whole passage at once, so that every statement is read with its heading and neighbours:
``<s> heading </s> statement </s> statement </s>``. A segment's vector is the mean of its own tokens' vectors.
Training and run time share this module, so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from classifier.text.statements import Statement

START, PAD, STOP = 0, 1, 2  # ids of <s>, <pad> and </s> in every vocabulary of this product
MAX_TOKENS = 256
"""Tokens in a window, the special ones included. Attention grows with its square; beyond this, context adds little."""
FAST_TOKENS = 128
"""The same where texts are read once: half the attention, and on texts that were held out as many right as with longer windows."""
CONTEXT = -1


@dataclass(frozen=True)
class Segment:
    """A title, a heading or a statement, in the order of the text."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True)
class EncoderInput:
    """What the encoder reads of a project: its segments in order.

    Attributes:
        segments: title, headings and statements.
        statements: which of the segments are the statements.
        parts: which of the segments make up the project's vector: the title, where there is one, and the statements.
    """

    segments: list[Segment]
    statements: list[int]
    parts: list[int]


def encoder_input(title: str, statements: Sequence[Statement], *, with_headings: bool = True) -> EncoderInput:
    """Lay out a project for the encoder; without headings the title is left out too."""
    segments: list[Segment] = []
    own: list[int] = []
    titled = with_headings and bool(title.strip())
    if titled:
        segments.append(Segment(title, is_heading=True))
    heading = ""
    for statement in statements:
        if with_headings and statement.heading and statement.heading != heading:
            heading = statement.heading
            segments.append(Segment(heading, is_heading=True))
        own.append(len(segments))
        segments.append(Segment(statement.text))
    return EncoderInput(segments, own, [0, *own] if titled else own)


Encode = Callable[..., Sequence[NDArray[np.float32]]]
"""Gives each document one vector a segment; see ``model.encoder.Encoder.encode``."""


def read_once(encode: Encode, documents: Sequence[EncoderInput]) -> list[NDArray[np.float32]]:
    """The vectors of each document's parts, shape (parts, dimensions), each read in its place."""
    placed = encode([document.segments for document in documents], FAST_TOKENS)
    return [vectors[document.parts] for document, vectors in zip(documents, placed, strict=True)]


def read_twice(encode: Encode, documents: Sequence[EncoderInput]) -> list[NDArray[np.float32]]:
    """The vectors of each document's parts, shape (parts, dimensions): the mean of a part read in its place and read alone.

    What surrounds a statement helps to understand it, but also misleads where an applicant orders things in a way of their own; the
    mean of the two readings errs less than either. A document of one segment is read once, since both readings are the same.
    """
    placed = encode([document.segments for document in documents])
    again = [document for document in documents if len(document.segments) > 1]
    alone = iter(encode([[document.segments[number]] for document in again for number in document.parts]))
    return [
        np.asarray((vectors[document.parts] + np.concatenate([next(alone) for _ in document.parts])) / 2, np.float32)
        if len(document.segments) > 1 and document.parts
        else vectors[document.parts]
        for document, vectors in zip(documents, placed, strict=True)
    ]


@dataclass
class Window:
    """Token ids, and for each the number of the segment it belongs to (``CONTEXT`` when it belongs to none)."""

    ids: list[int] = field(default_factory=lambda: [START])
    owners: list[int] = field(default_factory=lambda: [CONTEXT])

    def add(self, ids: Sequence[int], owner: int) -> None:
        """Append a segment's tokens and the separator after it."""
        self.ids += [*ids, STOP]
        self.owners += [owner] * len(ids) + [CONTEXT]

    @property
    def is_empty(self) -> bool:
        """Whether the window holds no segment of its own yet, context aside."""
        return all(owner == CONTEXT for owner in self.owners)


def pack(segments: Sequence[Segment], tokens: Sequence[Sequence[int]], max_tokens: int = MAX_TOKENS) -> Iterator[Window]:
    """Pack segments, given as their token ids without special tokens, into windows of at most ``max_tokens``.

    A window that goes on from another opens with the heading its first segment stands under. A segment longer
    than a window is spread over several, and these hold nothing else. A segment without tokens belongs to no window.
    """
    window, heading = Window(), ()  # type: tuple[Window, Sequence[int]]
    for number, (segment, ids) in enumerate(zip(segments, tokens, strict=True)):
        if not window.is_empty and len(window.ids) + len(ids) + 1 > max_tokens:
            yield window
            window = _opened(() if segment.is_heading else heading, max_tokens)
        rest = ids
        while len(window.ids) + len(rest) + 1 > max_tokens:
            room = max_tokens - len(window.ids) - 1
            window.add(rest[:room], number)
            yield window
            window, rest = Window(), rest[room:]
        if rest:
            window.add(rest, number)
        if segment.is_heading:
            heading = ids
    if not window.is_empty:
        yield window


def _opened(heading: Sequence[int], max_tokens: int) -> Window:
    window = Window()
    if heading:
        window.add(heading[: max_tokens // 4], CONTEXT)
    return window


def padded(windows: Sequence[Window]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Token ids and attention mask, both of shape (windows, tokens of the longest)."""
    length = max(len(window.ids) for window in windows)
    ids = np.full((len(windows), length), PAD, np.int64)
    mask = np.zeros((len(windows), length), np.int64)
    for row, window in enumerate(windows):
        ids[row, : len(window.ids)] = window.ids
        mask[row, : len(window.ids)] = 1
    return ids, mask


def batches(windows: Sequence[tuple[int, Window]], max_tokens: int) -> Iterator[list[tuple[int, Window]]]:
    """Sort windows by length and cut them into batches of at most ``max_tokens`` padded tokens, one window at least.

    Each window comes with the number of its document.
    """
    batch: list[tuple[int, Window]] = []
    for pair in sorted(windows, key=lambda pair: len(pair[1].ids)):
        if batch and (len(batch) + 1) * len(pair[1].ids) > max_tokens:
            yield batch
            batch = []
        batch.append(pair)
    if batch:
        yield batch
