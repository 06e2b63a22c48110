"""Vectors → probabilities: linear heads that say what each statement contributes.

The heads are fitted by scikit-learn (``training.heads``) and kept as plain arrays, so that opening them runs no code.
A project's vector is the mean of its parts' vectors (title and statements); a linear score of the mean is the
mean of the parts' scores, so a part's contribution to a label is exact and needs no approximation.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from classifier.files import write_whole
from classifier.taxonomy import Field

HEADS_FILE = "heads.npz"
COLUMNS = "kolumn"
Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Head:
    """One linear layer on standardised vectors, with the temperature that calibrates it.

    Attributes:
        weights: shape (labels, dimensions).
        bias: shape (labels,).
        mean: the vectors' mean, shape (dimensions,).
        scale: the vectors' standard deviation, shape (dimensions,).
        temperature: what scores are divided by before they become probabilities.
        thresholds: probability from which a label is proposed, shape (labels,); empty where the likeliest label is.
        is_multiple: whether several labels can hold at once (sigmoid) or just one (softmax).
    """

    weights: Floats
    bias: Floats
    mean: Floats
    scale: Floats
    temperature: float
    thresholds: Floats
    is_multiple: bool

    def scores(self, vectors: Floats) -> Floats:
        """Scores of shape (rows, labels), calibrated but not yet probabilities."""
        return np.asarray((((vectors - self.mean) / self.scale) @ self.weights.T + self.bias) / self.temperature, np.float32)

    def probabilities(self, vectors: Floats) -> Floats:
        """Probabilities of shape (rows, labels)."""
        return as_probabilities(self.scores(vectors), many=self.is_multiple)

    def contributions(self, parts: Floats, label: int) -> Floats:
        """How much each part of a project, shape (parts, dimensions), moves the score of one label; they sum to its lead.

        For a choice of one label the lead is counted against the mean of all labels, so that what speaks for every
        label alike does not count as evidence. The bias belongs to no part and is left out.
        """
        scores = self.scores(parts) - self.bias / self.temperature
        lead = scores[:, label] if self.is_multiple else scores[:, label] - scores.mean(axis=1)
        return np.asarray(lead / len(parts), np.float32)


def as_probabilities(scores: Floats, *, many: bool) -> Floats:
    """Scores (rows, labels) as probabilities: each label by itself when several may hold, otherwise summing to one."""
    if many:
        return np.asarray(1.0 / (1.0 + np.exp(-scores)), np.float32)
    exponents = np.exp(scores - scores.max(axis=1, keepdims=True))
    return np.asarray(exponents / exponents.sum(axis=1, keepdims=True), np.float32)


@dataclass(frozen=True)
class Heads:
    """The head for the columns and one for each project field."""

    columns: Head
    fields: Mapping[Field, Head]

    def save(self, path: Path) -> None:
        """Write the arrays to one file; the same heads give the same bytes."""
        arrays: dict[str, Any] = {}
        for name, head in [(COLUMNS, self.columns), *self.fields.items()]:
            arrays |= {
                f"{name}/weights": head.weights.astype(np.float32),
                f"{name}/bias": head.bias.astype(np.float32),
                f"{name}/mean": head.mean.astype(np.float32),
                f"{name}/scale": head.scale.astype(np.float32),
                f"{name}/temperature": np.float32(head.temperature),
                f"{name}/thresholds": head.thresholds.astype(np.float32),
                f"{name}/is_multiple": np.bool_(head.is_multiple),
            }
        content = io.BytesIO()
        np.savez(content, **arrays)
        write_whole(path, content.getvalue())

    @classmethod
    def load(cls, path: Path) -> Heads:
        """Read what :meth:`save` wrote; pickled content is refused."""
        with np.load(path, allow_pickle=False) as arrays:

            def head(name: str) -> Head:
                return Head(
                    weights=arrays[f"{name}/weights"],
                    bias=arrays[f"{name}/bias"],
                    mean=arrays[f"{name}/mean"],
                    scale=arrays[f"{name}/scale"],
                    temperature=float(arrays[f"{name}/temperature"]),
                    thresholds=arrays[f"{name}/thresholds"],
                    is_multiple=bool(arrays[f"{name}/is_multiple"]),
                )

            return cls(head(COLUMNS), {field: head(field) for field in Field})
