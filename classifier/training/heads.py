"""Fit the linear heads on the encoder's vectors and on words with scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from classifier.model.heads import Head, Heads
from classifier.model.words import KINDS, Words, make_vectorizer
from classifier.taxonomy import Field, Scheme
from classifier.training.corpus import LabelledProject
from classifier.training.segments import column_targets, project_input, project_targets

Floats = NDArray[np.float32]

COLUMN_STRENGTH, PROJECT_STRENGTH = 0.02, 0.05
"""Inverse regularisation strength ``C`` of logistic regression on standardised vectors."""
COLUMN_WORD_STRENGTH, PROJECT_WORD_STRENGTH = 10.0, 300.0
"""The same on words; a project's row is a mean of many, and so far shorter than a statement's."""
COLUMN_WORD_SHARE, PROJECT_WORD_SHARE = 0.3, 0.5
"""How much of a score comes from the words. Chosen on a round of the corpus that was held out; see the model card."""
MOST_FEATURES = (8_000, 12_000)
"""The most frequent words and letter sequences are kept."""
UNCALIBRATED = 0.25
UNSEEN = -30.0
"""Score of a label that was never seen: out of reach."""


@dataclass(frozen=True)
class Vectors:
    """The vectors of a list of projects, with what they are vectors of.

    Attributes:
        projects: the projects.
        in_context: one row a statement, read with title, headings and neighbours; shape (statements, dimensions).
        alone: the same statements, each read by itself.
        whole: one row a project, the mean of its title and statements, read both ways; shape (projects, dimensions).
    """

    projects: Sequence[LabelledProject]
    in_context: Floats
    alone: Floats
    whole: Floats

    @property
    def read_twice(self) -> Floats:
        """The statements as they are read at run time, see ``model.windows.read_twice``."""
        return np.asarray((self.in_context + self.alone) / 2, np.float32)


def fit_heads(vectors: Vectors, scheme: Scheme) -> Heads:
    """Fit all heads; temperatures and thresholds are left as they come, see ``calibration.calibrate``."""
    words = fit_words([text for project in vectors.projects for text in parts_of(project)])
    own, whole = statement_words(words, vectors.projects), project_words(words, vectors.projects)
    shares = column_targets([item for project in vectors.projects for item in project.statements], scheme)
    both = np.concatenate([vectors.in_context, vectors.alone])
    mean, scale = _standard(both)
    columns = _joined(
        _fit_shares((both - mean) / scale, np.concatenate([shares, shares]), COLUMN_STRENGTH),
        _fit_shares(own, shares, COLUMN_WORD_STRENGTH),
        COLUMN_WORD_SHARE,
        (mean, scale),
        many=False,
    )
    fields = {}
    for field in Field:
        labelled = np.array([field in project.labels for project in vectors.projects])
        targets = project_targets(vectors.projects, field, scheme)[labelled]
        fit = _fit_many if field.is_multiple else _fit_shares
        mean, scale = _standard(vectors.whole[labelled])
        places, axes = _condensed(whole[labelled])
        word_weights, word_bias = fit(places, targets, PROJECT_WORD_STRENGTH)
        fields[field] = _joined(
            fit((vectors.whole[labelled] - mean) / scale, targets, PROJECT_STRENGTH),
            (word_weights @ axes, word_bias),
            PROJECT_WORD_SHARE,
            (mean, scale),
            many=field.is_multiple,
        )
    return Heads(columns, fields, words)


def fit_words(texts: Sequence[str]) -> Words:
    """Choose the features that occur in some texts."""
    least = 3 if len(texts) >= 1_000 else 1
    vectorizers = [
        make_vectorizer(kind, min_df=least, max_features=most).fit(texts) for kind, most in zip(KINDS, MOST_FEATURES, strict=True)
    ]
    names = tuple(tuple(vectorizer.get_feature_names_out().tolist()) for vectorizer in vectorizers)
    return Words(names, np.concatenate([vectorizer.idf_ for vectorizer in vectorizers]).astype(np.float32))


def parts_of(project: LabelledProject) -> list[str]:
    """The texts of what makes up a project: its title, where there is one, and its statements."""
    document = project_input(project)
    return [document.segments[number].text for number in document.parts]


def statement_words(words: Words, projects: Sequence[LabelledProject]) -> csr_matrix:
    """The words of every statement, shape (statements, features)."""
    return words.transform([item.statement.text for project in projects for item in project.statements])


def project_words(words: Words, projects: Sequence[LabelledProject]) -> csr_matrix:
    """The words of every project as the mean of its parts, shape (projects, features)."""
    parts = [parts_of(project) for project in projects]
    sizes = np.array([len(texts) for texts in parts])
    owners = np.repeat(np.arange(len(parts)), sizes)
    averages = csr_matrix((1.0 / sizes[owners], (owners, np.arange(len(owners)))), shape=(len(parts), len(owners)), dtype=np.float32)
    return csr_matrix(averages @ words.transform([text for texts in parts for text in texts]))


Linear = tuple[Floats, Floats]
"""Weights, shape (labels, features), and bias, shape (labels,)."""


def _standard(vectors: Floats) -> Linear:
    return vectors.mean(axis=0), vectors.std(axis=0) + 1e-6


def _condensed(rows: csr_matrix) -> tuple[Floats, Floats]:
    """Rows, of which there are fewer than features, as places along as many axes: ``rows = places @ axes``.

    The axes are orthonormal, so a regression on the places, weighed along the axes, is the regression on the rows
    (Hastie and Tibshirani 2004), in a fraction of the time.
    """
    sizes, turned = np.linalg.eigh((rows @ rows.T).toarray().astype(np.float64))
    kept = sizes > sizes.max() * 1e-9
    places = turned[:, kept] * np.sqrt(sizes[kept])
    axes = (turned[:, kept] / np.sqrt(sizes[kept])).T @ rows
    return places, np.asarray(axes, np.float32)


def _fit_shares(rows: Any, shares: Floats, strength: float) -> Linear:
    """Multinomial regression on target shares: every row counts once for each label, weighted by its share."""
    numbers, labels = np.nonzero(shares)
    model = LogisticRegression(C=strength, max_iter=5_000)
    model.fit(rows[numbers], labels, sample_weight=shares[numbers, labels])
    weights, bias = model.coef_, model.intercept_
    if len(model.classes_) == 2 and len(weights) == 1:  # scikit-learn keeps one row for two classes
        weights, bias = np.vstack([-weights, weights]) / 2, np.concatenate([-bias, bias]) / 2
    all_weights = np.zeros((shares.shape[1], rows.shape[1]), np.float32)
    all_bias = np.full(shares.shape[1], UNSEEN, np.float32)
    all_weights[model.classes_], all_bias[model.classes_] = weights, bias
    return all_weights, all_bias


def _fit_many(rows: Any, targets: Floats, strength: float) -> Linear:
    """One binary regression a label; a label that all or none of the projects have keeps its base rate."""
    weights = np.zeros((targets.shape[1], rows.shape[1]), np.float32)
    rates = targets.mean(axis=0).clip(0.5 / len(targets), 1 - 0.5 / len(targets))
    bias = np.log(rates / (1 - rates)).astype(np.float32)
    for label in range(targets.shape[1]):
        if 0 < targets[:, label].sum() < len(targets):
            model = LogisticRegression(C=strength, max_iter=5_000).fit(rows, targets[:, label])
            weights[label], bias[label] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _joined(vectors: Linear, words: Linear, share: float, standard: Linear, *, many: bool) -> Head:
    """One head of two: the mean of their scores, weighted. Until it is calibrated every label belongs to the prediction set."""
    labels = len(vectors[1])
    return Head(
        weights=(1 - share) * vectors[0],
        word_weights=share * words[0],
        bias=(1 - share) * vectors[1] + share * words[1],
        mean=standard[0],
        scale=standard[1],
        temperature=1.0,
        thresholds=np.full(labels, UNCALIBRATED, np.float32),
        set_thresholds=np.zeros(labels, np.float32),
        is_multiple=many,
    )
