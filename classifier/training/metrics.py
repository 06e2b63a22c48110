"""Figures that say how good proposals are: pure functions from right and proposed labels to numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, confusion_matrix, precision_recall_fscore_support

BINS = 10
REVIEW_LIMITS = np.arange(0.3, 0.91, 0.1)
Floats = NDArray[np.floating[Any]]
Mask = NDArray[np.bool_]


def measure_choice(truth: Sequence[str], shares: Floats, ids: Sequence[str], likely: Mask | None = None) -> dict[str, Any]:
    """How good a choice of one label is: hits, calibration, confusions, and the prediction sets.

    Args:
        truth: the right label of every case.
        shares: probabilities, shape (cases, labels).
        ids: the labels, in the order of ``shares``.
        likely: which labels belong to the prediction set, shape (cases, labels).
    """
    found = [ids[number] for number in shares.argmax(axis=1)]
    hits = np.array([here == there for here, there in zip(truth, found, strict=True)])
    present = [name for name in ids if name in truth or name in found]
    in_truth = [name for name in ids if name in truth]
    precision, recall, f1, support = precision_recall_fscore_support(truth, found, labels=present, zero_division=0)
    by_label = {
        name: {"precision": rounded(p), "recall": rounded(r), "f1": rounded(f), "antal": int(n)}
        for name, p, r, f, n in zip(present, precision, recall, f1, support, strict=True)
    }
    result = {
        "antal": len(truth),
        "träffsäkerhet": rounded(accuracy_score(truth, found)),
        "makro_f1": rounded(np.mean([by_label[name]["f1"] for name in in_truth])),
        "ece": rounded(expected_calibration_error(shares.max(axis=1), hits)),
        "per_värde": by_label,
        "förväxlingar": {"ordning": present, "rader_är_facit": confusion_matrix(truth, found, labels=present).tolist()},
        "kalibrering": reliability(shares.max(axis=1), hits),
    }
    return result if likely is None else result | {"mängd": _measure_prediction_sets(truth, likely, ids)}


def measure_sets(truth: Sequence[Sequence[str]], found: Sequence[Sequence[str]], ids: Sequence[str]) -> dict[str, Any]:
    """F1 of every label where several can hold, and their mean over the labels that occur."""
    wanted = np.array([[name in labels for name in ids] for labels in truth])
    chosen = np.array([[name in labels for name in ids] for labels in found])
    support = wanted.sum(axis=0)
    # By hand, because scikit-learn takes a single label for a question of yes or no, and answers for both.
    hits = (wanted & chosen).sum(axis=0)
    precision, recall = hits / np.maximum(chosen.sum(axis=0), 1), hits / np.maximum(support, 1)
    f1 = 2 * hits / np.maximum(support + chosen.sum(axis=0), 1)
    used = np.flatnonzero(support).tolist()
    return {
        "makro_f1": rounded(f1[used].mean()) if used else 0.0,
        "per_värde": {
            ids[number]: {
                "precision": rounded(precision[number]),
                "recall": rounded(recall[number]),
                "f1": rounded(f1[number]),
                "antal": int(support[number]),
            }
            for number in used
        },
    }


def measure_review(sureness: Floats, hits: Mask, limit: float) -> dict[str, Any]:
    """What marking every case less sure than a limit for review means: the share marked, and how right the rest and the marked are.

    Args:
        sureness: the probability that the rule looks at, shape (cases,).
        hits: whether all that is reviewed is right, shape (cases,).
        limit: the limit in force; a range of others is given beside it.
    """
    return {
        "gräns": limit,
        **_at_limit(sureness, hits, limit),
        "gränser": [{"gräns": rounded(other), **_at_limit(sureness, hits, float(other))} for other in REVIEW_LIMITS],
    }


def expected_calibration_error(sureness: Floats, hits: Mask) -> float:
    """Mean distance between how sure and how right, over ten equally wide bins weighted by size (Naeini et al. 2015)."""
    return float(sum(abs(row["säkerhet"] - row["rätt"]) * row["antal"] for row in _bins(sureness, hits)) / len(sureness))


def reliability(sureness: Floats, hits: Mask) -> list[dict[str, float]]:
    """For each bin that is not empty: its lower bound, how sure and how right its cases are on average, and their number."""
    return [{name: value if name == "antal" else rounded(value) for name, value in row.items()} for row in _bins(sureness, hits)]


def rounded(value: Any) -> float:
    """A figure as it is written down."""
    return round(float(value), 4)


def _bins(sureness: Floats, hits: Mask) -> list[dict[str, float]]:
    bins = np.minimum((sureness * BINS).astype(int), BINS - 1)
    rows = []
    for number in np.unique(bins):
        own = bins == number
        rows.append(
            {"från": number / BINS, "säkerhet": float(sureness[own].mean()), "rätt": float(hits[own].mean()), "antal": int(own.sum())}
        )
    return rows


def _measure_prediction_sets(truth: Sequence[str], likely: Mask, ids: Sequence[str]) -> dict[str, Any]:
    covered = np.array([likely[row, ids.index(label)] for row, label in enumerate(truth)])
    by_label: Mapping[str, float] = {name: rounded(covered[[label == name for label in truth]].mean()) for name in ids if name in truth}
    return {
        "täckning": rounded(covered.mean()),
        "storlek": rounded(likely.sum(axis=1).mean()),
        "ensamma": rounded((likely.sum(axis=1) == 1).mean()),
        "täckning_per_värde": by_label,
    }


def _at_limit(sureness: Floats, hits: Mask, limit: float) -> dict[str, float | None]:
    marked = sureness < limit
    return {
        "andel": rounded(marked.mean()),
        "rätt_bland_övriga": rounded(hits[~marked].mean()) if not marked.all() else None,
        "rätt_bland_flaggade": rounded(hits[marked].mean()) if marked.any() else None,
    }
