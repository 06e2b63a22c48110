"""Explanations: every word weighed by what its absence changes, and statements like the one at hand."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.assistant import Assistant, ProjectText
from classifier.explanation import LEAST_WEIGHT, MOST_READINGS, Reading, Word, explain, weightiest, words_of
from classifier.taxonomy.scheme import COLUMN_CODES
from classifier.text.statements import Statement, split
from tests.conftest import APPLICATION


def test_explanation_of_every_statement(assistant: Assistant) -> None:
    [suggestion] = assistant.suggest([ProjectText(APPLICATION, "Butiken")])
    statements = [proposal.statement for proposal in suggestion.statements]
    for number, proposal in enumerate(suggestion.statements):
        found = explain(assistant, "Butiken", statements, number, proposal.column)
        assert found.column == proposal.column
        assert [proposal.statement.text[word.start : word.end] for word in found.words] == proposal.statement.text.split()
        assert len(found.neighbours) == 3


def test_explanation_weight_is_what_the_absence_of_a_word_costs(assistant: Assistant) -> None:
    statements = split("Tolv bagare lär sig baka surdeg i hamnen.")
    found = explain(assistant, "", statements, 0, "U")
    label = COLUMN_CODES.index("U")
    [whole] = assistant.suggest([ProjectText(statements[0].text, statements=tuple(statements))])
    without = "Tolv bagare lär sig baka i hamnen."
    [fewer] = assistant.suggest([ProjectText(without, statements=(Statement(without, 0, len(without)),))])
    lost = whole.statements[0].probabilities["U"] - fewer.statements[0].probabilities["U"]
    [word] = [word for word in found.words if statements[0].text[word.start : word.end] == "surdeg"]
    assert word.weight == pytest.approx(lost, abs=1e-5)
    assert Reading(assistant, "", statements, 0).share[label] == pytest.approx(whole.statements[0].probabilities["U"], abs=1e-5)


def test_explanation_of_a_single_word(assistant: Assistant) -> None:
    found = explain(assistant, "", [Statement("Teknikutveckling", 0, 16)], 0, "A")
    assert [(word.start, word.end) for word in found.words] == [(0, 16)]


@given(st.text(alphabet="ab \n\t,.", max_size=600))
def test_explanation_words_cover_the_text_in_order(text: str) -> None:
    words = words_of(text)
    assert len(words) <= MOST_READINGS
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(words))
    assert "".join("".join(text[start:end].split()) for start, end in words) == "".join(text.split())


@given(st.lists(st.integers(0, 7), max_size=8, unique=True))
def test_explanation_reading_without_words(assistant: Assistant, taken: list[int]) -> None:
    text = "en  två tre fyra\nfem sex sju åtta"
    reading = Reading(assistant, "", [Statement(text, 0, len(text))], 0)
    stretches = words_of(text)
    left = [word for number, word in enumerate(text.split()) if number not in taken]
    assert reading.without([stretches[number] for number in taken]) == " ".join(left)


def test_explanation_weightiest_words_in_the_order_of_the_text() -> None:
    weights = [0.3, 0.0, 0.01, 0.4, -0.2, 0.05, 0.0, 0.0, 0.0, 0.0]
    words = [Word(place * 4, place * 4 + 3, weight) for place, weight in enumerate(weights)]
    assert [word.weight for word in weightiest(words)] == [0.3, 0.4]


def test_markup_no_word_that_hardly_matters() -> None:
    assert weightiest([Word(0, 3, LEAST_WEIGHT / 2), Word(4, 7, -0.5)]) == []
    assert weightiest([]) == []
