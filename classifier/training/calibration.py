"""Calibrate heads on texts that neither they nor their encoder have seen: temperatures, thresholds and prediction sets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from classifier.model.heads import Features, Head, Heads, as_probabilities
from classifier.taxonomy import Field, Scheme
from classifier.training.corpus import LabelledProject
from classifier.training.heads import Vectors, project_words, statement_words
from classifier.training.segments import column_targets, project_targets

Floats = NDArray[np.float32]

TEMPERATURES = np.geomspace(0.4, 4.0, 60)
THRESHOLDS = np.arange(0.08, 0.61, 0.02)
COVERAGE = 0.9
"""How often the prediction set is to hold the right label, for each label by itself."""


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
    """Score projects and statements as they are read at run time."""
    own = Features(vectors.read_twice, statement_words(heads.words, vectors.projects))
    whole = Features(vectors.whole, project_words(heads.words, vectors.projects))
    return HeldOut(vectors.projects, heads.columns.scores(own), {field: head.scores(whole) for field, head in heads.fields.items()})


def join(parts: Sequence[HeldOut]) -> HeldOut:
    """Put the held-out scores of several folds together."""
    return HeldOut(
        [project for part in parts for project in part.projects],
        np.concatenate([part.columns for part in parts]),
        {field: np.concatenate([part.fields[field] for part in parts]) for field in Field},
    )


def calibrate(heads: Heads, held_out: HeldOut, scheme: Scheme) -> Heads:
    """Set temperatures by likelihood, thresholds by F1 and prediction sets by their coverage, all on held-out scores of whole texts."""
    held_out, _ = held_out.parted()
    statements = [item for project in held_out.projects for item in project.statements]
    shares = column_targets(statements, scheme)
    main = np.eye(shares.shape[1], dtype=np.float32)[shares.argmax(axis=1)]
    columns = _with_temperature(heads.columns, held_out.columns, main)
    found = as_probabilities(held_out.columns / columns.temperature, many=False)
    inside = slice(0, len(scheme.columns) - 1)  # outside the chain is never one column of several
    columns = replace(
        columns,
        thresholds=np.full(len(scheme.columns), _best_threshold(found[:, inside], shares[:, inside] > 0), np.float32),
        set_thresholds=set_thresholds(found, shares.argmax(axis=1)),
    )
    fields = {}
    for field, head in heads.fields.items():
        targets = project_targets(held_out.projects, field, scheme)
        fields[field] = _with_temperature(head, held_out.fields[field], targets)
        found = as_probabilities(held_out.fields[field] / fields[field].temperature, many=field.is_multiple)
        if field.is_multiple:
            fields[field] = replace(fields[field], thresholds=np.full(targets.shape[1], _best_threshold(found, targets > 0), np.float32))
        else:
            fields[field] = replace(fields[field], set_thresholds=set_thresholds(found, targets.argmax(axis=1)))
    return replace(heads, columns=columns, fields=fields)


def carry_calibration(heads: Heads, earlier: Heads) -> Heads:
    """Give refitted heads the temperatures, thresholds and prediction sets of earlier ones, found on unseen texts.

    The encoder has met the corpus, so scores on it are too sure to calibrate on.
    """

    def carried(head: Head, old: Head) -> Head:
        return replace(head, temperature=old.temperature, thresholds=old.thresholds, set_thresholds=old.set_thresholds)

    fields = {field: carried(head, earlier.fields[field]) for field, head in heads.fields.items()}
    return replace(heads, columns=carried(heads.columns, earlier.columns), fields=fields)


def set_thresholds(shares: Floats, truth: NDArray[np.intp], coverage: float = COVERAGE) -> Floats:
    """Split-conformal thresholds, one a label (Vovk 2012, label-conditional; Sadinle, Lei and Wasserman 2019).

    Of ``n`` unseen cases with a label, the threshold is the k-th smallest probability they gave it, with k = ⌊(1 - coverage)(n + 1)⌋: a
    further such case falls below it with a chance of at most 1 - coverage. Thresholds of its own keep the promise for
    rare labels too; a label with too few cases for any promise belongs to every set.

    Args:
        shares: probabilities of unseen cases, shape (cases, labels).
        truth: the number of each case's right label, shape (cases,).
        coverage: the promise.
    """
    thresholds = np.zeros(shares.shape[1], np.float32)
    for label in range(shares.shape[1]):
        own = np.sort(shares[truth == label, label])
        rank = int(np.floor((1 - coverage) * (len(own) + 1) + 1e-9))
        if rank:
            thresholds[label] = own[rank - 1]
    return thresholds


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
