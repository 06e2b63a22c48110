"""Projects that are alike: clusters of texts, possible duplicates, and likely continuations of earlier projects."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classifier.portfolio.clustering import Cluster, clusters
from classifier.portfolio.textspace import build_space, near_pairs, spelling_likeness, texts_of
from classifier.portfolio.titles import Title, parse_title, title_likeness

__all__ = ["CONTINUATION", "DUPLICATE", "MIN_CHARACTERS", "Cluster", "Pair", "clusters", "continuations", "duplicates"]

SEED = 1
_WORD = re.compile(r"\w+")
MIN_CHARACTERS = 40
"""A shorter text ("Se bilaga") is a copy only when the title is, too."""
DUPLICATE = 0.9
CONTINUATION = 0.6
WORTH_SPELLING = 0.5
"""Texts whose words have less in common than this are not compared letter by letter."""


@dataclass(frozen=True)
class Pair:
    """Two projects that belong together.

    Attributes:
        first: row number of the earlier one: the original, or what is continued.
        second: row number of the later one.
        likeness: 0–1.
        reason: why, in Swedish.
    """

    first: int
    second: int
    likeness: float
    reason: str


def duplicates(projects: pd.DataFrame) -> list[Pair]:
    """Projects that may have come in twice: the same text, but for case and punctuation, or nearly the same.

    Nearly the same are texts whose tf-idf weights of characters have a cosine of at least ``DUPLICATE``.

    Returns:
        Each copy once, with the first project that it is a copy of, the most alike first.
    """
    return _Likeness(projects).duplicates()


def continuations(projects: pd.DataFrame) -> list[Pair]:
    """Projects that seem to continue an earlier one.

    Either the title says so ("etapp 2", "fortsättning", "2.0", a year) and the rest of it holds the same words, or the text is alike
    (cosine of the words' tf-idf weights at least ``CONTINUATION``) and the year later. Copies of each other are no continuations.

    Returns:
        Each continuation once, with the project that it continues, the most alike first.
    """
    return _Likeness(projects).continuations()


class _Likeness:
    """The texts and titles of projects, compared once. Projects are counted by position."""

    def __init__(self, projects: pd.DataFrame) -> None:
        self.rows: list[int] = projects.index.tolist()
        self.texts = texts_of(projects, "text")
        self.titles = texts_of(projects, "titel")
        self.years = pd.to_numeric(projects.reindex(columns=["år"])["år"], errors="coerce").to_numpy(dtype=float)
        self.copies: dict[int, int] = {}
        """The position of each copy → that of the first project with the same text."""
        self.near = self._near(self._different())

    def duplicates(self) -> list[Pair]:
        same = [(first, second, 1.0, "Samma text.") for second, first in self.copies.items()]
        first, second, alike = self.near
        worth = alike >= WORTH_SPELLING
        likeness = spelling_likeness(self.texts, first[worth], second[worth])
        near = [
            (int(one), int(other), float(share), "Nästan samma text.")
            for one, other, share in zip(first[worth], second[worth], likeness, strict=True)
            if share >= DUPLICATE
        ]
        return self._pairs([*same, *near])

    def continuations(self) -> list[Pair]:
        place = {row: position for position, row in enumerate(self.rows)}
        original = {place[pair.second]: place[pair.first] for pair in self.duplicates()}
        found = [*self._by_title(), *self._by_text()]
        return self._pairs([pair for pair in found if _root(original, pair[0]) != _root(original, pair[1])])

    def _different(self) -> list[int]:
        """The positions of texts long enough to compare, copies of earlier ones left out and noted."""
        firsts: dict[bytes, int] = {}
        found = []
        for place, text in enumerate(self.texts):
            plain = " ".join(_WORD.findall(text.lower()))
            key = plain if len(plain) >= MIN_CHARACTERS else f"{self.titles[place].lower()}\n{plain}"
            first = firsts.setdefault(hashlib.sha256(key.encode(errors="replace")).digest(), place) if plain else place
            if first != place:
                self.copies[place] = first
            elif len(plain) >= MIN_CHARACTERS:
                found.append(place)
        return found

    def _near(self, places: list[int]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float32]]:
        """Pairs of these texts that may be alike, and the cosine of their words."""
        space = build_space([self.texts[place] for place in places], SEED)
        if space is None:
            return np.zeros(0, np.intp), np.zeros(0, np.intp), np.zeros(0, np.float32)
        first, second, alike = near_pairs(space)
        different = np.array(places, dtype=np.intp)
        return different[first], different[second], alike

    def _by_title(self) -> Iterator[tuple[int, int, float, str]]:
        """Each project whose title says that it is a continuation, with the one a step before it."""
        parsed = [parse_title(title) for title in self.titles]
        named = sorted((title.gist, title.step, place) for place, title in enumerate(parsed) if title.gist)
        for _, group in groupby(named, key=lambda item: item[0]):
            steps = [[place for *_, place in places] for _, places in groupby(group, key=lambda item: item[1])]
            for before, after in pairwise(steps):
                for place in after:
                    if self._may_follow(before[-1], place):
                        yield before[-1], place, title_likeness(parsed[before[-1]], parsed[place]), _said(parsed[place])

    def _by_text(self) -> Iterator[tuple[int, int, float, str]]:
        first, second, alike = self.near
        later = alike >= CONTINUATION
        for one, other, share in zip(first[later].tolist(), second[later].tolist(), alike[later].tolist(), strict=True):
            before, after = (one, other) if self.years[one] < self.years[other] else (other, one)
            if self.years[before] < self.years[after]:
                yield before, after, share, f"Texterna är lika och projektet är från ett senare år ({self.years[after]:.0f})."

    def _may_follow(self, before: int, after: int) -> bool:
        return not self.years[after] < self.years[before]  # an unknown year says nothing against it

    def _pairs(self, found: list[tuple[int, int, float, str]]) -> list[Pair]:
        """The likeliest pair for each second project, as row numbers, the most alike first."""
        best: dict[int, tuple[int, int, float, str]] = {}
        for pair in sorted(found, key=lambda pair: (-pair[2], pair[0], pair[1])):
            best.setdefault(pair[1], pair)
        return [Pair(self.rows[first], self.rows[second], min(share, 1.0), reason) for first, second, share, reason in best.values()]


def _root(original: dict[int, int], place: int) -> int:
    while place in original:
        place = original[place]
    return place


def _said(title: Title) -> str:
    return f"Titeln säger ”{title.mark}” och är i övrigt lik." if title.mark else "Titlarna är lika."
