"""Known statements as neighbours for new ones: the corpus and decided cases, with the encoder's vectors cut down."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from sklearn.decomposition import PCA

from classifier.model.neighbours import Example, Neighbours
from classifier.training.heads import Vectors

DIRECTIONS = 64
"""A sixth of the encoder's dimensions, so that the file stays small."""


def fit_neighbours(vectors: Vectors, decided: Collection[str] = ()) -> Neighbours:
    """Keep every statement with a short vector.

    Args:
        vectors: the vectors of labelled projects.
        decided: ids of the projects that are decided cases; of these no text is kept.
    """
    examples = [
        Example(item.columns, case_id=project.id, start=item.statement.start)
        if project.id in decided
        else Example(item.columns, " ".join(item.statement.text.split()))
        for project in vectors.projects
        for item in project.statements
    ]
    directions = min(DIRECTIONS, *vectors.read_twice.shape)
    short = PCA(directions, svd_solver="covariance_eigh").fit(vectors.read_twice)
    kept = Neighbours(examples, np.zeros((0, directions), np.float16), short.mean_, np.ascontiguousarray(short.components_.T))
    return Neighbours(examples, kept.shortened(vectors.read_twice).astype(np.float16), kept.mean, kept.directions)
