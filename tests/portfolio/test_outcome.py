"""What is kept of a suggestion: the same after packing, and everything that files and figures ask of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.assistant import Assistant, ProjectText, Status
from classifier.portfolio.outcome import FieldOutcome, Outcome, StatementOutcome, outcome_of, pack, unpack
from classifier.taxonomy import Field
from classifier.taxonomy.scheme import COLUMN_CODES
from tests.conftest import APPLICATION
from tests.portfolio.conftest import ARABIC, GERMAN

MODEL = "snabb provmodell"
SHARES = st.floats(0, 1).map(lambda share: round(share, 4))
RANKED = st.lists(st.tuples(st.text(max_size=8), SHARES), max_size=4).map(tuple)
FIELDS = st.dictionaries(
    st.sampled_from(list(Field)), st.builds(FieldOutcome, st.lists(st.text(max_size=8), max_size=3).map(tuple), SHARES, RANKED)
)
STATEMENTS = st.builds(
    StatementOutcome,
    st.integers(0, 2_000_000),
    st.integers(0, 2_000_000),
    st.lists(st.sampled_from(COLUMN_CODES), min_size=1, max_size=3).map(tuple),
    st.tuples(*[SHARES] * len(COLUMN_CODES)),
)
OUTCOMES = st.builds(Outcome, st.text(), st.text(), st.booleans(), FIELDS, RANKED, st.lists(STATEMENTS, max_size=5).map(tuple))


def outcome(assistant: Assistant, text: str) -> Outcome:
    return outcome_of(assistant.suggest([ProjectText(text)], with_evidence=False)[0], MODEL, assistant.scheme)


@given(OUTCOMES)
def test_outcome_unpack_undoes_pack(given_outcome: Outcome) -> None:
    again = unpack(pack(given_outcome))
    assert again == given_outcome
    assert all(isinstance(name, Field) for name in again.fields)
    assert pack(again) == pack(given_outcome)


def test_outcome_of_real_suggestion_survives_packing(assistant: Assistant) -> None:
    made = outcome(assistant, APPLICATION)
    assert unpack(pack(made)) == made
    assert len(pack(made)) < 2_000


def test_outcome_of_keeps_what_was_proposed(assistant: Assistant) -> None:
    (suggestion,) = assistant.suggest([ProjectText(APPLICATION)])
    made = outcome(assistant, APPLICATION)
    assert (made.status, made.model, made.needs_review, made.is_judged) == ("förslag, ej granskat", MODEL, suggestion.needs_review, True)
    assert list(made.fields) == list(Field)
    for name, proposal in suggestion.proposals.items():
        found, shares = made.fields[name], dict(proposal.ranked)
        assert (found.values, found.probability) == (proposal.values, round(proposal.probability, 4))
        assert found.likely == tuple((label, round(shares[label], 4)) for label in proposal.likely)
    for found, item in zip(made.statements, suggestion.statements, strict=True):
        assert APPLICATION[found.start : found.end] == item.statement.text
        assert found.columns == item.columns
        assert found.probabilities == tuple(round(item.probabilities[code], 4) for code in COLUMN_CODES)


def test_outcome_of_sakomraden_are_those_of_likely_leaves(assistant: Assistant) -> None:
    (suggestion,) = assistant.suggest([ProjectText(APPLICATION)])
    focus = suggestion.proposals[Field.FOKUSOMRADE]
    made = outcome(assistant, APPLICATION)
    assert made.sakomraden[0][0] == assistant.scheme.sakomrade_of(focus.values[0]).id
    assert {label for label, _ in made.sakomraden} == {assistant.scheme.sakomrade_of(leaf).id for leaf in focus.likely}
    assert dict(made.sakomraden) == {label: round(dict(suggestion.sakomraden)[label], 4) for label, _ in made.sakomraden}


@pytest.mark.parametrize(("text", "status"), [("", Status.EMPTY), ("Ny ugn", Status.TOO_SHORT), (ARABIC, Status.OTHER_SCRIPT)])
def test_outcome_of_text_that_cannot_be_judged(assistant: Assistant, text: str, status: Status) -> None:
    made = outcome(assistant, text)
    assert made == Outcome(status.value)
    assert (made.model, made.is_judged, made.needs_review) == ("", False, True)


def test_outcome_of_doubtful_language_says_so(assistant: Assistant) -> None:
    made = outcome(assistant, GERMAN)
    assert made.status.startswith("förslag, ej granskat. Texten verkar inte")
    assert made.needs_review
