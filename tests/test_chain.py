"""The effect chain board: where statements stand, the gaps, and what to ask."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.chain import CHAIN_CODES, QUESTIONS, lay_out
from classifier.taxonomy.scheme import COLUMN_CODES

COLUMN_SETS = st.one_of(st.just(("-",)), st.lists(st.sampled_from(CHAIN_CODES), min_size=1, max_size=6, unique=True).map(tuple))


def test_chain_codes_leave_out_what_is_outside() -> None:
    assert CHAIN_CODES == ("R", "A", "P", "U", "K", "L")


@settings(deadline=None)
@given(st.lists(COLUMN_SETS, max_size=30))
def test_chain_lay_out_places_each_statement_in_its_columns(columns: list[tuple[str, ...]]) -> None:
    board = lay_out(columns)
    assert tuple(board.columns) == CHAIN_CODES
    for code, numbers in board.columns.items():
        assert numbers == tuple(number for number, codes in enumerate(columns) if code in codes)


@settings(deadline=None)
@given(st.lists(COLUMN_SETS, max_size=30))
def test_chain_gaps_and_questions_belong_together(columns: list[tuple[str, ...]]) -> None:
    board = lay_out(columns)
    assert board.gaps == tuple(code for code in CHAIN_CODES if not any(code in codes for codes in columns))
    assert board.questions == tuple(QUESTIONS[code] for code in board.gaps)


def test_chain_lay_out_statement_with_two_columns_stands_twice() -> None:
    board = lay_out([("A", "P"), ("-",), ("P",)])
    assert (board.columns["A"], board.columns["P"]) == ((0,), (0, 2))
    assert board.gaps == ("R", "U", "K", "L")


def test_chain_lay_out_nothing_is_all_gaps() -> None:
    assert lay_out([]).gaps == CHAIN_CODES


def test_chain_lay_out_full_chain_has_no_questions() -> None:
    assert lay_out([(code,) for code in COLUMN_CODES]).questions == ()


@pytest.mark.parametrize("code", CHAIN_CODES)
def test_chain_questions_one_each(code: str) -> None:
    assert QUESTIONS[code].startswith(("Vad", "Vilket"))
    assert QUESTIONS[code].endswith("?")
    assert len(set(QUESTIONS.values())) == len(CHAIN_CODES)
