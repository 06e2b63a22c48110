"""Tests of a session as its result package needs it."""

from __future__ import annotations

import pytest

from classifier.stryktips.coupon import Coupon, Exercise, Row
from classifier.stryktips.report.session import shown_names
from classifier.stryktips.room import Player, Room
from tests.stryktips.report.conftest import SMALL, alone, cases, empty, large, marks, players, session_of, small, tip

PAIR = Coupon("Två", Exercise.STRYKTIPS, (Row("Ett"), Row("Två")))


def test_session_shown_names_number_persons_and_keep_those_of_groups() -> None:
    room = Room(SMALL, [Player("a", "Gran"), Player("b", "Bord 7", "", True), Player("c", "Tall")], ())
    assert shown_names(room, names_shown=False) == {"a": "Spelare 1", "b": "Bord 7", "c": "Spelare 2"}
    assert shown_names(room, names_shown=True) == {"a": "Gran", "b": "Bord 7", "c": "Tall"}


def test_session_rows_most_split_first_single_answers_last() -> None:
    session = small()
    assert session.answered == [1, 0, 2]
    assert session.most_split == [1, 0]
    assert session.to_discuss == [1]
    assert session.unity[2] is None
    assert session.unity[0] == 1.0


def test_session_tells_of_the_last_round() -> None:
    people = players(2)
    made = [*marks({"p1": ["A"], "p2": ["U", "P"]}), *marks({"p1": ["U"]}, 2)]
    session = session_of(PAIR, people, made)
    assert session.round == 2
    assert session.unity_of(1)[0] == 0.0
    assert session.unity[0] == 1.0
    assert [movement.changed for movement in session.movements] == [1, 0]
    assert session_of(PAIR, people, made[:3]).movements == []


def test_session_tip_without_crosses_is_none() -> None:
    session = small()
    assert [found and len(found) for found in map(session.tip, range(3))] == [2, 1, None]
    assert alone().tip(0) is None


def test_session_day_is_that_of_sweden() -> None:
    late = small().opened_at.replace(hour=23, minute=30)
    assert small(opened_at=late).day == "2026-11-23"


def test_session_nobody_and_one() -> None:
    assert (empty().played, empty().answered, empty().agreement) == (frozenset(), [], None)
    assert (alone().answered, alone().most_split) == ([0], [])


def test_session_outside_is_what_the_probabilities_of_columns_lack() -> None:
    assert [small().outside(row) for row in range(3)] == [pytest.approx(0.1), pytest.approx(0.1), None]
    assert small(tips=[tip("A", A=0.7, P=0.4)]).outside(0) == 0.0
    assert cases(2, 1, tips=[tip("", innovation=0.2)] * 3).outside(0) is None
    assert alone().outside(0) is None


# Teams


def test_session_teams_groups_are_told_by_their_name() -> None:
    made = marks({"g1": ["A"], "g2": ["U"]})
    assert list(session_of(PAIR, players(0, 2), made).teams) == ["Bord 1", "Bord 2"]
    assert list(session_of(PAIR, players(0, 2), made, names_shown=True).teams) == ["Bord 1", "Bord 2"]


@pytest.mark.parametrize(("answering", "told"), [(5, ["Bord 1", "Tallen"]), (4, [])])
def test_session_teams_of_persons_need_five_who_answered(answering: int, told: list[str]) -> None:
    people = players(5, 1, team="Tallen")
    made = marks({f"p{place}": ["A"] for place in range(1, answering + 1)} | {"g1": ["U"]})
    assert sorted(session_of(PAIR, people, made).teams) == told


def test_session_teams_with_a_group_s_name_are_told_apart() -> None:
    people = [*players(5, team="Bord 1"), Player("g1", "Bord 1", "", True)]
    session = session_of(PAIR, people, marks({person.id: ["A"] for person in people}))
    assert sorted(map(len, session.teams.values())) == [1, 5]


def test_session_one_team_is_not_compared() -> None:
    assert session_of(PAIR, players(0, 1), marks({"g1": ["A"]})).teams == {}
    assert len(large(60, 3).teams) == 10
