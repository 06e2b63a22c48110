"""Texts → weighted words and letter sequences (tf-idf): what a text literally says, beside what the encoder takes it to mean.

The two err differently, so a head that hears both errs less. A project's row is the mean of its parts' rows, as with the
encoder's vectors, so that each part's contribution stays exact.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer

KINDS: tuple[dict[str, Any], ...] = (
    {"analyzer": "word", "ngram_range": (1, 2)},
    {"analyzer": "char_wb", "ngram_range": (3, 5)},  # stems and parts of compounds, of which Swedish has many
)
"""How the features are cut: words and pairs of words, then sequences of letters within words."""


@dataclass(frozen=True)
class Words:
    """The features, and how rare each is.

    Attributes:
        vocabularies: the features of each kind, in order.
        idf: the inverse document frequency of every feature, the kinds after one another.
    """

    vocabularies: tuple[tuple[str, ...], ...]
    idf: NDArray[np.float32]

    def transform(self, texts: Sequence[str]) -> csr_matrix:
        """One row a text, shape (texts, features); each kind has unit length in it."""
        if not texts:
            return csr_matrix((0, len(self.idf)), dtype=np.float32)
        return csr_matrix(hstack([vectorizer.transform(texts) for vectorizer in self._vectorizers]), dtype=np.float32)

    @cached_property
    def _vectorizers(self) -> list[TfidfVectorizer]:
        made, at = [], 0
        for kind, vocabulary in zip(KINDS, self.vocabularies, strict=True):
            vectorizer = make_vectorizer(kind, vocabulary={name: number for number, name in enumerate(vocabulary)})
            vectorizer.idf_ = self.idf[at : at + len(vocabulary)]
            made.append(vectorizer)
            at += len(vocabulary)
        return made


def make_vectorizer(kind: dict[str, Any], **settings: Any) -> TfidfVectorizer:
    """The scikit-learn vectorizer of a kind of features, for fitting and for use alike."""
    return TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **kind, **settings)
