"""Heads: they learn what can be parted, calibration makes them no surer than they are right, and refitting keeps it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from classifier.model.heads import Head, Heads, as_probabilities
from classifier.taxonomy import Field, Scheme
from classifier.text.statements import Statement
from classifier.training.corpus import LabelledProject, LabelledStatement
from classifier.training.heads import (
    PROJECT_STRENGTH,
    TEMPERATURES,
    THRESHOLDS,
    UNCALIBRATED,
    HeldOut,
    Vectors,
    calibrate,
    carry_calibration,
    fit_heads,
    join,
    score,
)
from classifier.training.segments import column_targets, project_targets
from tests.conftest import dummy_heads

SIZE = 60
HELD_OUT = 400
PER_PROJECT = 3
WIDTH = 12
COLUMNS = (("A",), ("P",), ("U", "K"))
"""The columns of a project's first, second and third statement."""
SEEN = 3
"""How many labels of each single field the projects have."""
Floats = NDArray[np.float32]


def projects_of(scheme: Scheme, size: int = SIZE, seen: int = SEEN) -> list[LabelledProject]:
    """Projects whose labels follow from their number."""

    def labels(number: int) -> dict[Field, tuple[str, ...]]:
        single = {field: (scheme.ids(field)[number % seen],) for field in Field if not field.is_multiple}
        first, second, third = scheme.ids(Field.BRANSCH)[:3]
        many = (first, *((second,) if number % 2 else ()))
        assert third not in many
        return single | {Field.BRANSCH: many, Field.VERKTYG: (), Field.SYFTE: scheme.ids(Field.SYFTE)[:1] if number % 2 else ()}

    statements = tuple(LabelledStatement(Statement(f"sats {codes}", 0, 6), codes) for codes in COLUMNS)
    return [LabelledProject(f"prov-{number:03}", "Prov", "text", statements, labels(number)) for number in range(size)]


def pointed(rows: list[int], seed: int, strength: float = 4.0) -> Floats:
    """Vectors that point along the axis given, with some noise."""
    generator = np.random.default_rng(seed)
    return (np.eye(WIDTH)[rows] * strength + generator.normal(size=(len(rows), WIDTH), scale=0.3)).astype(np.float32)


def vectors_of(scheme: Scheme, size: int = SIZE, seen: int = SEEN, seed: int = 1) -> Vectors:
    """Separable vectors: a statement's axis is its place, a project's axes are its label and whether its number is odd."""
    places = list(range(PER_PROJECT)) * size
    whole = pointed([number % seen for number in range(size)], seed + 2) + pointed([10 + number % 2 for number in range(size)], seed + 3)
    return Vectors(projects_of(scheme, size, seen), pointed(places, seed), pointed(places, seed + 1), whole)


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


def head_of(heads: Heads, field: Field | None) -> Head:
    return heads.fields[field] if field else heads.columns


def scores_of(held_out: HeldOut, field: Field | None) -> Floats:
    return held_out.fields[field] if field else held_out.columns


def is_many(field: Field | None) -> bool:
    return bool(field and field.is_multiple)


ALL_HEADS = [None, *Field]


@pytest.mark.parametrize("field", [field for field in Field if not field.is_multiple])
def test_heads_fit_single_fields_classify(scheme: Scheme, field: Field) -> None:
    heads, unseen = fit_heads(vectors_of(scheme), scheme), vectors_of(scheme, seed=50)
    shares = heads.fields[field].probabilities(unseen.whole)
    assert shares.argmax(axis=1).tolist() == [number % SEEN for number in range(SIZE)]
    assert shares.max(axis=1).min() > 0.6
    assert not heads.fields[field].is_multiple


def test_heads_fit_columns_classify(scheme: Scheme) -> None:
    heads, unseen = fit_heads(vectors_of(scheme), scheme), vectors_of(scheme, seed=50)
    codes = [column.code for column in scheme.columns]
    for vectors in (unseen.in_context, unseen.alone):
        shares = heads.columns.probabilities(vectors)
        assert [codes[number] for number in shares.argmax(axis=1)] == ["A", "P", "U"] * SIZE


def test_heads_fit_columns_share_of_several(scheme: Scheme) -> None:
    vectors = vectors_of(scheme)
    mean = dict(
        zip("RAPUKL-", fit_heads(vectors, scheme).columns.probabilities(vectors.in_context)[2::PER_PROJECT].mean(axis=0), strict=True)
    )
    assert mean["U"] > mean["K"] > 0.15
    assert mean["U"] / (mean["U"] + mean["K"]) == pytest.approx(0.7, abs=0.03)
    assert mean["K"] > 2 * max(mean["A"], mean["P"])


def test_heads_fit_columns_learn_from_both_readings(scheme: Scheme) -> None:
    vectors = vectors_of(scheme)
    far = replace(vectors, alone=np.roll(vectors.alone, PER_PROJECT, axis=1))
    heads = fit_heads(far, scheme)
    expected = np.tile([1, 2, 3], SIZE)
    assert (heads.columns.probabilities(far.in_context).argmax(axis=1) == expected).all()
    assert (heads.columns.probabilities(far.alone).argmax(axis=1) == expected).all()


def test_heads_fit_several_labels(scheme: Scheme) -> None:
    heads, unseen = fit_heads(vectors_of(scheme), scheme), vectors_of(scheme, seed=50)
    bransch = heads.fields[Field.BRANSCH]
    shares = bransch.probabilities(unseen.whole)
    assert bransch.is_multiple
    assert shares[1::2, 1].min() > 0.6
    assert shares[0::2, 1].max() < 0.4
    assert shares.sum(axis=1).max() > 1.2  # each label stands by itself


def test_heads_fit_label_all_or_none_have_keeps_base_rate(scheme: Scheme) -> None:
    heads = fit_heads(vectors_of(scheme), scheme)
    shares = heads.fields[Field.BRANSCH].probabilities(pointed([0, 5, 11], 9, strength=40))
    assert shares[:, 0] == pytest.approx(1 - 0.5 / SIZE, abs=1e-4)
    assert shares[:, 2:] == pytest.approx(0.5 / SIZE, abs=1e-4)
    verktyg = heads.fields[Field.VERKTYG]
    assert not verktyg.weights.any()
    assert verktyg.probabilities(vectors_of(scheme).whole).max() < 0.03


@pytest.mark.parametrize("field", [field for field in Field if not field.is_multiple])
def test_heads_fit_project_without_the_field(scheme: Scheme, field: Field) -> None:
    vectors = vectors_of(scheme)
    without = [
        replace(project, labels={name: labels for name, labels in project.labels.items() if number % SEEN or name is not field})
        for number, project in enumerate(vectors.projects)
    ]
    head = fit_heads(replace(vectors, projects=without), scheme).fields[field]
    assert head.probabilities(vectors.whole)[:, 0].max() < 1e-6  # no project left says the first label
    assert (head.probabilities(vectors.whole).argmax(axis=1)[1::SEEN] == 1).all()


@pytest.mark.parametrize("seen", [2, 3])
@pytest.mark.parametrize("field", [field for field in Field if not field.is_multiple])
def test_heads_fit_label_never_seen(scheme: Scheme, field: Field, seen: int) -> None:
    heads = fit_heads(vectors_of(scheme, seen=seen), scheme)
    shares = heads.fields[field].probabilities(pointed(list(range(WIDTH)), 3))
    assert shares.shape == (WIDTH, len(scheme.ids(field)))
    assert shares[:, seen:].max() < 1e-6
    assert shares[:, :seen].sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_heads_fit_column_never_seen(scheme: Scheme) -> None:
    shares = fit_heads(vectors_of(scheme), scheme).columns.probabilities(pointed(list(range(WIDTH)), 3))
    assert shares[:, [0, 5, 6]].max() < 1e-6  # R, L and outside
    assert shares[:, [1, 2, 3, 4]].min() > 1e-6


def test_heads_fit_two_labels_as_scikit_learn_does(scheme: Scheme) -> None:
    vectors = vectors_of(scheme, seen=2)
    head = fit_heads(vectors, scheme).fields[Field.EFFEKTKEDJA]
    standard = (vectors.whole - vectors.whole.mean(axis=0)) / vectors.whole.std(axis=0)
    model = LogisticRegression(C=PROJECT_STRENGTH, max_iter=5_000).fit(standard, [number % 2 for number in range(SIZE)])
    assert head.probabilities(vectors.whole)[:, :2] == pytest.approx(model.predict_proba(standard), abs=1e-3)


def test_heads_fit_leaves_calibration_open(scheme: Scheme) -> None:
    heads = fit_heads(vectors_of(scheme), scheme)
    for field in ALL_HEADS:
        assert head_of(heads, field).temperature == 1.0
        assert set(head_of(heads, field).thresholds.tolist()) == {UNCALIBRATED}


def test_heads_fit_same_each_time(scheme: Scheme) -> None:
    first, second = fit_heads(vectors_of(scheme), scheme), fit_heads(vectors_of(scheme), scheme)
    for field in ALL_HEADS:
        assert (head_of(first, field).weights == head_of(second, field).weights).all()
        assert (head_of(first, field).bias == head_of(second, field).bias).all()


def test_heads_score_in_context(scheme: Scheme) -> None:
    vectors = vectors_of(scheme)
    heads = fit_heads(vectors, scheme)
    scored = score(heads, replace(vectors, alone=np.zeros_like(vectors.alone)))
    assert scored.projects is vectors.projects
    assert (scored.columns == heads.columns.scores(vectors.in_context)).all()
    assert {field: scores.shape for field, scores in scored.fields.items()} == {field: (SIZE, len(scheme.ids(field))) for field in Field}
    assert (scored.fields[Field.SYFTE] == heads.fields[Field.SYFTE].scores(vectors.whole)).all()


def test_heads_join_keeps_order(scheme: Scheme) -> None:
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
def test_heads_calibrate_lowers_loss(scheme: Scheme, field: Field | None, sharpness: float) -> None:
    held_out = held_out_of(scheme, sharpness)
    head = head_of(calibrate(fit_heads(vectors_of(scheme), scheme), held_out, scheme), field)
    scores, targets = scores_of(held_out, field), targets_of(held_out, scheme, field)
    before = loss(scores, targets, many=is_many(field))
    after = loss(scores / head.temperature, targets, many=is_many(field))
    assert after < before - 0.01
    assert head.temperature == pytest.approx(sharpness, rel=0.2)


@pytest.mark.parametrize("field", ALL_HEADS)
def test_heads_calibrate_leaves_true_scores_be(scheme: Scheme, field: Field | None) -> None:
    head = head_of(calibrate(fit_heads(vectors_of(scheme), scheme), held_out_of(scheme, 1.0), scheme), field)
    assert head.temperature == pytest.approx(1.0, rel=0.2)


@pytest.mark.parametrize("sharpness", [8.0, 0.1])
def test_heads_calibrate_within_bounds(scheme: Scheme, sharpness: float) -> None:
    head = calibrate(fit_heads(vectors_of(scheme), scheme), held_out_of(scheme, sharpness), scheme).columns
    assert head.temperature == (TEMPERATURES[-1] if sharpness > 1 else TEMPERATURES[0])


@pytest.mark.parametrize("field", [None, Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP])
def test_heads_calibrate_as_sure_as_right(scheme: Scheme, field: Field | None) -> None:
    held_out = held_out_of(scheme, 2.5)
    head = head_of(calibrate(fit_heads(vectors_of(scheme), scheme), held_out, scheme), field)
    scores, targets = scores_of(held_out, field), targets_of(held_out, scheme, field)
    right = (scores.argmax(axis=1) == targets.argmax(axis=1)).mean()
    assert as_probabilities(scores, many=False).max(axis=1).mean() > right + 0.1
    assert as_probabilities(scores / head.temperature, many=False).max(axis=1).mean() == pytest.approx(right, abs=0.05)


@pytest.mark.parametrize("field", [None, Field.BRANSCH])
def test_heads_calibrate_threshold_has_best_f1(scheme: Scheme, field: Field | None) -> None:
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


def test_heads_calibrate_leaves_weights(scheme: Scheme) -> None:
    heads = fit_heads(vectors_of(scheme), scheme)
    calibrated = calibrate(heads, held_out_of(scheme, 6.0), scheme)
    for field in ALL_HEADS:
        assert head_of(calibrated, field).weights is head_of(heads, field).weights
        assert head_of(calibrated, field).bias is head_of(heads, field).bias
        assert head_of(calibrated, field).is_multiple is is_many(field)
    assert set(calibrated.fields[Field.EFFEKTKEDJA].thresholds.tolist()) == {UNCALIBRATED}  # the likeliest label is proposed


def test_heads_carry_calibration(scheme: Scheme) -> None:
    earlier, heads = dummy_heads(scheme), fit_heads(vectors_of(scheme), scheme)
    carried = carry_calibration(heads, earlier)
    for field in ALL_HEADS:
        old, new, both = head_of(earlier, field), head_of(heads, field), head_of(carried, field)
        assert both.temperature == old.temperature == 1.5
        assert both.thresholds.tolist() == old.thresholds.tolist() != new.thresholds.tolist()
        assert both.weights is new.weights
        assert both.bias is new.bias
        assert both.mean is new.mean
        assert both.scale is new.scale
    assert set(carried.fields) == set(Field)
