"""Calibration: it makes heads no surer than they are right, prediction sets keep their promise, and refitting keeps both."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from classifier.model.heads import Features, as_probabilities
from classifier.taxonomy import Field, Scheme
from classifier.text.statements import Statement
from classifier.training.calibration import (
    COVERAGE,
    TEMPERATURES,
    THRESHOLDS,
    HeldOut,
    calibrate,
    carry_calibration,
    join,
    score,
    set_thresholds,
)
from classifier.training.corpus import LabelledProject, LabelledStatement
from classifier.training.heads import UNCALIBRATED, fit_heads, project_words, statement_words
from classifier.training.segments import column_targets, project_targets
from tests.conftest import dummy_heads
from tests.training.test_heads import ALL_HEADS, SIZE, head_of, vectors_of

HELD_OUT = 400
Floats = NDArray[np.float32]


def held_out_of(scheme: Scheme, sharpness: float) -> HeldOut:
    """Scores that are ``sharpness`` times as sure as they should be: the labels are drawn with the probabilities of the true scores."""
    generator = np.random.default_rng(7)

    def drawn(labels: int, *, many: bool) -> tuple[Floats, NDArray[np.bool_]]:
        scores = generator.normal(size=(HELD_OUT, labels), scale=1.8).astype(np.float32)
        shares = as_probabilities(scores, many=many)
        chances = generator.random((HELD_OUT, labels))
        if many:
            return scores, chances < shares
        return scores, np.eye(labels, dtype=bool)[(np.log(shares) - np.log(-np.log(chances))).argmax(axis=1)]

    columns, main = drawn(len(scheme.columns), many=False)
    fields = {field: drawn(len(scheme.ids(field)), many=field.is_multiple) for field in Field}
    projects = [
        LabelledProject(
            f"prov-{row:03}",
            "Prov",
            "text",
            (LabelledStatement(Statement("sats", 0, 4), (scheme.columns[int(main[row].argmax())].code,)),),
            {field: tuple(np.array(scheme.ids(field))[held[row]].tolist()) for field, (_, held) in fields.items()},
        )
        for row in range(HELD_OUT)
    ]
    return HeldOut(projects, columns * sharpness, {field: scores * sharpness for field, (scores, _) in fields.items()})


def targets_of(held_out: HeldOut, scheme: Scheme, field: Field | None) -> Floats:
    if field:
        return project_targets(held_out.projects, field, scheme)
    return column_targets([item for project in held_out.projects for item in project.statements], scheme)


def loss(scores: Floats, targets: Floats, *, many: bool) -> float:
    """Negative log likelihood, counted in the plain way."""
    scores = scores.astype(float)
    if many:
        return float(np.mean(np.logaddexp(0, scores) - targets * scores))
    return float(np.mean(targets.sum(axis=1) * np.logaddexp.reduce(scores, axis=1) - (targets * scores).sum(axis=1)))


def scores_of(held_out: HeldOut, field: Field | None) -> Floats:
    return held_out.fields[field] if field else held_out.columns


def is_many(field: Field | None) -> bool:
    return bool(field and field.is_multiple)


def test_calibration_score_reads_statements_twice(scheme: Scheme) -> None:
    vectors = vectors_of(scheme)
    heads = fit_heads(vectors, scheme)
    scored = score(heads, vectors)
    assert scored.projects is vectors.projects
    assert (
        scored.columns
        == heads.columns.scores(Features((vectors.in_context + vectors.alone) / 2, statement_words(heads.words, vectors.projects)))
    ).all()
    assert {field: scores.shape for field, scores in scored.fields.items()} == {field: (SIZE, len(scheme.ids(field))) for field in Field}
    assert (
        scored.fields[Field.SYFTE]
        == heads.fields[Field.SYFTE].scores(Features(vectors.whole, project_words(heads.words, vectors.projects)))
    ).all()


def test_calibration_join_keeps_order(scheme: Scheme) -> None:
    heads = fit_heads(vectors_of(scheme), scheme)
    parts = [score(heads, vectors_of(scheme, size, seed=size)) for size in (2, 5)]
    joined = join(parts)
    assert len(joined.projects) == 7
    assert list(joined.projects[2:]) == list(parts[1].projects)
    assert (joined.columns == np.vstack([parts[0].columns, parts[1].columns])).all()
    assert (joined.fields[Field.BRANSCH][:2] == parts[0].fields[Field.BRANSCH]).all()
    assert joined.fields[Field.PROJEKTTYP].shape == (7, 5)


@pytest.mark.parametrize("field", ALL_HEADS)
@pytest.mark.parametrize("sharpness", [2.5, 0.6])
def test_calibration_lowers_loss(scheme: Scheme, field: Field | None, sharpness: float) -> None:
    held_out = held_out_of(scheme, sharpness)
    head = head_of(calibrate(fit_heads(vectors_of(scheme), scheme), held_out, scheme), field)
    scores, targets = scores_of(held_out, field), targets_of(held_out, scheme, field)
    before = loss(scores, targets, many=is_many(field))
    after = loss(scores / head.temperature, targets, many=is_many(field))
    assert after < before - 0.01
    assert head.temperature == pytest.approx(sharpness, rel=0.2)


@pytest.mark.parametrize("field", ALL_HEADS)
def test_calibration_leaves_true_scores_be(scheme: Scheme, field: Field | None) -> None:
    head = head_of(calibrate(fit_heads(vectors_of(scheme), scheme), held_out_of(scheme, 1.0), scheme), field)
    assert head.temperature == pytest.approx(1.0, rel=0.2)


@pytest.mark.parametrize("sharpness", [8.0, 0.1])
def test_calibration_within_bounds(scheme: Scheme, sharpness: float) -> None:
    head = calibrate(fit_heads(vectors_of(scheme), scheme), held_out_of(scheme, sharpness), scheme).columns
    assert head.temperature == (TEMPERATURES[-1] if sharpness > 1 else TEMPERATURES[0])


@pytest.mark.parametrize("field", [None, Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP])
def test_calibration_as_sure_as_right(scheme: Scheme, field: Field | None) -> None:
    held_out = held_out_of(scheme, 2.5)
    head = head_of(calibrate(fit_heads(vectors_of(scheme), scheme), held_out, scheme), field)
    scores, targets = scores_of(held_out, field), targets_of(held_out, scheme, field)
    right = (scores.argmax(axis=1) == targets.argmax(axis=1)).mean()
    assert as_probabilities(scores, many=False).max(axis=1).mean() > right + 0.1
    assert as_probabilities(scores / head.temperature, many=False).max(axis=1).mean() == pytest.approx(right, abs=0.05)


@pytest.mark.parametrize("field", [None, Field.BRANSCH])
def test_calibration_threshold_has_best_f1(scheme: Scheme, field: Field | None) -> None:
    held_out = held_out_of(scheme, 1.0)
    head = head_of(calibrate(fit_heads(vectors_of(scheme), scheme), held_out, scheme), field)
    inside = slice(0, 6) if field is None else slice(None)
    shares = as_probabilities(scores_of(held_out, field) / head.temperature, many=is_many(field))[:, inside]
    truth = targets_of(held_out, scheme, field)[:, inside] > 0

    def mean_f1(threshold: float) -> float:
        chosen = shares >= threshold
        hits, wrong, missed = ((chosen & truth).sum(axis=0), (chosen & ~truth).sum(axis=0), (~chosen & truth).sum(axis=0))
        return float(np.mean([h / (h + (w + m) / 2) if h + w + m else 0.0 for h, w, m in zip(hits, wrong, missed, strict=True)]))

    (threshold,) = set(head.thresholds.tolist())
    assert mean_f1(threshold) == pytest.approx(max(map(mean_f1, THRESHOLDS)), abs=1e-6)
    assert min(map(mean_f1, THRESHOLDS)) < mean_f1(threshold) - 0.05


def test_calibration_leaves_weights(scheme: Scheme) -> None:
    heads = fit_heads(vectors_of(scheme), scheme)
    calibrated = calibrate(heads, held_out_of(scheme, 6.0), scheme)
    for field in ALL_HEADS:
        assert head_of(calibrated, field).weights is head_of(heads, field).weights
        assert head_of(calibrated, field).bias is head_of(heads, field).bias
        assert head_of(calibrated, field).is_multiple is is_many(field)
    assert set(calibrated.fields[Field.EFFEKTKEDJA].thresholds.tolist()) == {UNCALIBRATED}  # the likeliest label is proposed


def test_calibration_carry_calibration(scheme: Scheme) -> None:
    earlier, heads = dummy_heads(scheme), fit_heads(vectors_of(scheme), scheme)
    carried = carry_calibration(heads, earlier)
    for field in ALL_HEADS:
        old, new, both = head_of(earlier, field), head_of(heads, field), head_of(carried, field)
        assert both.temperature == old.temperature == 1.5
        assert both.thresholds.tolist() == old.thresholds.tolist() != new.thresholds.tolist()
        assert both.set_thresholds.tolist() == old.set_thresholds.tolist() != new.set_thresholds.tolist()
        assert both.weights is new.weights
        assert both.bias is new.bias
        assert both.mean is new.mean
        assert both.scale is new.scale
    assert set(carried.fields) == set(Field)


@given(st.integers(0, 400), st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_calibration_set_thresholds_leave_out_at_most_a_tenth(cases: int, labels: int, seed: int) -> None:
    generator = np.random.default_rng(seed)
    shares = generator.dirichlet(np.ones(labels), cases).astype(np.float32)
    truth = generator.integers(labels, size=cases)
    thresholds = set_thresholds(shares, truth)
    for label in range(labels):
        own = shares[truth == label, label]
        assert (own < thresholds[label]).sum() <= (1 - COVERAGE) * (len(own) + 1)
        if len(own) < 9:  # too few for a promise of nine in ten
            assert thresholds[label] == 0


def test_calibration_set_thresholds_are_the_kth_smallest() -> None:
    shares = np.stack([np.arange(1, 30) / 100, 1 - np.arange(1, 30) / 100], axis=1).astype(np.float32)
    thresholds = set_thresholds(shares, np.zeros(29, int))
    assert thresholds.tolist() == pytest.approx([0.03, 0.0])  # a tenth of 29 + 1 cases is three


@pytest.mark.parametrize("field", [None, Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP])
def test_calibration_sets_cover_unseen_cases(scheme: Scheme, field: Field | None) -> None:
    """Thresholds from one half of the cases hold for the other, in every label that is common enough to tell."""
    held_out = held_out_of(scheme, 2.5)
    head = head_of(calibrate(fit_heads(vectors_of(scheme), scheme), held_out, scheme), field)
    shares = as_probabilities(scores_of(held_out, field) / head.temperature, many=False)
    truth = targets_of(held_out, scheme, field).argmax(axis=1)
    half = replace(head, set_thresholds=set_thresholds(shares[::2], truth[::2]))
    likely = half.likely(shares[1::2])
    assert likely[np.arange(len(likely)), truth[1::2]].mean() > COVERAGE - 0.06
    assert likely.sum(axis=1).mean() < 0.9 * shares.shape[1]
    assert likely[np.arange(len(likely)), shares[1::2].argmax(axis=1)].all()


def test_calibration_sets_of_several_labels_stay_open(scheme: Scheme) -> None:
    assert not calibrate(fit_heads(vectors_of(scheme), scheme), held_out_of(scheme, 1.0), scheme).fields[Field.BRANSCH].set_thresholds.any()
