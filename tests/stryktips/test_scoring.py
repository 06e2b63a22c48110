"""Points: partial, fair both ways, and never less than nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.stryktips.coupon import standard
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.scoring import HOW, Score, majority, row_points, score
from tests.stryktips.strategies import CHOICES, crosses, single_crosses, some_crosses

keys = st.lists(st.none() | crosses, max_size=6)
sheets = st.dictionaries(st.integers(0, 6), crosses)


@given(some_crosses, some_crosses)
def test_scoring_row_points_are_symmetric(answer: Crosses, key: Crosses) -> None:
    assert row_points(answer, key) == row_points(key, answer)


@given(st.none() | crosses, some_crosses)
def test_scoring_row_points_lie_between_0_and_1(answer: Crosses | None, key: Crosses) -> None:
    points = row_points(answer, key)
    assert points is not None
    assert 0.0 <= points <= 1.0


@given(some_crosses, crosses)
def test_scoring_row_points_are_1_for_the_key_itself_and_only_for_it(key: Crosses, answer: Crosses) -> None:
    assert row_points(key, key) == 1.0
    assert (row_points(answer, key) == 1.0) == (answer == key)


@given(st.none() | crosses)
def test_scoring_row_without_key_gives_nothing(answer: Crosses | None) -> None:
    assert row_points(answer, None) is None
    assert row_points(answer, Crosses()) is None


@given(some_crosses)
def test_scoring_no_crosses_give_0(key: Crosses) -> None:
    assert row_points(None, key) == row_points(Crosses(), key) == 0.0


@pytest.mark.parametrize(
    ("answer", "key", "points"),
    [
        ("A", "A", 1),
        ("A P", "A", 1 / 2),
        ("A", "(A)", 1 / 2),
        ("(A)", "A", 1 / 2),
        ("K", "R A P U K L", 1 / 6),
        ("U K", "U K L", 2 / 3),
        ("P", "A", 0),
    ],
)
def test_scoring_row_points_reckoned_by_hand(answer: str, key: str, points: float) -> None:
    assert row_points(Crosses.parse(answer), Crosses.parse(key)) == pytest.approx(points)


@given(sheets, keys)
def test_scoring_score_counts_the_rows_with_a_key(answers: dict[int, Crosses], keys: list[Crosses | None]) -> None:
    found = score(answers, keys)
    assert found.rows == sum(key is not None and len(key) > 0 for key in keys)
    assert 0.0 <= found.points <= found.rows
    assert 0.0 <= found.share <= 1.0


@given(keys)
def test_scoring_score_of_the_key_is_full(keys: list[Crosses | None]) -> None:
    found = score({row: key for row, key in enumerate(keys) if key is not None}, keys)
    assert found.points == found.rows
    assert found.share == (1.0 if found.rows else 0.0)


def test_scoring_score_of_the_shipped_key() -> None:
    keys = [row.key for row in standard().rows]
    assert score({row: key for row, key in enumerate(keys) if key}, keys) == Score(19.0, 19)
    assert score({}, keys) == Score(0.0, 19)
    everywhere = score(dict.fromkeys(range(19), Crosses.of(CHOICES)), keys)
    assert everywhere.points == pytest.approx((4 + 4 + 0.5 + 3 + 1 + 6 + 1 + 2 + 2 + 1.5 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + 3 + 3) / 6)


@given(st.lists(crosses, max_size=9))
def test_scoring_majority_exists_when_someone_has_crossed(answers: list[Crosses]) -> None:
    found = majority(answers)
    assert (found is None) == (not any(len(answer) for answer in answers))
    if found is not None:
        assert len(found) > 0
        assert found.weights.keys() <= {choice for answer in answers for choice in answer.weights}


@given(st.lists(crosses, max_size=9))
def test_scoring_majority_holds_what_half_have_crossed(answers: list[Crosses]) -> None:
    given_ones = [answer for answer in answers if len(answer)]
    found = majority(answers) or Crosses()
    for choice in CHOICES:
        if given_ones and sum(choice in answer for answer in given_ones) >= len(given_ones) / 2:
            assert choice in found
            assert (choice in found.weak) == (sum((choice in answer.weak) - (choice in answer.full) for answer in given_ones) > 0)


@given(st.lists(crosses, max_size=9), st.randoms(use_true_random=False))
def test_scoring_majority_does_not_know_the_order(answers: list[Crosses], chance: object) -> None:
    mixed = list(answers)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert majority(mixed) == majority(answers)


@given(single_crosses, st.integers(1, 5))
def test_scoring_majority_of_all_the_same_is_it(answer: Crosses, number: int) -> None:
    assert majority([answer] * number) == answer


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["A", "A", "P"], "A"),
        (["A", "P"], "A P"),
        (["A P", "A P", "U"], "A P"),
        (["A", "P", "U"], "A P U"),
        (["A", "A", "P", "U", "K"], "A"),
        (["(A)", "(A)", "P"], "(A)"),
        (["(A)"], "(A)"),
        (["(A)", "A", "P"], "A"),
        (["(K) (L)", "K (L)", "(K)"], "(K) (L)"),
        (["A", "", ""], "A"),
        (["A", "A P", "", ""], "A P"),
    ],
)
def test_scoring_majority_reckoned_by_hand(answers: list[str], expected: str) -> None:
    assert majority(map(Crosses.parse, answers)) == Crosses.parse(expected)


def test_scoring_divided_room_takes_any_of_its_answers_where_one_is_given() -> None:
    divided = Crosses.of("AP")
    assert [row_points(Crosses.of(code), divided, is_single=True) for code in "APU"] == [1.0, 1.0, 0.0]
    assert row_points(Crosses.of("A"), divided) == 0.5
    assert score({0: Crosses.of("P")}, [divided], is_single=True) == Score(1.0, 1)


def test_scoring_says_how_in_a_sentence() -> None:
    assert HOW.count(".") == 1
    assert len(HOW) < 200
