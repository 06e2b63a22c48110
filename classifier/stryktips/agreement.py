"""How far people agree: Krippendorff's α, for single values and for sets of crosses."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

from classifier.stryktips.crosses import Crosses, likeness

T = TypeVar("T", bound=Hashable)


def nominal(first: Hashable, second: Hashable) -> float:
    """The difference of two values that either are the same or are not."""
    return float(first != second)


def unlikeness(first: Crosses, second: Crosses) -> float:
    """The difference of two sets of crosses: one minus their weighted Jaccard index, which is a metric."""
    return 1.0 - likeness(first, second)


def alpha(units: Iterable[Sequence[T]], difference: Callable[[T, T], float] = nominal) -> float | None:
    """Krippendorff's α (Content Analysis, 4th ed., ch. 12): one minus observed by expected disagreement.

    Args:
        units: for each unit the values its readers gave; a unit with fewer than two says nothing and is left out.
        difference: how unlike two values are, from 0 (the same) to 1; symmetric. α's difference functions are squared metrics; for nominal
            data squaring changes nothing, and for sets the metric itself is used, as Passonneau (2006) does.

    Returns:
        1 when all agree, 0 when no more than by chance, below 0 when less. Nothing when no unit has two values, or when all values
        in all units are the same, so that chance alone would make everyone agree and α is not defined.

    >>> round(alpha([("a", "a"), ("a", "b"), ("b", "b"), ("b", "b")]), 3)
    0.533
    """
    pairable = [Counter(values) for values in units if len(values) > 1]
    totals = sum(pairable, Counter[T]())
    expected = disagreement(totals, difference)
    if not expected:
        return None
    # A unit counts by how many values it has: its disagreement is a mean over pairs, and each of its values stands for one of them.
    observed = sum(disagreement(values, difference) * values.total() for values in pairable) / totals.total()
    return 1.0 - observed / expected


def disagreement(values: Counter[T], difference: Callable[[T, T], float] = nominal) -> float:
    """The mean difference over all pairs of values, from 0 to 1; 0 when there are fewer than two."""
    number = values.total()
    if number < 2:
        return 0.0
    items = list(values.items())
    pairs = sum(
        2 * first_number * second_number * difference(first, second)
        for place, (first, first_number) in enumerate(items)
        for second, second_number in items[place + 1 :]
    )
    return pairs / (number * (number - 1))
