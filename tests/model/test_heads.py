"""Heads: probabilities add up, contributions are exact, and files are the same each time."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from classifier.model.heads import COLUMNS, Features, Head, Heads, as_probabilities
from classifier.taxonomy import Field, Scheme
from tests.conftest import DIMENSIONS, WORDS, dummy_head, dummy_heads

SEEDS = st.integers(0, 2**32 - 1)


def vectors(seed: int, rows: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(rows, DIMENSIONS)).astype(np.float32)


def words_of(rows: np.ndarray) -> np.ndarray:
    """Some words that follow from vectors."""
    return np.maximum(rows[:, : len(WORDS.idf)], 0)


def features(rows: np.ndarray) -> Features:
    return Features(rows, csr_matrix(words_of(rows)))


def mean_features(rows: np.ndarray) -> Features:
    """What a project of these parts has."""
    return Features(rows.mean(axis=0, keepdims=True), csr_matrix(words_of(rows).mean(axis=0, keepdims=True)))


def scaled_head(seed: int, *, many: bool) -> Head:
    generator = np.random.default_rng(seed)
    return replace(
        dummy_head(5, many=many, seed=seed % 1_000),
        mean=generator.normal(size=DIMENSIONS).astype(np.float32),
        scale=generator.uniform(0.5, 2.0, DIMENSIONS).astype(np.float32),
        temperature=float(generator.uniform(0.5, 3.0)),
    )


@settings(deadline=None)
@given(SEEDS, st.integers(1, 20))
def test_heads_probabilities_sum_to_one(seed: int, rows: int) -> None:
    shares = scaled_head(seed, many=False).probabilities(features(vectors(seed, rows) * 10))
    assert shares.shape == (rows, 5)
    assert (shares >= 0).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, atol=1e-5)


@settings(deadline=None)
@given(SEEDS)
def test_heads_probabilities_follow_scores(seed: int) -> None:
    head = scaled_head(seed, many=False)
    row = vectors(seed, 1)
    np.testing.assert_array_equal(np.argsort(head.probabilities(features(row))), np.argsort(head.scores(features(row))))


def test_heads_probabilities_many_stand_alone() -> None:
    np.testing.assert_allclose(
        as_probabilities(np.array([[0.0, 2.0, -2.0]], np.float32), many=True), [[0.5, 0.880797, 0.119203]], atol=1e-5
    )


def test_heads_probabilities_large_scores_stay_finite() -> None:
    shares = as_probabilities(np.array([[1e4, 1e4, -1e4]], np.float32), many=False)
    np.testing.assert_allclose(shares, [[0.5, 0.5, 0.0]])


def test_heads_scores_are_standardised_and_calibrated() -> None:
    head = Head(
        weights=np.array([[2.0, 1.0]], np.float32),
        word_weights=np.array([[1.0, 0.0]], np.float32),
        bias=np.array([3.0], np.float32),
        mean=np.array([1.0, 2.0], np.float32),
        scale=np.array([2.0, 4.0], np.float32),
        temperature=2.0,
        thresholds=np.array([0.5], np.float32),
        set_thresholds=np.array([0.1], np.float32),
        is_multiple=True,
    )
    # ((5 - 1) / 2) * 2 + ((10 - 2) / 4) * 1 + 5 * 1 of the words + 3 = 14, halved by the temperature.
    np.testing.assert_allclose(head.scores(features(np.array([[5.0, 10.0]], np.float32))), [[7.0]])


def test_heads_temperature_softens() -> None:
    sharp = replace(dummy_head(4, many=False, seed=3), temperature=1.0)
    row = vectors(3, 1)
    assert replace(sharp, temperature=4.0).probabilities(features(row)).max() < sharp.probabilities(features(row)).max()


@settings(deadline=None)
@given(SEEDS, st.integers(1, 12), st.integers(0, 4))
def test_heads_contributions_sum_to_lead(seed: int, rows: int, label: int) -> None:
    head = scaled_head(seed, many=False)
    parts = vectors(seed, rows)
    scores = head.scores(mean_features(parts))[0] - head.bias / head.temperature
    found = head.contributions(head.scores(features(parts)), label)
    assert found.shape == (rows,)
    np.testing.assert_allclose(found.sum(), scores[label] - scores.mean(), atol=1e-3)


@settings(deadline=None)
@given(SEEDS, st.integers(1, 12), st.integers(0, 4))
def test_heads_contributions_many_sum_to_score(seed: int, rows: int, label: int) -> None:
    head = scaled_head(seed, many=True)
    parts = vectors(seed, rows)
    score = head.scores(mean_features(parts))[0, label] - head.bias[label] / head.temperature
    np.testing.assert_allclose(head.contributions(head.scores(features(parts)), label).sum(), score, atol=1e-3)


@settings(deadline=None)
@given(SEEDS, st.integers(2, 8))
def test_heads_contributions_cancel_over_labels(seed: int, rows: int) -> None:
    head = scaled_head(seed, many=False)
    parts = vectors(seed, rows)
    np.testing.assert_allclose(sum(head.contributions(head.scores(features(parts)), label) for label in range(5)), 0.0, atol=1e-3)


def test_heads_contributions_single_part_out_of_many() -> None:
    head = replace(dummy_head(3, many=False, seed=1), temperature=1.0, word_weights=np.zeros((3, len(WORDS.idf)), np.float32))
    parts = np.zeros((4, DIMENSIONS), np.float32)
    parts[2] = head.weights[0] - head.weights.mean(axis=0)
    found = head.contributions(head.scores(features(parts)), 0)
    np.testing.assert_array_equal(found[[0, 1, 3]], 0.0)
    np.testing.assert_allclose(found[2], float(parts[2] @ parts[2]) / 4, rtol=1e-4)


def test_heads_save_load_round_trip(tmp_path: Path, scheme: Scheme) -> None:
    heads = dummy_heads(scheme)
    heads.save(tmp_path / "heads.npz")
    loaded = Heads.load(tmp_path / "heads.npz")
    assert list(loaded.fields) == list(Field)
    row = vectors(5, 3)
    for before, after in [(heads.columns, loaded.columns), *((heads.fields[field], loaded.fields[field]) for field in Field)]:
        assert after.is_multiple is before.is_multiple
        np.testing.assert_array_equal(after.thresholds, before.thresholds)
        np.testing.assert_array_equal(after.probabilities(features(row)), before.probabilities(features(row)))


def test_heads_save_same_bytes(tmp_path: Path, scheme: Scheme) -> None:
    dummy_heads(scheme).save(tmp_path / "first.npz")
    Heads.load(tmp_path / "first.npz").save(tmp_path / "second.npz")
    assert (tmp_path / "first.npz").read_bytes() == (tmp_path / "second.npz").read_bytes()


def test_heads_load_refuses_pickle(tmp_path: Path, scheme: Scheme) -> None:
    path = tmp_path / "heads.npz"
    dummy_heads(scheme).save(path)
    with np.load(path) as arrays:
        content = dict(arrays)
    np.savez(path, **content | {f"{COLUMNS}/weights": np.array([{"farligt": True}], dtype=object)}, allow_pickle=True)
    with pytest.raises(ValueError, match="allow_pickle=False"):
        Heads.load(path)
