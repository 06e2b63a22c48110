"""Metrics: prediction sets, reliability and review against sums done by hand."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.training.metrics import measure_choice, measure_review, measure_sets, reliability

IDS = ("a", "b", "c")
SHARES = np.array([[0.8, 0.1, 0.1], [0.3, 0.6, 0.1], [0.5, 0.3, 0.2], [0.2, 0.2, 0.6]])
TRUTH = ["a", "b", "b", "a"]


def test_metrics_prediction_sets() -> None:
    likely = np.array([[True, False, False], [True, True, False], [True, True, True], [False, False, True]])
    assert measure_choice(TRUTH, SHARES, IDS, likely)["mängd"] == {
        "täckning": 0.75,
        "storlek": 1.75,
        "ensamma": 0.5,
        "täckning_per_värde": {"a": 0.5, "b": 1.0},
    }


def test_metrics_choice_without_sets_says_nothing_of_them() -> None:
    assert "mängd" not in measure_choice(TRUTH, SHARES, IDS)


def test_metrics_reliability_by_bin() -> None:
    rows = reliability(np.array([0.55, 0.58, 0.91, 1.0]), np.array([True, False, True, True]))
    assert rows == [
        {"från": 0.5, "säkerhet": 0.565, "rätt": 0.5, "antal": 2},
        {"från": 0.9, "säkerhet": 0.955, "rätt": 1.0, "antal": 2},
    ]


def test_metrics_review_at_a_range_of_limits() -> None:
    review = measure_review(np.array([0.35, 0.55, 0.75, 0.95]), np.array([False, False, True, True]), 0.6)
    assert (review["andel"], review["rätt_bland_övriga"], review["rätt_bland_flaggade"]) == (0.5, 1.0, 0.0)
    assert [row["andel"] for row in review["gränser"]] == [0.0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75]
    assert [row["gräns"] for row in review["gränser"]] == pytest.approx([0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9])


def test_metrics_sets_precision_and_recall() -> None:
    found = measure_sets([("a",), ("a", "b"), ()], [("a", "b"), ("b",), ("a",)], IDS)
    assert found["per_värde"]["a"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "antal": 2}
    assert found["per_värde"]["b"] == {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "antal": 1}
    assert found["makro_f1"] == pytest.approx(0.5833, abs=1e-4)
