"""The room: whose answers count in which round, what is split, and who may be set against whom."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.stryktips.agreement import unlikeness
from classifier.stryktips.coupon import Coupon, Exercise, Row
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.room import LEAST_PEOPLE, OTHERS, Mark, Movement, Player, Room, Tally
from tests.stryktips.strategies import CHOICES, crosses

NAMES = ("gran", "tall", "björk", "asp", "en", "rönn", "lind")
ROWS = 3
COUPON = Coupon("Provkupong", Exercise.STRYKTIPS, tuple(Row(f"Påstående {number}") for number in range(ROWS)))
PLAYERS = tuple(Player(name, name.title()) for name in NAMES)

places = st.tuples(st.sampled_from(NAMES), st.integers(0, ROWS - 1), st.integers(1, 2))
marks = st.dictionaries(places, crosses).map(lambda found: [Mark(*place, crossed) for place, crossed in found.items()])
rooms = marks.map(lambda found: Room(COUPON, PLAYERS, found))
rounds = st.integers(1, 2)


def crossed(text: str) -> Crosses:
    return Crosses.parse(text)


def room_of(*marks: tuple[str, int, int, str]) -> Room:
    return Room(COUPON, PLAYERS, [Mark(player, row, number, crossed(text)) for player, row, number, text in marks])


def people(**teams: int) -> list[Player]:
    """So many persons of each team."""
    return [Player(f"{team}-{number}", f"{team} {number}", team) for team, size in teams.items() for number in range(size)]


def test_room_without_players() -> None:
    room = Room(COUPON, (), ())
    assert (room.rounds, room.answers(1), room.progress(1), room.agreement(1)) == (1, [{}] * ROWS, {}, None)
    assert room.agreements(1) == [None] * ROWS
    assert room.majorities(1) == [None] * ROWS
    assert (room.splits(1), room.to_discuss(1), room.teams(), room.scores(1, [None] * ROWS)) == ([0.0] * ROWS, [], {}, {})


@given(marks, st.randoms(use_true_random=False))
def test_room_second_round_falls_back_on_the_first(given_marks: list[Mark], chance: object) -> None:
    chance.shuffle(given_marks)  # type: ignore[attr-defined]
    room = Room(COUPON, PLAYERS, given_marks)
    made = {(mark.player, mark.row, mark.round): mark.crosses for mark in given_marks}
    for row in range(ROWS):
        for name in NAMES:
            first = made.get((name, row, 1), Crosses())
            second = made.get((name, row, 2), first)
            assert room.answers(1)[row].get(name, Crosses()) == first
            assert room.answers(2)[row].get(name, Crosses()) == second


@given(marks)
def test_room_first_round_does_not_know_the_second(given_marks: list[Mark]) -> None:
    alone = Room(COUPON, PLAYERS, [mark for mark in given_marks if mark.round == 1])
    room = Room(COUPON, PLAYERS, given_marks)
    assert room.answers(1) == alone.answers(1) == alone.answers(2)
    assert room.agreement(1) == alone.agreement(1) == alone.agreement(2)
    assert room.rounds == max((mark.round for mark in given_marks), default=1)


def test_room_answer_taken_away_is_none() -> None:
    room = room_of(("gran", 0, 1, "A"), ("gran", 0, 2, ""), ("tall", 0, 1, ""))
    assert [room.answers(number)[0] for number in (1, 2)] == [{"gran": crossed("A")}, {}]
    assert [room.progress(number)["gran"] for number in (1, 2)] == [1, 0]
    assert room.progress(1)["tall"] == 0


def test_room_mark_beyond_the_coupon_is_left_out() -> None:
    assert room_of(("gran", ROWS, 1, "A")).answers(1) == [{}] * ROWS


@given(rooms, rounds)
def test_room_progress_counts_crossed_rows(room: Room, number: int) -> None:
    answers = room.answers(number)
    assert room.progress(number) == {name: sum(name in row for row in answers) for name in NAMES}


@given(rooms, rounds)
def test_room_tallies_hold_every_cross_once(room: Room, number: int) -> None:
    for row, tally in zip(room.answers(number), room.tallies(number), strict=True):
        assert sum(found.number for found in tally.values()) == sum(map(len, row.values()))
        assert all(found.number > 0 for found in tally.values())
        for choice in CHOICES:
            found = tally.get(choice, Tally(0, 0))
            assert found.full == sum(choice in answer.full for answer in row.values())
            assert found.weak == sum(choice in answer.weak for answer in row.values())


@given(rooms, rounds, st.sets(st.sampled_from(NAMES)))
def test_room_tallies_of_parts_make_the_whole(room: Room, number: int, some: set[str]) -> None:
    parts = [
        Room(COUPON, PLAYERS, [mark for mark in room._marks if mark.player in names]).tallies(number) for names in (some, set(NAMES) - some)
    ]
    for whole, first, second in zip(room.tallies(number), *parts, strict=True):
        for choice in whole.keys() | first.keys() | second.keys():
            counts = [(found.get(choice, Tally(0, 0)).full, found.get(choice, Tally(0, 0)).weak) for found in (whole, first, second)]
            assert counts[0] == (counts[1][0] + counts[2][0], counts[1][1] + counts[2][1])


@given(rooms, rounds)
def test_room_agreement_is_the_weighted_mean_of_the_rows(room: Room, number: int) -> None:
    weights = [len(row) if len(row) > 1 else 0 for row in room.answers(number)]
    found = room.agreements(number)
    whole = room.agreement(number)
    if whole is None:
        assert found == [None] * ROWS
        return
    assert [agreement is None for agreement in found] == [weight == 0 for weight in weights]
    mean = sum(agreement * weight for agreement, weight in zip(found, weights, strict=True) if agreement is not None) / sum(weights)
    assert mean == pytest.approx(whole, abs=1e-9)


def test_room_agreement_reckoned_by_hand() -> None:
    room = room_of(("gran", 0, 1, "A"), ("tall", 0, 1, "P"), ("gran", 1, 1, "U"), ("tall", 1, 1, "U"), ("gran", 2, 1, "L"))
    assert room.splits(1) == [1.0, 0.0, 0.0]
    assert room.agreement(1) == pytest.approx(1 - (1 / 2) / (5 / 6))
    assert room.agreements(1) == [pytest.approx(1 - 1 / (5 / 6)), 1.0, None]


@given(rooms, rounds)
def test_room_to_discuss_is_what_is_split_most_first(room: Room, number: int) -> None:
    splits, found = room.splits(number), room.to_discuss(number)
    assert sorted(found) == [row for row in range(ROWS) if len(set(room.answers(number)[row].values())) > 1]
    assert [splits[row] for row in found] == sorted((splits[row] for row in found), reverse=True)
    assert all(0.0 <= split <= 1.0 + 1e-12 for split in splits)


@given(rooms, rounds)
def test_room_majorities_where_someone_has_answered(room: Room, number: int) -> None:
    assert [majority is None for majority in room.majorities(number)] == [not row for row in room.answers(number)]


def test_room_scores_of_everybody_against_a_key() -> None:
    room = room_of(("gran", 0, 1, "A"), ("gran", 1, 1, "P U"), ("gran", 2, 1, "L"), ("tall", 0, 1, "P"), ("tall", 0, 2, "A"))
    keys = [crossed("A"), crossed("P"), None]
    first, second = room.scores(1, keys), room.scores(2, keys)
    assert first.keys() == set(NAMES)
    assert (first["gran"].points, first["gran"].rows) == (1.5, 2)
    assert (first["tall"].points, second["tall"].points, first["asp"].points) == (0.0, 1.0, 0.0)


def test_room_scores_against_the_majority_of_one() -> None:
    room = room_of(("gran", 0, 1, "A P"), ("gran", 2, 1, "L"))
    found = room.scores(1, room.majorities(1))["gran"]
    assert (found.points, found.rows) == (2.0, 2)


teams = st.sampled_from(["", "Bord 1", "Bord 2", OTHERS, f"{OTHERS} (personer)"])
crowds = st.lists(st.tuples(teams, st.booleans()), max_size=30)


def players_of(crowd: list[tuple[str, bool]]) -> list[Player]:
    """Persons of teams, and groups some of which are called as teams are."""
    groups = iter(["Bord 1", OTHERS, "Bord 1 (personer)", f"{OTHERS} (personer)"])
    found = []
    for number, (team, is_group) in enumerate(crowd):
        name = next(groups, f"Grupp {number}") if is_group else f"person {number}"
        found.append(Player(str(number), name, "" if is_group else team, is_group))
    return found


@given(crowds)
def test_room_teams_of_fewer_than_five_are_never_alone(crowd: list[tuple[str, bool]]) -> None:
    players = players_of(crowd)
    found = Room(COUPON, players, ()).teams()
    people = {player.id for player in players if not player.is_group}
    for ids in found.values():
        assert len(ids) >= LEAST_PEOPLE if set(ids) & people else len(ids) == 1


@given(crowds)
def test_room_teams_lose_and_double_nobody(crowd: list[tuple[str, bool]]) -> None:
    players = players_of(crowd)
    found = Room(COUPON, players, ()).teams()
    placed = Counter(player for ids in found.values() for player in ids)
    assert set(placed.values()) <= {1}
    sizes = Counter(player.team for player in players if not player.is_group)
    large = {team for team, size in sizes.items() if team and size >= LEAST_PEOPLE}
    rest = [player.id for player in players if not player.is_group and player.team not in large]
    expected = {player.id for player in players if player.is_group or player.team in large} | {
        player for player in rest if len(rest) >= LEAST_PEOPLE
    }
    assert set(placed) == expected
    assert len(found) == sum(player.is_group for player in players) + len(large) + (len(rest) >= LEAST_PEOPLE)


def test_room_teams_small_ones_go_together() -> None:
    found = Room(COUPON, [*people(Gran=5, Tall=4, Asp=1), Player("g", "Grupp 1", is_group=True)], ()).teams()
    assert {name: len(ids) for name, ids in found.items()} == {"Grupp 1": 1, "Gran": 5, OTHERS: 5}
    assert list(Room(COUPON, people(Gran=5, Tall=4), ()).teams()) == ["Gran"]
    assert Room(COUPON, people(Gran=4), ()).teams() == {}


def test_room_teams_called_as_the_others() -> None:
    players = [Player("g", "Gran", is_group=True), *people(Gran=5, Övriga=6, Tall=4, Asp=3)]
    found = Room(COUPON, players, ()).teams()
    assert {name: len(ids) for name, ids in found.items()} == {"Gran": 1, "Gran (personer)": 5, OTHERS: 6, f"{OTHERS} (personer)": 7}


def test_room_movements_of_those_who_answered_both_times() -> None:
    first, second = [("gran", 0, 1, "A"), ("tall", 0, 1, "P"), ("asp", 0, 1, "P")], [("gran", 0, 2, "P"), ("lind", 0, 2, "L")]
    room = room_of(*first, *second)
    moved, *rest = room.movements()
    assert (moved.row, moved.both, moved.changed, moved.after) == (0, 3, 1, 0.0)
    assert moved.before == pytest.approx(2 / 3)
    assert rest == [Movement(row, 0, 0, 0.0, 0.0) for row in (1, 2)]


@given(rooms)
def test_room_movements_count_changes(room: Room) -> None:
    for found, before, after in zip(room.movements(), room.answers(1), room.answers(2), strict=True):
        both = before.keys() & after.keys()
        assert (found.both, found.changed) == (len(both), sum(before[player] != after[player] for player in both))
        assert 0.0 <= found.before <= 1.0 + 1e-12
        pairs = [(one, other) for one in both for other in both if one < other]
        expected = sum(unlikeness(after[one], after[other]) for one, other in pairs) / len(pairs) if pairs else 0.0
        assert found.after == pytest.approx(expected)
