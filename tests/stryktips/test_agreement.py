"""Agreement: Krippendorff's own examples, and what α must never depend on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.stryktips.agreement import alpha, disagreement, nominal, unlikeness
from classifier.stryktips.crosses import Crosses
from tests.stryktips.strategies import CHOICES, crosses

Units = list[list[str]]

values = st.lists(st.sampled_from("abcd"), max_size=5)
units = st.lists(values, max_size=8)
crossed_units = st.lists(st.lists(crosses, max_size=5), max_size=6)

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011): sections A, B and C; a dot is a missing value.
FOUR_OBSERVERS = ("123321412...", "1233224125.3", ".3332342251.", "12332441251.")
NOMINAL_EXAMPLES = [
    (("0100000010", "1110010000"), 0.095),
    (("aabbdcccedda", "babbbccceddd"), 0.692),
    (FOUR_OBSERVERS, 0.743),
]


def units_of(observers: Sequence[str]) -> Units:
    return [[value for value in column if value != "."] for column in zip(*observers, strict=True)]


def close(found: float | None, expected: float | None) -> bool:
    return found is expected if found is None or expected is None else found == pytest.approx(expected, abs=1e-9)


def by_coincidences(units: Sequence[Sequence[str]], difference: Callable[[str, str], float]) -> float | None:
    """α as the book reckons it: over a matrix of how often two values meet in a unit."""
    matrix: Counter[tuple[str, str]] = Counter()
    for unit in units:
        for place, first in enumerate(unit):
            for other, second in enumerate(unit):
                if place != other:
                    matrix[first, second] += 1 / (len(unit) - 1)  # type: ignore[assignment]
    margins: Counter[str] = Counter()
    for (first, _), number in matrix.items():
        margins[first] += number
    total = sum(margins.values())
    observed = sum(number * difference(*pair) for pair, number in matrix.items())
    expected = sum(margins[first] * margins[second] * difference(first, second) for first in margins for second in margins)
    return 1 - (total - 1) * observed / expected if expected > 1e-9 else None


@pytest.mark.parametrize(("observers", "expected"), NOMINAL_EXAMPLES)
def test_agreement_alpha_of_the_book_nominal(observers: tuple[str, ...], expected: float) -> None:
    found = alpha(units_of(observers))
    assert found == pytest.approx(expected, abs=5e-4)


@pytest.mark.parametrize(("observers", "expected"), NOMINAL_EXAMPLES)
def test_agreement_alpha_of_the_book_as_single_crosses(observers: tuple[str, ...], expected: float) -> None:
    crossed = [[Crosses.of([value]) for value in unit] for unit in units_of(observers)]
    assert alpha(crossed, unlikeness) == pytest.approx(expected, abs=5e-4)


def test_agreement_alpha_of_the_book_interval() -> None:
    numbers = [[int(value) for value in unit] for unit in units_of(FOUR_OBSERVERS)]
    assert alpha(numbers, lambda first, second: float((first - second) ** 2)) == pytest.approx(0.849, abs=5e-4)


def test_agreement_alpha_of_sets_reckoned_by_hand() -> None:
    # Two rows of two answers. Observed: 1/2 in the first, 0 in the second, 1/4 together. Of the six pairs of A, A P, U, U
    # one is the same, A with A P differs by 1/2, and four differ wholly: expected (1/2 + 4) / 6 = 3/4.
    crossed = [[Crosses.parse("A"), Crosses.parse("A P")], [Crosses.parse("U"), Crosses.parse("U")]]
    assert alpha(crossed, unlikeness) == pytest.approx(1 - (1 / 4) / (3 / 4))


@given(units)
def test_agreement_alpha_is_that_of_the_coincidence_matrix(units: Units) -> None:
    assert close(alpha(units), by_coincidences([unit for unit in units if len(unit) > 1], nominal))


@given(units)
def test_agreement_alpha_of_single_crosses_is_nominal(units: Units) -> None:
    named = dict(zip("abcd", CHOICES, strict=False))
    crossed = [[Crosses.of([named[value]]) for value in unit] for unit in units]
    assert close(alpha(crossed, unlikeness), alpha(units))


@given(crossed_units)
def test_agreement_alpha_is_at_most_1(units: list[list[Crosses]]) -> None:
    found = alpha(units, unlikeness)
    assert found is None or found <= 1.0


@given(units, st.permutations("abcd"))
def test_agreement_alpha_does_not_know_the_names(units: Units, names: list[str]) -> None:
    named = dict(zip("abcd", names, strict=True))
    assert close(alpha([[named[value] for value in unit] for unit in units]), alpha(units))


@given(crossed_units, st.permutations(CHOICES))
def test_agreement_alpha_of_sets_does_not_know_the_names(units: list[list[Crosses]], names: list[str]) -> None:
    named = dict(zip(CHOICES, names, strict=True))
    renamed = [
        [Crosses(frozenset(map(named.__getitem__, value.full)), frozenset(map(named.__getitem__, value.weak))) for value in unit]
        for unit in units
    ]
    assert close(alpha(renamed, unlikeness), alpha(units, unlikeness))


@given(crossed_units, st.randoms(use_true_random=False))
def test_agreement_alpha_does_not_know_the_order(units: list[list[Crosses]], chance: object) -> None:
    mixed = [list(unit) for unit in units]
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    for unit in mixed:
        chance.shuffle(unit)  # type: ignore[attr-defined]
    assert close(alpha(mixed, unlikeness), alpha(units, unlikeness))


@given(units, values)
def test_agreement_alpha_leaves_out_units_with_one_value(units: Units, lonely: list[str]) -> None:
    assert close(alpha([*units, *([value] for value in lonely), []]), alpha(units))


@given(st.lists(st.tuples(crosses, st.integers(2, 4)), min_size=2, max_size=6))
def test_agreement_alpha_is_1_when_all_agree_and_units_differ(agreed: list[tuple[Crosses, int]]) -> None:
    units = [[value] * number for value, number in agreed]
    differ = len({value for value, _ in agreed}) > 1
    assert alpha(units, unlikeness) == (1.0 if differ else None)


@given(st.lists(st.lists(st.just("a"), max_size=4), max_size=4))
def test_agreement_alpha_is_not_defined_when_all_values_are_the_same(units: Units) -> None:
    assert alpha(units) is None


def test_agreement_alpha_is_0_or_below_when_units_tell_nothing() -> None:
    assert alpha([("a", "b"), ("a", "b"), ("a", "b")]) == pytest.approx(-2 / 3)
    assert alpha([["a", "b"] * 50] * 50) == pytest.approx(0, abs=0.02)


@given(values)
def test_agreement_disagreement_is_the_share_of_unlike_pairs(values: list[str]) -> None:
    pairs = [(first, second) for place, first in enumerate(values) for second in values[place + 1 :]]
    expected = sum(first != second for first, second in pairs) / len(pairs) if pairs else 0.0
    assert disagreement(Counter(values)) == pytest.approx(expected)


@given(st.lists(crosses, max_size=6))
def test_agreement_disagreement_is_between_0_and_1(values: list[Crosses]) -> None:
    found = disagreement(Counter(values), unlikeness)
    assert 0.0 <= found <= 1.0 + 1e-12
    assert (found == 0) == (len(set(values)) < 2)
