"""Points: how near an answer comes to the key, and to what most of the room answered. There is no single truth, so points are partial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifier.stryktips.crosses import FULL, Crosses, likeness

HOW = (
    "Varje rad ger mellan 0 och 1 poäng: ju fler kryss du delar med facit och ju färre som bara en av er har, desto mer. Ett svagt kryss, (X), räknas "
    "som ett halvt."
)
"""What the points mean, for the players, in a sentence or two."""


@dataclass(frozen=True)
class Score:
    """Somebody's points: one at most for each row that counts."""

    points: float
    rows: int
    """Rows that could give points."""

    @property
    def share(self) -> float:
        """Points of those that could be had, from 0 to 1; 0 when none could."""
        return self.points / self.rows if self.rows else 0.0


def row_points(answer: Crosses | None, key: Crosses | None) -> float | None:
    """Points for one row, from 0 to 1, by the likeness of answer and key; nothing when there is no key. No crosses give 0."""
    if key is None or not len(key):
        return None
    return likeness(answer, key) if answer is not None and len(answer) else 0.0


def score(answers: Mapping[int, Crosses], keys: Sequence[Crosses | None]) -> Score:
    """Points over a coupon.

    Args:
        answers: row → what was answered; a row without an answer gives no points.
        keys: for every row the key, or what else answers are held against.
    """
    points = [found for row, key in enumerate(keys) if (found := row_points(answers.get(row), key)) is not None]
    return Score(sum(points), len(points))


def majority(answers: Iterable[Crosses]) -> Crosses | None:
    """What most of the room answered in a row.

    A choice stands in the majority when its crosses weigh at least half of all who answered; when none does, the weightiest ones stand, so that
    there is always an answer. Nothing when nobody has crossed anything.
    """
    given = [answer for answer in answers if len(answer)]
    weights: dict[str, float] = {}
    for answer in given:
        for choice, weight in answer.weights.items():
            weights[choice] = weights.get(choice, 0.0) + weight
    if not weights:
        return None
    least = min(len(given) * FULL / 2, max(weights.values()))
    return Crosses.of(choice for choice, weight in weights.items() if weight >= least)
