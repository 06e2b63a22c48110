"""Fit the linear heads on the encoder's vectors with scikit-learn, and calibrate them on texts they have not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from classifier.model.heads import Head, Heads, as_probabilities
from classifier.taxonomy import Field, Scheme
from classifier.training.corpus import LabelledProject
from classifier.training.segments import column_targets, project_targets

Floats = NDArray[np.float32]

COLUMN_STRENGTH = 0.02
PROJECT_STRENGTH = 0.05
"""Inverse regularisation strength ``C`` of logistic regression on standardised vectors."""
TEMPERATURES = np.geomspace(0.4, 4.0, 60)
THRESHOLDS = np.arange(0.08, 0.61, 0.02)
UNCALIBRATED = 0.25


@dataclass(frozen=True)
class Vectors:
    """The vectors of a list of projects, with what they are vectors of.

    Attributes:
        projects: the projects.
        in_context: one row a statement, read with title, headings and neighbours; shape (statements, dimensions).
        alone: the same statements, each read by itself.
        whole: one row a project, the mean of its title and statements; shape (projects, dimensions).
    """

    projects: Sequence[LabelledProject]
    in_context: Floats
    alone: Floats
    whole: Floats


def fit_heads(vectors: Vectors, scheme: Scheme) -> Heads:
    """Fit all heads; temperatures and thresholds are left as they come, see :func:`calibrate`."""
    statements = [item for project in vectors.projects for item in project.statements]
    shares = column_targets(statements, scheme)
    columns = _fit_shares(np.concatenate([vectors.in_context, vectors.alone]), np.concatenate([shares, shares]))
    fields = {}
    for field in Field:
        targets = project_targets(vectors.projects, field, scheme)
        labelled = np.array([field in project.labels for project in vectors.projects])
        fit = _fit_many if field.is_multiple else _fit_one
        fields[field] = fit(vectors.whole[labelled], targets[labelled])
    return Heads(columns, fields)


@dataclass(frozen=True)
class HeldOut:
    """Scores that heads gave to projects they were not fitted on."""

    projects: Sequence[LabelledProject]
    columns: Floats
    fields: Mapping[Field, Floats]

    def parted(self) -> tuple[HeldOut, HeldOut]:
        """The scores of whole texts, and those of short statements, which have no project labels."""
        whole = np.array([bool(project.labels) for project in self.projects], bool)
        statements = np.repeat(whole, [len(project.statements) for project in self.projects])
        return self._chosen(whole, statements), self._chosen(~whole, ~statements)

    def _chosen(self, projects: NDArray[np.bool_], statements: NDArray[np.bool_]) -> HeldOut:
        return HeldOut(
            [project for project, chosen in zip(self.projects, projects, strict=True) if chosen],
            self.columns[statements],
            {field: scores[projects] for field, scores in self.fields.items()},
        )


def score(heads: Heads, vectors: Vectors) -> HeldOut:
    """Score projects, statements in their context."""
    return HeldOut(
        vectors.projects,
        heads.columns.scores(vectors.in_context),
        {field: head.scores(vectors.whole) for field, head in heads.fields.items()},
    )


def join(parts: Sequence[HeldOut]) -> HeldOut:
    """Put the held-out scores of several folds together."""
    return HeldOut(
        [project for part in parts for project in part.projects],
        np.concatenate([part.columns for part in parts]),
        {field: np.concatenate([part.fields[field] for part in parts]) for field in Field},
    )


def calibrate(heads: Heads, held_out: HeldOut, scheme: Scheme) -> Heads:
    """Set temperatures by likelihood and thresholds by F1, both on held-out scores of whole texts."""
    held_out, _ = held_out.parted()
    statements = [item for project in held_out.projects for item in project.statements]
    shares = column_targets(statements, scheme)
    columns = _with_temperature(heads.columns, held_out.columns, shares)
    found = as_probabilities(held_out.columns / columns.temperature, many=False)
    inside = slice(0, len(scheme.columns) - 1)  # outside the chain is never one column of several
    columns = replace(
        columns, thresholds=np.full(len(scheme.columns), _best_threshold(found[:, inside], shares[:, inside] > 0), np.float32)
    )
    fields = {}
    for field, head in heads.fields.items():
        targets = project_targets(held_out.projects, field, scheme)
        fields[field] = _with_temperature(head, held_out.fields[field], targets)
        if field.is_multiple:
            found = as_probabilities(held_out.fields[field] / fields[field].temperature, many=True)
            fields[field] = replace(fields[field], thresholds=np.full(targets.shape[1], _best_threshold(found, targets > 0), np.float32))
    return Heads(columns, fields)


def carry_calibration(heads: Heads, earlier: Heads) -> Heads:
    """Give refitted heads the temperatures and thresholds of earlier ones, found on unseen texts.

    The encoder has met the corpus, so scores on it are too sure to calibrate on.
    """

    def carried(head: Head, old: Head) -> Head:
        return replace(head, temperature=old.temperature, thresholds=old.thresholds)

    return Heads(
        carried(heads.columns, earlier.columns), {field: carried(head, earlier.fields[field]) for field, head in heads.fields.items()}
    )


def _standard(vectors: Floats) -> tuple[Floats, Floats]:
    return vectors.mean(axis=0), vectors.std(axis=0) + 1e-6


def _fit_shares(vectors: Floats, shares: Floats) -> Head:
    """Multinomial regression on target shares: every row counts once for each label, weighted by its share."""
    mean, scale = _standard(vectors)
    rows, labels = np.nonzero(shares)
    model = LogisticRegression(C=COLUMN_STRENGTH, max_iter=5_000)
    model.fit(((vectors - mean) / scale)[rows], labels, sample_weight=shares[rows, labels])
    return _head(model.coef_, model.intercept_, model.classes_, shares.shape[1], mean, scale)


def _fit_one(vectors: Floats, targets: Floats) -> Head:
    mean, scale = _standard(vectors)
    model = LogisticRegression(C=PROJECT_STRENGTH, max_iter=5_000)
    model.fit((vectors - mean) / scale, targets.argmax(axis=1))
    return _head(model.coef_, model.intercept_, model.classes_, targets.shape[1], mean, scale)


def _head(weights: Floats, bias: Floats, classes: NDArray[np.int64], labels: int, mean: Floats, scale: Floats) -> Head:
    """Put the weights of the classes that were seen in their places; a label never seen gets a score out of reach."""
    if len(classes) == 2 and len(weights) == 1:  # scikit-learn keeps one row for two classes
        weights = np.vstack([-weights, weights]).astype(np.float32) / np.float32(2)
        bias = np.concatenate([-bias, bias]).astype(np.float32) / np.float32(2)
    all_weights = np.zeros((labels, weights.shape[1]), np.float32)
    all_bias = np.full(labels, -30.0, np.float32)
    all_weights[classes], all_bias[classes] = weights, bias
    return Head(all_weights, all_bias, mean, scale, 1.0, np.full(labels, UNCALIBRATED, np.float32), is_multiple=False)


def _fit_many(vectors: Floats, targets: Floats) -> Head:
    """One binary regression a label; a label that all or none of the projects have keeps its base rate."""
    mean, scale = _standard(vectors)
    standard = (vectors - mean) / scale
    weights = np.zeros((targets.shape[1], vectors.shape[1]), np.float32)
    rates = targets.mean(axis=0).clip(0.5 / len(targets), 1 - 0.5 / len(targets))
    bias = np.log(rates / (1 - rates)).astype(np.float32)
    for label in range(targets.shape[1]):
        if 0 < targets[:, label].sum() < len(targets):
            model = LogisticRegression(C=PROJECT_STRENGTH, max_iter=5_000).fit(standard, targets[:, label])
            weights[label], bias[label] = model.coef_[0], model.intercept_[0]
    return Head(weights, bias, mean, scale, 1.0, np.full(targets.shape[1], UNCALIBRATED, np.float32), is_multiple=True)


def _with_temperature(head: Head, scores: Floats, targets: Floats) -> Head:
    losses = [_loss(scores / temperature, targets, many=head.is_multiple) for temperature in TEMPERATURES]
    return replace(head, temperature=float(TEMPERATURES[int(np.argmin(losses))]))


def _loss(scores: Floats, targets: Floats, *, many: bool) -> float:
    found = as_probabilities(scores, many=many).clip(1e-6, 1 - 1e-6)
    if many:
        return float(-(targets * np.log(found) + (1 - targets) * np.log(1 - found)).mean())
    return float(-(targets * np.log(found)).sum(axis=1).mean())


def _best_threshold(found: Floats, truth: NDArray[np.bool_]) -> float:
    """The threshold, shared by the labels, with the best mean F1."""

    def mean_f1(threshold: float) -> float:
        chosen = found >= threshold
        hits = (chosen & truth).sum(axis=0)
        return float((2 * hits / np.maximum(chosen.sum(axis=0) + truth.sum(axis=0), 1)).mean())

    return float(max(THRESHOLDS, key=mean_f1))
