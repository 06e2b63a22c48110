"""Coupons: the one that is shipped, what may stand in others, and how they are kept."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given

from classifier.chain import CHAIN_CODES
from classifier.errors import StryktipsError
from classifier.stryktips.coupon import (
    CASE_CHOICES,
    LONGEST_ABOUT,
    LONGEST_ROW,
    LONGEST_TITLE,
    MOST_ROWS,
    Choice,
    Coupon,
    Exercise,
    Row,
    as_data,
    check_crosses,
    checked,
    choice_ids,
    choices,
    from_data,
    standard,
)
from classifier.stryktips.crosses import Crosses
from classifier.taxonomy import Scheme, load_scheme
from tests.stryktips.strategies import coupons

# The table of source 001: how each statement begins, and its columns.
SHIPPED = """
Ökad produktion från                 | P U K L
Ökad förädling av                    | P U K L
Teknikutveckling                     | (A)
Ändrat användningsmönster            | U K L
Öka internationella forsknings-      | A
Vinnväxt                             | R A P U K L
Stärkt innovationskraft              | L
Mer hållbar livsmedelsproduktion     | K L
Minskat utanförskap                  | K L
Bättre infrastruktur                 | (U) (K) (L)
Utveckla ett hållbart                | L
Göra konst och                       | U
Verksamhetsutveckling                | A
Öka tillgängligheten till            | U
Bilda en klusterorganisation         | A
Beviljade medel till                 | R
Reglabs årskonferens                 | A
Spetskompetenser                     | R P U
Stark forskning inom                 | U K L
"""
SHIPPED_TEXTS = "a342ff59ab06607c9354d3b36bb50bee13dfaf503fb513d438d27c68b62b0dc6"
"""SHA-256 of the nineteen statements, one a line, as the source has them."""


def coupon_of(*texts: str, exercise: Exercise = Exercise.STRYKTIPS) -> Coupon:
    return Coupon("Provkupong", exercise, tuple(Row(text) for text in texts))


def test_coupon_shipped_is_the_table_of_the_source() -> None:
    rows = [line.split("|") for line in SHIPPED.strip().splitlines()]
    assert len(rows) == 19
    for row, (text, key) in zip(standard().rows, rows, strict=True):
        assert row.key is not None and (row.text + " ").startswith(text.strip() + " ")
        assert row.key.written(CHAIN_CODES) == key.strip()
        assert (row.choice, row.about) == (Choice.COLUMN, "")
    assert hashlib.sha256("\n".join(row.text for row in standard().rows).encode()).hexdigest() == SHIPPED_TEXTS
    assert (CHAIN_CODES, standard().exercise) == (tuple("RAPUKL"), Exercise.STRYKTIPS)


def test_coupon_shipped_can_be_played(scheme: Scheme) -> None:
    assert checked(standard(), scheme) is standard()
    assert standard().has_key
    assert sum(len(row.key.weights) for row in standard().rows if row.key) == 40


@given(coupons)
def test_coupon_as_data_is_read_again(coupon: Coupon) -> None:
    data = as_data(coupon, load_scheme())
    assert from_data(data) == coupon
    assert from_data(json.loads(json.dumps(data))) == coupon


def test_coupon_of_cases_is_read_again(scheme: Scheme) -> None:
    rows = tuple(Row("Ugnen", Crosses.of([choice_ids(choice, scheme)[-1]]), choice, "Fyra bagerier\ndelar ugn.") for choice in CASE_CHOICES)
    coupon = Coupon("Projektcase", Exercise.CASES, rows)
    assert checked(coupon, scheme) is coupon
    assert from_data(as_data(coupon, scheme)) == coupon


def test_coupon_an_empty_key_is_not_no_key(scheme: Scheme) -> None:
    coupon = Coupon("Provkupong", Exercise.STRYKTIPS, (Row("a", Crosses()), Row("b", None)))
    assert [row.key for row in from_data(as_data(coupon, scheme)).rows] == [Crosses(), None]
    assert not coupon.has_key
    assert replace(coupon, rows=(*coupon.rows, Row("c", Crosses.of("A")))).has_key


@pytest.mark.parametrize("number", [1, MOST_ROWS])
def test_coupon_of_few_and_many_rows(scheme: Scheme, number: int) -> None:
    coupon = coupon_of(*(f"Påstående {place}" for place in range(number)))
    assert checked(coupon, scheme) is coupon


@pytest.mark.parametrize(
    ("number", "told"), [(0, "kupongen är tom"), (MOST_ROWS + 1, "har 101 rader, och högst 100"), (300, "har 300 rader")]
)
def test_coupon_of_too_few_and_too_many_rows(scheme: Scheme, number: int, told: str) -> None:
    with pytest.raises(StryktipsError, match=told):
        checked(coupon_of(*(f"Påstående {place}" for place in range(number))), scheme)


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_coupon_empty_row_is_named(scheme: Scheme, text: str) -> None:
    with pytest.raises(StryktipsError, match="rad 2 är tom"):
        checked(coupon_of("Vinnväxt", text), scheme)


def test_coupon_row_as_long_as_may_be(scheme: Scheme) -> None:
    coupon = Coupon("t" * LONGEST_TITLE, Exercise.STRYKTIPS, (Row("r" * LONGEST_ROW, about="a" * LONGEST_ABOUT),))
    assert checked(coupon, scheme) is coupon


def test_coupon_row_too_long(scheme: Scheme) -> None:
    with pytest.raises(StryktipsError, match=f"rad 2 har {LONGEST_ROW + 1} tecken; korta den till högst {LONGEST_ROW}"):
        checked(coupon_of("Vinnväxt", "r" * (LONGEST_ROW + 1)), scheme)


@pytest.mark.parametrize("text", ["Vinn\x00växt", "\x1b[31mVinnväxt", "Vinnväxt\x85"])
def test_coupon_row_with_characters_that_show_nothing(scheme: Scheme, text: str) -> None:
    with pytest.raises(StryktipsError, match="rad 2 har tecken som inte går att visa"):
        checked(coupon_of("Teknikutveckling", text), scheme)


def test_coupon_text_about_too_long(scheme: Scheme) -> None:
    coupon = Coupon("Projektcase", Exercise.CASES, (Row("Ugnen", None, Choice.SAKOMRADE, "a" * (LONGEST_ABOUT + 1)),))
    with pytest.raises(StryktipsError, match=f"texten vid rad 1 har {LONGEST_ABOUT + 1} tecken"):
        checked(coupon, scheme)


@pytest.mark.parametrize("title", ["", "  ", "t" * (LONGEST_TITLE + 1)])
def test_coupon_title_missing_or_too_long(scheme: Scheme, title: str) -> None:
    with pytest.raises(StryktipsError, match=f"namn på högst {LONGEST_TITLE} tecken"):
        checked(replace(coupon_of("Vinnväxt"), title=title), scheme)


@pytest.mark.parametrize("key", ["Q", "a", "A Q", "(-)", "service"])
def test_coupon_key_in_an_unknown_column(scheme: Scheme, key: str) -> None:
    with pytest.raises(StryktipsError, match=r"facit på rad 2 har ett kryss i .*, som inte finns; välj bland R, A, P, U, K, L"):
        checked(Coupon("Provkupong", Exercise.STRYKTIPS, (Row("a"), Row("b", Crosses.parse(key)))), scheme)


@pytest.mark.parametrize("exercise", [Exercise.CHAIN, Exercise.CASES])
@pytest.mark.parametrize("key", ["A P", "A (P)", "(A) (P)"])
def test_coupon_key_with_two_crosses_where_one_is_asked_for(scheme: Scheme, exercise: Exercise, key: str) -> None:
    with pytest.raises(StryktipsError, match="facit på rad 1 kan bara ha ett kryss"):
        checked(Coupon("Provkupong", exercise, (Row("a", Crosses.parse(key)),)), scheme)
    assert checked(Coupon("Provkupong", exercise, (Row("a", Crosses.parse("(P)")),)), scheme)
    assert checked(Coupon("Provkupong", Exercise.STRYKTIPS, (Row("a", Crosses.parse(key)),)), scheme)


@pytest.mark.parametrize("choice", list(Choice))
def test_coupon_choices_are_those_of_the_scheme(scheme: Scheme, choice: Choice) -> None:
    ids, labels = choice_ids(choice, scheme), choices(choice, scheme)
    assert len(ids) == len(labels) == len(set(ids)) > 1
    for found in ids:
        check_crosses(Crosses.of([found]), choice, Exercise.CASES, scheme)
        assert Crosses.parse(Crosses.of([found]).written(ids)) == Crosses.of([found])
    with pytest.raises(StryktipsError, match="raden har ett kryss i 'finnsinte', som inte finns"):
        check_crosses(Crosses.of(["finnsinte"]), choice, Exercise.CASES, scheme)


def test_coupon_choices_of_columns_leave_out_what_is_outside(scheme: Scheme) -> None:
    assert choice_ids(Choice.COLUMN, scheme) == CHAIN_CODES
    assert [label.name.lower() for label in choices(Choice.COLUMN, scheme)][:2] == ["resurser", "aktiviteter"]


def test_coupon_unknown_choice_is_told_shortly(scheme: Scheme) -> None:
    with pytest.raises(StryktipsError) as caught:
        check_crosses(Crosses.of(["x" * 10_000]), Choice.COLUMN, Exercise.STRYKTIPS, scheme)
    assert len(str(caught.value)) < 200
