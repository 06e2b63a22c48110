"""The model's tips: kept as plain data and read again."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from classifier.stryktips.crosses import Crosses
from classifier.stryktips.tips import Tip, tip_as_data, tip_from_data
from tests.stryktips.strategies import CHOICES, crosses

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
tips = st.builds(
    Tip,
    crosses,
    st.dictionaries(st.sampled_from(CHOICES), st.floats(0, 1)),
    st.lists(texts, max_size=3).map(tuple),
    st.lists(st.tuples(texts, texts), max_size=3).map(tuple),
)


@given(tips)
def test_tips_as_data_are_read_again(tip: Tip) -> None:
    assert tip_from_data(tip_as_data(tip)) == tip
    assert tip_from_data(json.loads(json.dumps(tip_as_data(tip)))) == tip


def test_tips_as_data_are_plain() -> None:
    tip = Tip(Crosses.parse("P (A)"), {"A": 0.25, "P": 0.5}, ("butik",), (("En kurs hålls.", "Aktiviteter"),))
    assert tip_as_data(tip) == {
        "crosses": "(A) P",
        "shares": {"A": 0.25, "P": 0.5},
        "reasons": ("butik",),
        "alike": (("En kurs hålls.", "Aktiviteter"),),
    }


def test_tips_of_what_the_model_cannot_judge() -> None:
    tip = Tip(Crosses(), {})
    assert tip_from_data(json.loads(json.dumps(tip_as_data(tip)))) == tip
