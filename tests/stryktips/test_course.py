"""The course of a session: when marks are taken, what may follow what, and what players may see."""

from __future__ import annotations

import datetime
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.stryktips.course import GRACE, Gate, Pace, State, Step, is_past, may_join, next_steps

NOON = datetime.datetime(2026, 3, 2, 12, tzinfo=datetime.UTC)
SECOND = datetime.timedelta(seconds=1)
ROUNDS = (Step.ROUND_1, Step.ROUND_2)
ENDS = (None, NOON - GRACE - SECOND, NOON - GRACE, NOON, NOON + SECOND)
TIME_IS_OUT = NOON - GRACE - SECOND


@pytest.mark.parametrize("step", list(Step))
@pytest.mark.parametrize("pace", list(Pace))
def test_course_takes_marks_in_every_combination(step: Step, pace: Pace) -> None:
    for gate, position, row, ends_at in product(Gate, range(3), range(3), ENDS):
        found = State(step, pace, position, gate, ends_at).takes_marks(row, NOON)
        is_at_hand = pace is Pace.OWN or (row == position and gate is Gate.OPEN)
        assert found == (step in ROUNDS and ends_at != TIME_IS_OUT and is_at_hand)


states = st.builds(
    State,
    st.sampled_from(Step),
    st.sampled_from(Pace),
    st.integers(0, 5),
    st.sampled_from(Gate),
    st.none() | st.integers(-5, 5).map(lambda seconds: NOON + seconds * SECOND),
)
moments = st.integers(-10_000, 10_000).map(lambda thousandths: NOON + thousandths * SECOND / 1000)


@given(states, st.integers(0, 5), moments)
def test_course_marks_are_never_taken_outside_a_round_after_time_or_on_another_row(
    state: State, row: int, moment: datetime.datetime
) -> None:
    if state.takes_marks(row, moment):
        assert state.step in ROUNDS
        assert state.ends_at is None or moment <= state.ends_at + GRACE
        assert state.pace is Pace.OWN or (state.position, state.gate) == (row, Gate.OPEN)


@given(states, st.integers(0, 5), moments)
def test_course_what_is_late_is_late_for_good(state: State, row: int, moment: datetime.datetime) -> None:
    if not state.takes_marks(row, moment):
        assert not state.takes_marks(row, moment + SECOND)


def test_course_ordinary_order_is_the_usual_way() -> None:
    steps, step = [Step.LOBBY], Step.LOBBY
    while next_steps(step):
        step = next_steps(step)[0]
        steps.append(step)
    assert steps == list(Step)


def test_course_next_steps_with_a_key() -> None:
    assert {step: set(next_steps(step)) for step in Step} == {
        Step.LOBBY: {Step.ROUND_1},
        Step.ROUND_1: {Step.CLOSED_1},
        Step.CLOSED_1: {Step.ROUND_2, Step.KEY, Step.ROUND_1},
        Step.ROUND_2: {Step.CLOSED_2},
        Step.CLOSED_2: {Step.KEY, Step.ROUND_2},
        Step.KEY: {Step.MODEL, Step.END},
        Step.MODEL: {Step.END},
        Step.END: set(),
    }


def test_course_without_a_key_the_key_is_never_reached() -> None:
    reached, waiting = set(), {Step.LOBBY}
    while waiting:
        step = waiting.pop()
        reached.add(step)
        waiting |= set(next_steps(step, has_key=False)) - reached
    assert reached == set(Step) - {Step.KEY}


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("step", list(Step))
def test_course_next_steps_never_lead_back_once_the_key_is_shown(step: Step, has_key: bool) -> None:
    following = next_steps(step, has_key)
    assert len(set(following)) == len(following)
    if State(step).shows_key or State(step).shows_tips:
        assert all(is_past(other, step) for other in following)
        assert all(State(other).shows_key for other in following)
    for other in following:
        if not is_past(other, step):
            assert other in ROUNDS
            assert State(step).round == State(other).round


@pytest.mark.parametrize("has_key", [True, False])
@pytest.mark.parametrize("step", list(Step))
def test_course_a_round_is_always_closed_before_anything_is_shown(step: Step, has_key: bool) -> None:
    if any(State(other).shows_key for other in next_steps(step, has_key)):
        assert step in (Step.CLOSED_1, Step.CLOSED_2) or State(step).shows_key


def test_course_what_players_see_when() -> None:
    assert [step for step in Step if State(step).shows_key] == [Step.KEY, Step.MODEL, Step.END]
    assert [step for step in Step if State(step).shows_tips] == [Step.MODEL, Step.END]


@given(states)
def test_course_nothing_is_shown_while_marks_are_taken(state: State) -> None:
    if any(state.takes_marks(row, NOON) for row in range(6)):
        assert not state.shows_key
        assert not state.shows_tips


def test_course_round_is_the_second_from_the_second_on() -> None:
    assert [State(step).round for step in Step] == [1, 1, 1, 2, 2, 2, 2, 2]


def test_course_joining_until_the_end() -> None:
    assert [step for step in Step if not may_join(step)] == [Step.END]


@given(st.sampled_from(Step), st.sampled_from(Step))
def test_course_of_two_steps_one_is_past(one: Step, other: Step) -> None:
    assert is_past(one, other) + is_past(other, one) == (one is not other)
