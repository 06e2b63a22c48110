"""Heads: they learn what can be parted."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from classifier.model.heads import Features, Head, Heads
from classifier.taxonomy import Field, Scheme
from classifier.text.statements import Statement
from classifier.training.corpus import LabelledProject, LabelledStatement
from classifier.training.heads import (
    PROJECT_STRENGTH,
    PROJECT_WORD_SHARE,
    PROJECT_WORD_STRENGTH,
    UNCALIBRATED,
    Vectors,
    fit_heads,
    fit_words,
    parts_of,
    project_words,
    statement_words,
)

SIZE = 60
PER_PROJECT = 3
WIDTH = 12
COLUMNS = (("A",), ("P",), ("U", "K"))
"""The columns of a project's first, second and third statement."""
ODD = ("jämn", "udda")
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
    return [
        LabelledProject(f"prov-{number:03}", f"Slag{number % seen} {ODD[number % 2]}", "text", statements, labels(number))
        for number in range(size)
    ]


def pointed(rows: list[int], seed: int, strength: float = 4.0) -> Floats:
    """Vectors that point along the axis given, with some noise."""
    generator = np.random.default_rng(seed)
    return (np.eye(WIDTH)[rows] * strength + generator.normal(size=(len(rows), WIDTH), scale=0.3)).astype(np.float32)


def shares_of(heads: Heads, field: Field | None, vectors: Vectors, *, alone: bool = False) -> Floats:
    """What the heads find in projects, or in their statements."""
    if field:
        return heads.fields[field].probabilities(Features(vectors.whole, project_words(heads.words, vectors.projects)))
    own = vectors.alone if alone else vectors.in_context
    return heads.columns.probabilities(Features(own, statement_words(heads.words, vectors.projects)))


def wordless(heads: Heads, vectors: Floats) -> Features:
    """Vectors of texts that hold none of the words."""
    return Features(vectors, csr_matrix((len(vectors), len(heads.words.idf)), dtype=np.float32))


def vectors_of(scheme: Scheme, size: int = SIZE, seen: int = SEEN, seed: int = 1) -> Vectors:
    """Separable vectors: a statement's axis is its place, a project's axes are its label and whether its number is odd."""
    places = list(range(PER_PROJECT)) * size
    whole = pointed([number % seen for number in range(size)], seed + 2) + pointed([10 + number % 2 for number in range(size)], seed + 3)
    return Vectors(projects_of(scheme, size, seen), pointed(places, seed), pointed(places, seed + 1), whole)


def head_of(heads: Heads, field: Field | None) -> Head:
    return heads.fields[field] if field else heads.columns


ALL_HEADS = [None, *Field]


@pytest.mark.parametrize("field", [field for field in Field if not field.is_multiple])
def test_heads_fit_single_fields_classify(scheme: Scheme, field: Field) -> None:
    heads, unseen = fit_heads(vectors_of(scheme), scheme), vectors_of(scheme, seed=50)
    shares = shares_of(heads, field, unseen)
    assert shares.argmax(axis=1).tolist() == [number % SEEN for number in range(SIZE)]
    assert shares.max(axis=1).min() > 0.6
    assert not heads.fields[field].is_multiple


def test_heads_fit_columns_classify(scheme: Scheme) -> None:
    heads, unseen = fit_heads(vectors_of(scheme), scheme), vectors_of(scheme, seed=50)
    codes = [column.code for column in scheme.columns]
    for alone in (False, True):
        shares = shares_of(heads, None, unseen, alone=alone)
        assert [codes[number] for number in shares.argmax(axis=1)] == ["A", "P", "U"] * SIZE


def test_heads_fit_columns_share_of_several(scheme: Scheme) -> None:
    vectors = vectors_of(scheme)
    mean = dict(zip("RAPUKL-", shares_of(fit_heads(vectors, scheme), None, vectors)[2::PER_PROJECT].mean(axis=0), strict=True))
    assert mean["U"] > mean["K"] > 0.15
    assert mean["U"] / (mean["U"] + mean["K"]) == pytest.approx(0.7, abs=0.03)
    assert mean["K"] > 2 * max(mean["A"], mean["P"])


def test_heads_fit_columns_learn_from_both_readings(scheme: Scheme) -> None:
    vectors = vectors_of(scheme)
    far = replace(vectors, alone=np.roll(vectors.alone, PER_PROJECT, axis=1))
    heads = fit_heads(far, scheme)
    expected = np.tile([1, 2, 3], SIZE)
    assert (shares_of(heads, None, far).argmax(axis=1) == expected).all()
    assert (shares_of(heads, None, far, alone=True).argmax(axis=1) == expected).all()


def test_heads_fit_several_labels(scheme: Scheme) -> None:
    heads, unseen = fit_heads(vectors_of(scheme), scheme), vectors_of(scheme, seed=50)
    bransch = heads.fields[Field.BRANSCH]
    shares = shares_of(heads, Field.BRANSCH, unseen)
    assert bransch.is_multiple
    assert shares[1::2, 1].min() > 0.6
    assert shares[0::2, 1].max() < 0.4
    assert shares.sum(axis=1).max() > 1.2  # each label stands by itself


def test_heads_fit_label_all_or_none_have_keeps_base_rate(scheme: Scheme) -> None:
    heads = fit_heads(vectors_of(scheme), scheme)
    shares = heads.fields[Field.BRANSCH].probabilities(wordless(heads, pointed([0, 5, 11], 9, strength=40)))
    assert shares[:, 0] == pytest.approx(1 - 0.5 / SIZE, abs=1e-4)
    assert shares[:, 2:] == pytest.approx(0.5 / SIZE, abs=1e-4)
    verktyg = heads.fields[Field.VERKTYG]
    assert not verktyg.weights.any()
    assert shares_of(heads, Field.VERKTYG, vectors_of(scheme)).max() < 0.03


@pytest.mark.parametrize("field", [field for field in Field if not field.is_multiple])
def test_heads_fit_project_without_the_field(scheme: Scheme, field: Field) -> None:
    vectors = vectors_of(scheme)
    without = [
        replace(project, labels={name: labels for name, labels in project.labels.items() if number % SEEN or name is not field})
        for number, project in enumerate(vectors.projects)
    ]
    shares = shares_of(fit_heads(replace(vectors, projects=without), scheme), field, vectors)
    assert shares[:, 0].max() < 1e-6  # no project left says the first label
    assert (shares.argmax(axis=1)[1::SEEN] == 1).all()


@pytest.mark.parametrize("seen", [2, 3])
@pytest.mark.parametrize("field", [field for field in Field if not field.is_multiple])
def test_heads_fit_label_never_seen(scheme: Scheme, field: Field, seen: int) -> None:
    heads = fit_heads(vectors_of(scheme, seen=seen), scheme)
    shares = heads.fields[field].probabilities(wordless(heads, pointed(list(range(WIDTH)), 3)))
    assert shares.shape == (WIDTH, len(scheme.ids(field)))
    assert shares[:, seen:].max() < 1e-6
    assert shares[:, :seen].sum(axis=1) == pytest.approx(1.0, abs=1e-5)


def test_heads_fit_column_never_seen(scheme: Scheme) -> None:
    heads = fit_heads(vectors_of(scheme), scheme)
    shares = heads.columns.probabilities(wordless(heads, pointed(list(range(WIDTH)), 3)))
    assert shares[:, [0, 5, 6]].max() < 1e-6  # R, L and outside
    assert shares[:, [1, 2, 3, 4]].min() > 1e-6


@pytest.mark.parametrize("seen", [2, 3])
def test_heads_fit_mean_of_two_regressions(scheme: Scheme, seen: int) -> None:
    """A score is the weighted mean of what scikit-learn's own regressions on vectors and on words say."""
    vectors = vectors_of(scheme, seen=seen)
    heads = fit_heads(vectors, scheme)
    standard = (vectors.whole - vectors.whole.mean(axis=0)) / vectors.whole.std(axis=0)
    words = project_words(heads.words, vectors.projects)
    labels = [number % seen for number in range(SIZE)]
    by_vectors = LogisticRegression(C=PROJECT_STRENGTH, max_iter=5_000).fit(standard, labels).predict_log_proba(standard)
    by_words = LogisticRegression(C=PROJECT_WORD_STRENGTH, max_iter=5_000).fit(words, labels).predict_log_proba(words)
    mean = np.exp((1 - PROJECT_WORD_SHARE) * by_vectors + PROJECT_WORD_SHARE * by_words)
    wanted = mean / mean.sum(axis=1, keepdims=True)
    assert shares_of(heads, Field.EFFEKTKEDJA, vectors)[:, :seen] == pytest.approx(wanted, abs=6e-3)


def test_heads_project_words_are_the_mean_of_its_parts(scheme: Scheme) -> None:
    projects = projects_of(scheme, 4)
    words = fit_words([text for project in projects for text in parts_of(project)])
    [row] = project_words(words, projects[1:2]).toarray()
    assert parts_of(projects[1])[0] == projects[1].title
    assert row == pytest.approx(words.transform(parts_of(projects[1])).toarray().mean(axis=0), abs=1e-6)
    assert statement_words(words, projects).shape == (4 * PER_PROJECT, len(words.idf))


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
