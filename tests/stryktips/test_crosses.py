"""Crosses: written and read again, and how alike two answers are."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.errors import StryktipsError
from classifier.stryktips.agreement import unlikeness
from classifier.stryktips.crosses import FULL, WEAK, Crosses, likeness
from tests.stryktips.strategies import CHOICES, crosses, some_crosses


@given(crosses, st.permutations(CHOICES))
def test_crosses_written_are_read_again(crossed: Crosses, order: list[str]) -> None:
    assert Crosses.parse(crossed.written(order)) == crossed


@given(crosses)
def test_crosses_written_in_the_order_of_the_choices(crossed: Crosses) -> None:
    words = [word.strip("()") for word in crossed.written(CHOICES).split()]
    assert words == [choice for choice in CHOICES if choice in crossed]


@pytest.mark.parametrize(
    ("text", "full", "weak"),
    [
        ("", "", ""),
        ("   \n", "", ""),
        ("A", "A", ""),
        ("(A)", "", "A"),
        (" P   (U)\tA ", "AP", "U"),
        ("A A", "A", ""),
        ("(L) (L)", "", "L"),
    ],
)
def test_crosses_parse(text: str, full: str, weak: str) -> None:
    assert Crosses.parse(text) == Crosses(frozenset(full), frozenset(weak))


def test_crosses_parse_ids_of_labels() -> None:
    assert Crosses.parse("smart_specialisering (ikt-2)") == Crosses(frozenset(["smart_specialisering"]), frozenset(["ikt-2"]))


@pytest.mark.parametrize(
    "text", ["A,P", "((A))", "(A", "A)", "( A )", "()", "å", "A <b>", "=cmd|' /C calc'!A0", "A\0", "*", "x" * 39 + "!"]
)
def test_crosses_parse_refused(text: str) -> None:
    with pytest.raises(StryktipsError, match=r"kan inte läsas; skriv till exempel A \(P\)") as caught:
        Crosses.parse(text)
    assert "\n" not in str(caught.value)


def test_crosses_parse_refused_is_told_shortly() -> None:
    with pytest.raises(StryktipsError) as caught:
        Crosses.parse("!" * 10_000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize("text", ["A (A)", "(A) P A"])
def test_crosses_cannot_be_both_full_and_weak(text: str) -> None:
    with pytest.raises(StryktipsError, match="både helt och svagt"):
        Crosses.parse(text)


@given(st.text(max_size=60))
def test_crosses_parse_any_text_is_read_or_refused(text: str) -> None:
    try:
        found = Crosses.parse(text)
    except StryktipsError:
        return
    assert {f"({choice})" for choice in found.weak} | found.full == set(text.split())


@given(crosses)
def test_crosses_weights_guards_and_number(crossed: Crosses) -> None:
    assert crossed.weights == {**dict.fromkeys(crossed.full, FULL), **dict.fromkeys(crossed.weak, WEAK)}
    assert len(crossed) == len(crossed.weights)
    assert crossed.guards == max(len(crossed) - 1, 0)
    assert [choice for choice in CHOICES if choice in crossed] == [choice for choice in CHOICES if choice in crossed.weights]


def test_crosses_of_choices_are_full() -> None:
    assert Crosses.of(["A", "P"]) == Crosses(frozenset("AP"))
    assert not Crosses.of([])


@given(crosses, crosses)
def test_crosses_likeness_is_symmetric_and_between_0_and_1(first: Crosses, second: Crosses) -> None:
    assert likeness(first, second) == likeness(second, first)
    assert 0.0 <= likeness(first, second) <= 1.0


@given(crosses, crosses)
def test_crosses_likeness_is_1_for_the_same_and_only_for_it(first: Crosses, second: Crosses) -> None:
    assert likeness(first, first) == 1.0
    assert (likeness(first, second) == 1.0) == (first == second)


@given(crosses, crosses)
def test_crosses_likeness_is_0_when_nothing_is_shared_and_only_then(first: Crosses, second: Crosses) -> None:
    shared = first.weights.keys() & second.weights.keys()
    assert (likeness(first, second) == 0.0) == (not shared and first != second)


@given(crosses, crosses, crosses)
def test_crosses_unlikeness_obeys_the_triangle_inequality(first: Crosses, second: Crosses, third: Crosses) -> None:
    assert unlikeness(first, third) <= unlikeness(first, second) + unlikeness(second, third) + 1e-12


@given(st.sets(st.sampled_from(CHOICES)), st.sets(st.sampled_from(CHOICES)))
def test_crosses_likeness_of_full_crosses_is_the_jaccard_index(first: set[str], second: set[str]) -> None:
    expected = len(first & second) / len(first | second) if first | second else 1.0
    assert likeness(Crosses.of(first), Crosses.of(second)) == expected


@given(crosses, crosses)
def test_crosses_likeness_is_the_smaller_weights_by_the_larger(first: Crosses, second: Crosses) -> None:
    pairs = [(first.weights.get(choice, 0.0), second.weights.get(choice, 0.0)) for choice in CHOICES]
    larger = sum(map(max, pairs))
    assert likeness(first, second) == pytest.approx(sum(map(min, pairs)) / larger if larger else 1.0)


@given(some_crosses)
def test_crosses_weak_count_half(crossed: Crosses) -> None:
    choices = crossed.full | crossed.weak
    assert likeness(Crosses(weak=choices), Crosses.of(choices)) == 0.5
    assert sum(crossed.weights.values()) == len(crossed.full) + len(crossed.weak) / 2


@given(crosses, crosses, st.permutations(CHOICES))
def test_crosses_likeness_does_not_know_the_names(first: Crosses, second: Crosses, names: list[str]) -> None:
    named = dict(zip(CHOICES, names, strict=True))

    def renamed(crossed: Crosses) -> Crosses:
        return Crosses(frozenset(named[choice] for choice in crossed.full), frozenset(named[choice] for choice in crossed.weak))

    assert math.isclose(likeness(renamed(first), renamed(second)), likeness(first, second))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("A", "A P", 1 / 2),
        ("A", "A P U", 1 / 3),
        ("A P", "P U", 1 / 3),
        ("(A)", "A P", 1 / 4),
        ("A (P)", "A P", 3 / 4),
        ("A (P)", "A", 2 / 3),
        ("(A) (P)", "A", 1 / 3),
        ("A", "", 0.0),
        ("", "", 1.0),
        ("R A P U K L", "A", 1 / 6),
    ],
)
def test_crosses_likeness_reckoned_by_hand(first: str, second: str, expected: float) -> None:
    assert likeness(Crosses.parse(first), Crosses.parse(second)) == pytest.approx(expected)


def test_crosses_likeness_less_the_more_that_is_added() -> None:
    key = Crosses.parse("A P")
    for order in permutations("RUKL"):
        found = [likeness(key, Crosses.of(["A", "P", *order[:number]])) for number in range(5)]
        assert found == sorted(found, reverse=True)
        assert len(set(found)) == 5
