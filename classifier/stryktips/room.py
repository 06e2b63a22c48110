"""What a room of players has answered: crosses counted, agreement, what to discuss, group against group, before against after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from classifier.stryktips.agreement import alpha, disagreement, unlikeness
from classifier.stryktips.coupon import Coupon
from classifier.stryktips.crosses import Crosses, likeness
from classifier.stryktips.scoring import Score, majority, score

LEAST_PEOPLE = 5
"""Fewer people than this are never shown as a group of their own: their answers could be guessed."""
OTHERS = "Övriga"


@dataclass(frozen=True)
class Player:
    """Somebody who plays: a person, or a group that answers together on one device."""

    id: str
    name: str
    team: str = ""
    """The table or organisation a person belongs to; empty when none was given."""
    is_group: bool = False


@dataclass(frozen=True)
class Mark:
    """What a player has answered in a row, in a round."""

    player: str
    row: int
    round: int
    crosses: Crosses


@dataclass(frozen=True)
class Tally:
    """Crosses at one choice of one row."""

    full: int
    weak: int

    @property
    def number(self) -> int:
        """How many have a cross there, full or weak."""
        return self.full + self.weak


@dataclass(frozen=True)
class Movement:
    """A row before and after: how many answered both times, how many of them changed, and how far they stood from each other each time."""

    row: int
    both: int
    changed: int
    before: float
    after: float
    """Mean unlikeness of all pairs of answers, from 0 to 1."""


class Room:
    """The players of a session and their marks in every round."""

    def __init__(self, coupon: Coupon, players: Sequence[Player], marks: Iterable[Mark]) -> None:
        self.coupon = coupon
        self.players = tuple(players)
        self._marks = tuple(marks)
        self._answers: dict[int, list[dict[str, Crosses]]] = {}
        self._splits: dict[int, list[float]] = {}
        self._tallies: dict[int, list[dict[str, Tally]]] = {}
        self._majorities: dict[int, list[Crosses | None]] = {}

    @cached_property
    def rounds(self) -> int:
        """The last round in which anybody has marked anything; 1 before that."""
        return max((mark.round for mark in self._marks), default=1)

    def answers(self, round_number: int) -> list[dict[str, Crosses]]:
        """For every row: player → what the player's coupon says in a round, where it says anything.

        The second round begins with the coupon of the first, so an answer that was left alone counts in both.
        """
        if round_number not in self._answers:
            self._answers[round_number] = self._read(round_number)
        return self._answers[round_number]

    def progress(self, round_number: int) -> dict[str, int]:
        """Player → how many rows have a cross."""
        done = Counter(player for row in self.answers(round_number) for player in row)
        return {player.id: done[player.id] for player in self.players}

    def tallies(self, round_number: int) -> list[dict[str, Tally]]:
        """For every row: choice → its crosses."""
        if round_number not in self._tallies:
            self._tallies[round_number] = [_tally(row.values()) for row in self.answers(round_number)]
        return self._tallies[round_number]

    def agreement(self, round_number: int) -> float | None:
        """Krippendorff's α for sets over the whole coupon; see :func:`classifier.stryktips.agreement.alpha`."""
        return alpha([list(row.values()) for row in self.answers(round_number)], unlikeness)

    def agreements(self, round_number: int) -> list[float | None]:
        """For every row: one minus its disagreement by what chance would give over the whole coupon, so that their weighted mean is the whole α.

        Nothing for a row with fewer than two answers, or where the whole coupon has no α.
        """
        rows = [Counter(row.values()) for row in self.answers(round_number)]
        expected = disagreement(sum((row for row in rows if row.total() > 1), Counter[Crosses]()), unlikeness)
        splits = zip(rows, self.splits(round_number), strict=True)
        return [1.0 - split / expected if expected and row.total() > 1 else None for row, split in splits]

    def splits(self, round_number: int) -> list[float]:
        """For every row: the mean unlikeness of all pairs of answers, 0 (all the same) to 1."""
        if round_number not in self._splits:
            self._splits[round_number] = [disagreement(Counter(row.values()), unlikeness) for row in self.answers(round_number)]
        return self._splits[round_number]

    def to_discuss(self, round_number: int) -> list[int]:
        """The rows in which not all answered the same, the most split first."""
        splits = self.splits(round_number)
        return sorted((row for row, split in enumerate(splits) if split > 0), key=lambda row: (-splits[row], row))

    def majorities(self, round_number: int) -> list[Crosses | None]:
        """For every row what most of the room answered."""
        if round_number not in self._majorities:
            self._majorities[round_number] = [majority(row.values()) for row in self.answers(round_number)]
        return self._majorities[round_number]

    def scores(self, round_number: int, keys: Sequence[Crosses | None]) -> dict[str, Score]:
        """Player → points against the key, or against whatever else is given for every row."""
        rows = self.answers(round_number)
        return {
            player.id: score(
                {number: row[player.id] for number, row in enumerate(rows) if player.id in row},
                keys,
                is_single=self.coupon.exercise.is_single,
            )
            for player in self.players
        }

    def teams(self) -> dict[str, tuple[str, ...]]:
        """Those that may be set against each other: name → ids of their players.

        A group that answers together is its own. Persons are put together by team, and a team of fewer than ``LEAST_PEOPLE`` goes
        to ``OTHERS``, which is left out when it is too small itself.
        """
        found: dict[str, tuple[str, ...]] = {player.name: (player.id,) for player in self.players if player.is_group}
        members: dict[str, list[str]] = {}
        for player in self.players:
            if not player.is_group:
                members.setdefault(player.team, []).append(player.id)
        small = [player for team, ids in members.items() if not team or len(ids) < LEAST_PEOPLE for player in ids]
        for team, ids in sorted(members.items()):
            if team and len(ids) >= LEAST_PEOPLE:
                found[_free(team, found)] = tuple(ids)
        if len(small) >= LEAST_PEOPLE:
            found[_free(OTHERS, found)] = tuple(small)
        return found

    def movements(self) -> list[Movement]:
        """For every row how the answers moved from the first round to the second, among those who answered both times."""
        return [
            _movement(number, before, after) for number, (before, after) in enumerate(zip(self.answers(1), self.answers(2), strict=True))
        ]

    def _read(self, round_number: int) -> list[dict[str, Crosses]]:
        latest: list[dict[str, tuple[int, Crosses]]] = [{} for _ in self.coupon.rows]
        for mark in self._marks:
            if mark.round <= round_number and mark.row < len(latest):
                held = latest[mark.row].get(mark.player)
                if held is None or held[0] <= mark.round:
                    latest[mark.row][mark.player] = (mark.round, mark.crosses)
        return [{player: crosses for player, (_, crosses) in row.items() if len(crosses)} for row in latest]


def _free(name: str, taken: Container[str]) -> str:
    """The name, told apart from a group that has the same."""
    while name in taken:
        name += " (personer)"
    return name


def _tally(answers: Iterable[Crosses]) -> dict[str, Tally]:
    full: Counter[str] = Counter()
    weak: Counter[str] = Counter()
    for crosses in answers:
        full.update(crosses.full)
        weak.update(crosses.weak)
    return {choice: Tally(full[choice], weak[choice]) for choice in full.keys() | weak.keys()}


def _movement(row: int, before: Mapping[str, Crosses], after: Mapping[str, Crosses]) -> Movement:
    both = before.keys() & after.keys()
    return Movement(
        row,
        len(both),
        sum(likeness(before[player], after[player]) < 1 for player in both),
        disagreement(Counter(before[player] for player in both), unlikeness),
        disagreement(Counter(after[player] for player in both), unlikeness),
    )
