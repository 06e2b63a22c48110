"""Points: how near an answer comes to the key, and to what most of the room answered. There is no single truth, so points are partial."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from classifier.stryktips.crosses import Crosses, likeness

HOW = "Varje rad ger 0–1 poäng: kryssen du delar med facit, av alla kryss som du eller facit har, där ett svagt kryss, (X), räknas som ett halvt."
"""What the points mean, for the players, in one sentence."""


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


def row_points(answer: Crosses | None, key: Crosses | None, *, is_single: bool = False) -> float | None:
    """Points for one row, from 0 to 1, by the likeness of answer and key; nothing when there is no key. No crosses give 0.

    Args:
        answer: what was crossed.
        key: the key, or what else the answer is held against.
        is_single: whether a row takes one cross only; if the key then holds several, as when the room is divided, any of them is right.
    """
    if key is None or not len(key):
        return None
    if answer is None or not len(answer):
        return 0.0
    if is_single and len(key) > 1:
        return max(likeness(answer, key.only(choice)) for choice in key.weights)
    return likeness(answer, key)


def score(answers: Mapping[int, Crosses], keys: Sequence[Crosses | None], *, is_single: bool = False) -> Score:
    """Points over a coupon.

    Args:
        answers: row → what was answered; a row without an answer gives no points.
        keys: for every row the key, or what else answers are held against.
        is_single: as in :func:`row_points`.
    """
    rows = [row_points(answers.get(row), key, is_single=is_single) for row, key in enumerate(keys)]
    found = [points for points in rows if points is not None]
    return Score(sum(found), len(found))


def majority(answers: Iterable[Crosses]) -> Crosses | None:
    """What most of the room answered in a row.

    A choice stands in the majority when at least half of all who answered have crossed it; when none does, the most crossed ones stand, so
    that there is always an answer. It stands weakly when more of its crosses are weak than full. Nothing when nobody has crossed anything.
    """
    given = [answer for answer in answers if len(answer)]
    full = Counter(choice for answer in given for choice in answer.full)
    weak = Counter(choice for answer in given for choice in answer.weak)
    crossed = full + weak
    if not crossed:
        return None
    least = min(len(given) / 2, max(crossed.values()))
    chosen = frozenset(choice for choice, number in crossed.items() if number >= least)
    weakly = frozenset(choice for choice in chosen if weak[choice] > full[choice])
    return Crosses(chosen - weakly, weakly)


def common_answer(answers: Iterable[Crosses], *, is_single: bool) -> Crosses:
    """What a team that is to have one answer begins with: what most of it answered; nothing where a row takes one cross and it is divided."""
    found = majority(answers) or Crosses()
    return Crosses() if is_single and len(found) > 1 else found
