"""Texts as vectors of their words."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.portfolio.textspace import MAX_CHARACTERS, Space, build_space, near_pairs, spelling_likeness

TEXTS = ["Fisken simmar i ån om våren.", "Fisken simmar i ån om hösten.", "Tåget rullar mot fjällen.", "Tåget stannar vid fjällen.", ""]


def space_of(texts: list[str]) -> Space:
    space = build_space(texts, seed=1)
    assert space is not None
    return space


def test_textspace_vectors_have_length_one_or_none() -> None:
    lengths = np.linalg.norm(space_of(TEXTS).vectors, axis=1)
    assert lengths == pytest.approx([1, 1, 1, 1, 0], abs=1e-5)


def test_textspace_alike_texts_point_the_same_way() -> None:
    space = space_of(TEXTS)
    fish, _, train, *_ = space.vectors
    (river,) = space.along(["Många fiskar vill att fisken simmar."])
    assert river @ fish > 0.5 > abs(river @ train)


@pytest.mark.parametrize("texts", [[], [""], ["och i på", "1 2 3", "!"]])
def test_textspace_without_words(texts: list[str]) -> None:
    assert build_space(texts, seed=1) is None


@pytest.mark.parametrize("texts", [["katt"], ["katt", "katt"], ["katt hund"] * 3, ["katt", "hund"]])
def test_textspace_of_a_handful(texts: list[str]) -> None:
    space = space_of(texts)
    first, second, alike = near_pairs(space)
    assert len(first) == len(second) == len(alike) == len(texts) * (len(texts) - 1) / 2


def test_textspace_near_pairs_stand_once_in_order() -> None:
    first, second, alike = near_pairs(space_of(TEXTS))
    assert (first < second).all()
    assert len(set(zip(first.tolist(), second.tolist(), strict=True))) == len(first)
    best = np.argsort(-alike)[:2]
    assert {(first[place], second[place]) for place in best} == {(0, 1), (2, 3)}


def test_textspace_same_seed_same_vectors() -> None:
    assert np.array_equal(space_of(TEXTS).vectors, space_of(TEXTS).vectors)


def test_textspace_reads_no_further_than_it_must() -> None:
    space = space_of(["katt " * MAX_CHARACTERS + "hund", "fågel"])
    assert "hund" not in space.words.vocabulary_


def test_textspace_spelling_likeness() -> None:
    texts = ["Fisken simmar i ån om våren.", "Fisken simmar i ån om vårarna.", "Tåget rullar mot fjällen."]
    alike, unlike, same = spelling_likeness(texts, np.array([0, 0, 2]), np.array([1, 2, 2]))
    assert alike > 0.6
    assert unlike < 0.1
    assert same == pytest.approx(1)
    assert len(spelling_likeness(texts, np.zeros(0, np.intp), np.zeros(0, np.intp))) == 0
