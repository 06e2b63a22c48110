"""Vectors and words → probabilities: linear heads that say what each statement contributes.

The heads are fitted by scikit-learn (``training.heads``) and kept as plain arrays, so that opening them runs no code.
A project's vector is the mean of its parts' vectors (title and statements); a linear score of the mean is the
mean of the parts' scores, so a part's contribution to a label is exact and needs no approximation.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from classifier.files import write_whole
from classifier.model.words import Words
from classifier.taxonomy import Field

HEADS_FILE = "heads.npz"
COLUMNS = "kolumn"
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Features:
    """What a head looks at: one row a statement, title or project.

    Attributes:
        vectors: from the encoder, shape (rows, dimensions).
        words: from ``model.words``, shape (rows, features).
    """

    vectors: Floats
    words: csr_matrix


@dataclass(frozen=True)
class Head:
    """One linear layer on standardised vectors and on words, with the temperature that calibrates it.

    Attributes:
        weights: of the vectors, shape (labels, dimensions).
        word_weights: shape (labels, features).
        bias: shape (labels,).
        mean: the vectors' mean, shape (dimensions,).
        scale: the vectors' standard deviation, shape (dimensions,).
        temperature: what scores are divided by before they become probabilities.
        thresholds: probability from which a label is proposed, shape (labels,); empty where the likeliest label is.
        set_thresholds: probability from which a label belongs to the prediction set, shape (labels,); see :meth:`likely`.
        is_multiple: whether several labels can hold at once (sigmoid) or just one (softmax).
    """

    weights: Floats
    word_weights: Floats
    bias: Floats
    mean: Floats
    scale: Floats
    temperature: float
    thresholds: Floats
    set_thresholds: Floats
    is_multiple: bool

    def scores(self, features: Features) -> Floats:
        """Scores of shape (rows, labels), calibrated but not yet probabilities."""
        heard = ((features.vectors - self.mean) / self.scale) @ self.weights.T + features.words @ self._weights_by_word
        return np.asarray((heard + self.bias) / self.temperature, np.float32)

    @cached_property
    def _weights_by_word(self) -> Floats:
        """Shape (features, labels), laid out as scipy reads it; otherwise it would copy all of it on every call."""
        return np.ascontiguousarray(self.word_weights.T)

    def probabilities(self, features: Features) -> Floats:
        """Probabilities of shape (rows, labels)."""
        return as_probabilities(self.scores(features), many=self.is_multiple)

    def likely(self, shares: Floats) -> NDArray[np.bool_]:
        """Which labels belong to the prediction set that holds the right one in nine cases of ten; the likeliest always does.

        Args:
            shares: probabilities, shape (rows, labels).
        """
        likely = shares >= self.set_thresholds
        likely[np.arange(len(shares)), shares.argmax(axis=1)] = True
        return np.asarray(likely, np.bool_)

    def contributions(self, scores: Floats, label: int) -> Floats:
        """How much each part of a project moves the score of one label, shape (parts,); they sum to its lead.

        For a choice of one label the lead is counted against the mean of all labels, so that what speaks for every
        label alike does not count as evidence. The bias belongs to no part and is left out.

        Args:
            scores: what :meth:`scores` gives each part, shape (parts, labels).
            label: the number of the label.
        """
        own = scores - self.bias / self.temperature
        lead = own[:, label] if self.is_multiple else own[:, label] - own.mean(axis=1)
        return np.asarray(lead / len(scores), np.float32)


def as_probabilities(scores: Floats, *, many: bool) -> Floats:
    """Scores (rows, labels) as probabilities: each label by itself when several may hold, otherwise summing to one."""
    if many:
        return np.asarray(1.0 / (1.0 + np.exp(-scores)), np.float32)
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True)
class Heads:
    """The head for the columns and one for each project field, and the words that all of them look at."""

    columns: Head
    fields: Mapping[Field, Head]
    words: Words

    def features(self, vectors: Floats, texts: Sequence[str]) -> Features:
        """What the heads look at, from the encoder's vectors of some texts and the texts themselves."""
        return Features(vectors, self.words.transform(texts))

    def save(self, path: Path) -> None:
        """Write the arrays to one file; the same heads give the same bytes."""
        arrays: dict[str, Any] = {
            "ord/namn": np.frombuffer(json.dumps(self.words.vocabularies, ensure_ascii=False).encode(), np.uint8),
            "ord/idf": self.words.idf.astype(np.float32),
        }
        for name, head in [(COLUMNS, self.columns), *self.fields.items()]:
            arrays |= {
                f"{name}/weights": head.weights.astype(np.float32),
                f"{name}/word_weights": head.word_weights.astype(np.float16),
                f"{name}/bias": head.bias.astype(np.float32),
                f"{name}/mean": head.mean.astype(np.float32),
                f"{name}/scale": head.scale.astype(np.float32),
                f"{name}/temperature": np.float32(head.temperature),
                f"{name}/thresholds": head.thresholds.astype(np.float32),
                f"{name}/set_thresholds": head.set_thresholds.astype(np.float32),
                f"{name}/is_multiple": np.bool_(head.is_multiple),
            }
        content = io.BytesIO()
        np.savez_compressed(content, **arrays)
        write_whole(path, content.getvalue())

    @classmethod
    def load(cls, path: Path) -> Heads:
        """Read what :meth:`save` wrote; pickled content is refused."""
        with np.load(path, allow_pickle=False) as arrays:

            def head(name: str) -> Head:
                return Head(
                    weights=arrays[f"{name}/weights"],
                    word_weights=arrays[f"{name}/word_weights"].astype(np.float32),
                    bias=arrays[f"{name}/bias"],
                    mean=arrays[f"{name}/mean"],
                    scale=arrays[f"{name}/scale"],
                    temperature=float(arrays[f"{name}/temperature"]),
                    thresholds=arrays[f"{name}/thresholds"],
                    set_thresholds=arrays[f"{name}/set_thresholds"],
                    is_multiple=bool(arrays[f"{name}/is_multiple"]),
                )

            names = json.loads(arrays["ord/namn"].tobytes())
            words = Words(tuple(tuple(vocabulary) for vocabulary in names), arrays["ord/idf"])
            return cls(head(COLUMNS), {field: head(field) for field in Field}, words)
