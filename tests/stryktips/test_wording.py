"""Tests of how crosses, rows and agreement are written."""

from __future__ import annotations

import pytest
from hypothesis import given

from classifier.stryktips.coupon import Choice, Exercise, Row
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.wording import agreed, agreement, crosses, names, room_answer, row_text
from classifier.taxonomy import load_scheme
from tests.stryktips.strategies import some_crosses

SCHEME = load_scheme()


@pytest.mark.parametrize(
    ("alpha", "said"),
    [
        (1.0, "mycket eniga"),
        (0.8, "mycket eniga"),
        (0.799, "eniga"),
        (0.667, "eniga"),
        (0.4, "ganska eniga"),
        (0.1, "oeniga"),
        (0.09, "som slumpen"),
        (-0.4, "som slumpen"),
        (None, ""),
    ],
)
def test_wording_agreed(alpha: float | None, said: str) -> None:
    assert agreed(alpha) == said


def test_wording_agreement_has_words_and_figure() -> None:
    assert agreement(0.456) == "Spelarna är ganska eniga (α\u00a0=\u00a00,46)."
    assert agreement(-0.1) == "Spelarna är inte enigare än slumpen ger (α\u00a0=\u00a0−0,10)."
    assert agreement(None).startswith("Enigheten kan inte räknas")


@given(some_crosses)
def test_wording_crosses_of_columns_can_be_parsed_again(found: Crosses) -> None:
    assert Crosses.parse(crosses(found, Row("x"), SCHEME)) == found


def test_wording_crosses_of_labels_are_named() -> None:
    row = Row("Bryggan", None, Choice.FOKUSOMRADE)
    assert (
        crosses(Crosses(frozenset(["innovation"]), frozenset(["service"])), row, SCHEME)
        == "Innovation, (Kommersiell och offentlig service)"
    )
    assert row_text(row) == "Bryggan: fokusområde"
    assert row_text(Row("Vinnväxt")) == "Vinnväxt"


@pytest.mark.parametrize(
    ("text", "said"), [("Fryksdalen.", "Fryksdalen"), ("Bryggan: ", "Bryggan"), ("Vad då?", "Vad då?"), ("...", "...")]
)
def test_wording_row_text_has_no_stop_at_its_end(text: str, said: str) -> None:
    assert row_text(Row(text)) == said
    assert row_text(Row(text, None, Choice.SAKOMRADE)) == f"{said}: sakområde"


def test_wording_room_answer_is_a_tie_only_where_one_answer_is_given() -> None:
    row = Row("Bryggan")
    assert room_answer(Crosses.parse("A (P)"), row, SCHEME, Exercise.STRYKTIPS) == "A (P)"
    assert room_answer(Crosses.parse("P A"), row, SCHEME, Exercise.CHAIN) == "delat: A / P"
    assert room_answer(Crosses.parse("(A)"), row, SCHEME, Exercise.CHAIN) == "(A)"
    assert room_answer(None, row, SCHEME, Exercise.CASES) == "–"


@pytest.mark.parametrize("found", [None, Crosses()])
def test_wording_crosses_none(found: Crosses | None) -> None:
    assert crosses(found, Row("x"), SCHEME) == "–"


@pytest.mark.parametrize("choice", Choice)
def test_wording_names_every_choice(choice: Choice) -> None:
    found = names(Row("x", None, choice), SCHEME)
    assert len(found) > 3
    assert all(found.values())
