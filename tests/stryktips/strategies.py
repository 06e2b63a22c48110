"""Crosses and coupons as hypothesis makes them."""

from __future__ import annotations

from hypothesis import strategies as st

from classifier.chain import CHAIN_CODES
from classifier.stryktips.coupon import Coupon, Exercise, Row
from classifier.stryktips.crosses import Crosses

CHOICES = CHAIN_CODES


def _crosses(kinds: list[int]) -> Crosses:
    """Nothing, a full or a weak cross at each choice in turn."""
    full, weak = (frozenset(choice for choice, found in zip(CHOICES, kinds, strict=True) if found == kind) for kind in (1, 2))
    return Crosses(full, weak)


crosses = st.lists(st.integers(0, 2), min_size=len(CHOICES), max_size=len(CHOICES)).map(_crosses)
some_crosses = crosses.filter(lambda found: len(found) > 0)
single_crosses = st.sampled_from(CHOICES).map(lambda choice: Crosses.of([choice]))
answers = st.dictionaries(st.sampled_from(["gran", "tall", "björk", "asp", "en", "rönn", "lind"]), crosses)

line = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=40).filter(str.strip)
rows = st.builds(Row, line, st.none() | crosses, about=st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
coupons = st.builds(Coupon, line, st.just(Exercise.STRYKTIPS), st.lists(rows, min_size=1, max_size=6).map(tuple))
