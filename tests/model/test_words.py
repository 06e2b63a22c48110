"""Words: what is kept and how it is weighed, the same after a trip through a file."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.training.heads import fit_words
from tests.conftest import WORDS

TEXTS = ["Fler gäster stannar över natten.", "Vi bygger en brygga för gäster.", "Kommunen ger 100 tkr till bryggan."]


def test_words_rows_have_unit_length_in_each_kind() -> None:
    words = fit_words(TEXTS)
    rows = words.transform(TEXTS).toarray()
    parts = np.split(rows, [len(words.vocabularies[0])], axis=1)
    for part in parts:
        assert np.linalg.norm(part, axis=1) == pytest.approx(1.0, abs=1e-5)


def test_words_rare_ones_weigh_more() -> None:
    words = fit_words(TEXTS)
    idf = dict(zip([name for names in words.vocabularies for name in names], words.idf, strict=True))
    assert idf["kommunen"] > idf["gäster"]


def test_words_stems_meet_in_compounds() -> None:
    words = fit_words(TEXTS)
    first, second, other = words.transform(["brygga", "gästbryggor", "kommun"]).toarray()
    assert first @ second > first @ other


@pytest.mark.parametrize("texts", [[], [""], ["漢字"], ["okänt xyzzy"]])
def test_words_of_unknown_texts_are_zero(texts: list[str]) -> None:
    rows = WORDS.transform(texts)
    assert rows.shape == (len(texts), len(WORDS.idf))
    assert rows.nnz == 0


def test_words_fit_keeps_the_most_frequent_of_many_texts() -> None:
    words = fit_words([*TEXTS * 400, "enstaka"])
    assert "gäster" in words.vocabularies[0]
    assert "enstaka" not in words.vocabularies[0]
