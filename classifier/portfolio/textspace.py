"""Texts as vectors of their words, so that those that are alike can be found among many."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import normalize
from sklearn.utils.extmath import randomized_svd

MAX_CHARACTERS = 20_000
"""So much of a text is read: what two projects have in common shows long before."""
MAX_WORDS = 50_000
DIRECTIONS = 64
NEIGHBOURS = 8
SAMPLE = 2_000
CHUNK = 2_000
"""So many pairs are compared at a time, so that memory does not grow with their number."""
WORD = r"[^\W\d_]{3,}"
PROJECT_WORDS = """
aktiviteter arbeta arbetar arbete arbetet avser behov bidra bidrar effekt effekter förväntade förväntas genomföra genomförande genomförs inriktas
insats insatsen insatser kring leda leder mål målen målet möjligheter nya project projects projekt projektet projektets resultat resultatet
resultera results samt ska skapa skapas stärka stärks stöd stödja syftar syfte syftet underlag utveckla utvecklas utveckling verksamhet öka ökad ökar
"""
"""What every application says, whatever it is about."""

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Space:
    """Texts by their words.

    Attributes:
        words: turns a text into the tf-idf weights of its words.
        weights: those of the texts, rows of length one, shape (texts, words).
        directions: the words' main directions, shape (words, directions).
        vectors: the texts along them, rows of length one (zeros for a text without words), shape (texts, directions).
    """

    words: TfidfVectorizer
    weights: csr_matrix
    directions: Floats
    vectors: Floats

    def along(self, texts: Sequence[str]) -> Floats:
        """Other texts along the same directions, rows of length one."""
        return _along(self.words.transform(_cut(texts)), self.directions)


def texts_of(projects: pd.DataFrame, column: str) -> list[str]:
    """A column of ``projects`` as texts, one a project; empty where there is none."""
    values = projects.reindex(columns=[column])[column]
    return [str(value) for value in values.astype(object).where(values.notna(), "")]


def build_space(texts: Sequence[str], seed: int) -> Space | None:
    """Weigh the words of texts and find their main directions; ``None`` when the texts hold no words."""
    words = TfidfVectorizer(token_pattern=WORD, stop_words=_function_words(), max_features=MAX_WORDS, sublinear_tf=True, dtype=np.float32)
    if not any(map(words.build_analyzer(), _cut(texts))):
        return None
    weights = words.fit_transform(_cut(texts))
    directions = _main_directions(weights, seed)
    return Space(words, weights, directions, _along(weights, directions))


def near_pairs(space: Space) -> tuple[Rows, Rows, Floats]:
    """Pairs of texts of which one is among the nearest of the other.

    Returns:
        The first and the second of each pair, first < second, and the cosine of their words' weights.
    """
    count = min(NEIGHBOURS + 1, len(space.vectors))
    nearest = NearestNeighbors(n_neighbors=count, algorithm="brute").fit(space.vectors).kneighbors(return_distance=False, X=space.vectors)
    here = np.repeat(np.arange(len(nearest)), count)
    there = nearest.ravel()
    pairs = np.unique(np.stack([np.minimum(here, there), np.maximum(here, there)])[:, here != there], axis=1)
    return pairs[0], pairs[1], _cosines(space.weights, pairs[0], pairs[1])


def spelling_likeness(texts: Sequence[str], first: Rows, second: Rows) -> Floats:
    """How alike pairs of texts are spelt: the cosine of the tf-idf weights of their characters, four at a time.

    Args:
        texts: all texts; how common four characters are is learnt from a sample of them.
        first: row of the first text of each pair.
        second: row of the second.
    """
    if not len(first):
        return np.zeros(0, np.float32)
    counts = HashingVectorizer(analyzer="char_wb", ngram_range=(4, 4), n_features=2**18, alternate_sign=False, norm=None, dtype=np.float32)
    sample = texts[:: max(1, len(texts) // SAMPLE)]
    rarity = TfidfTransformer(sublinear_tf=True).fit(counts.transform(_cut(sample)))
    found = []
    for start in range(0, len(first), CHUNK):
        rows, places = np.unique(np.concatenate([first[start : start + CHUNK], second[start : start + CHUNK]]), return_inverse=True)
        weights = rarity.transform(counts.transform(_cut([texts[row] for row in rows])))
        found.append(_cosines(weights, *np.split(places, 2)))
    return np.concatenate(found)


def _main_directions(weights: csr_matrix, seed: int) -> Floats:
    _, _, directions = randomized_svd(weights, min(DIRECTIONS, *weights.shape), n_iter=3, random_state=seed)
    return np.asarray(directions.T, np.float32)


def _along(weights: csr_matrix, directions: Floats) -> Floats:
    return np.asarray(normalize(weights @ directions), np.float32)


def _cosines(weights: csr_matrix, first: Rows, second: Rows) -> Floats:
    """The cosine of pairs of rows of length one."""
    found = [np.zeros(0, np.float32)]
    for start in range(0, len(first), CHUNK):
        part = slice(start, start + CHUNK)
        found.append(np.asarray(weights[first[part]].multiply(weights[second[part]]).sum(axis=1), np.float32).ravel())
    return np.concatenate(found)


def _cut(texts: Sequence[str]) -> list[str]:
    return [text[:MAX_CHARACTERS] for text in texts]


@cache
def _function_words() -> list[str]:
    from spacy.lang.en.stop_words import STOP_WORDS as ENGLISH
    from spacy.lang.sv.stop_words import STOP_WORDS as SWEDISH

    return sorted(word for word in {*SWEDISH, *ENGLISH, *PROJECT_WORDS.split()} if re.fullmatch(WORD, word))
