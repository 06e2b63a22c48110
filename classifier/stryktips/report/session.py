"""A session as its result package needs it: what was played, answered and written, and under which names it is told."""

from __future__ import annotations

import datetime
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import count
from zoneinfo import ZoneInfo

from classifier.stryktips.coupon import Choice, Row
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.room import Movement, Room, Tally
from classifier.stryktips.tips import Tip

LOCAL = ZoneInfo("Europe/Stockholm")
Said = tuple[str, int, str]
"""A player's id, the number of a row or a question from 0, and what was written."""
Change = tuple[str, int, int, str, datetime.datetime]
"""A player's id, the round, the row, the crosses as they are written, and when they were made."""


@dataclass(frozen=True)
class Session:
    """A session that has been played. What is worked out of it is worked out once."""

    title: str
    opened_at: datetime.datetime
    room: Room
    tips: Sequence[Tip]
    """The model's tip for every row; empty when it has given none."""
    reasons: Sequence[Said]
    """Why players crossed rows as they did."""
    reflections: Sequence[Said]
    """Answers to the questions for reflection."""
    changes: Sequence[Change]
    """Every mark as it was made, in order."""
    names_shown: bool
    questions: Sequence[str]
    model_version: str

    @property
    def rows(self) -> tuple[Row, ...]:
        """The coupon's rows."""
        return self.room.coupon.rows

    @property
    def keys(self) -> list[Crosses | None]:
        """The key of every row; nothing where there is none."""
        return [row.key if row.key else None for row in self.rows]

    @property
    def day(self) -> str:
        """The day it was opened, in Sweden."""
        return f"{self.opened_at.astimezone(LOCAL):%Y-%m-%d}"

    @cached_property
    def round(self) -> int:
        """The last round in which anybody has marked anything: the one that is told of."""
        return self.room.rounds

    @cached_property
    def answers(self) -> list[dict[str, Crosses]]:
        """For every row: player → answer."""
        return self.room.answers(self.round)

    @cached_property
    def played(self) -> frozenset[str]:
        """The players who have answered anything."""
        return frozenset(player for row in self.answers for player in row)

    @cached_property
    def majorities(self) -> list[Crosses | None]:
        """For every row what most of the room answered."""
        return self.room.majorities(self.round)

    @cached_property
    def tallies(self) -> list[dict[str, Tally]]:
        """For every row: choice → its crosses."""
        return self.room.tallies(self.round)

    @cached_property
    def agreement(self) -> float | None:
        """Krippendorff's α over the whole coupon."""
        return self.room.agreement(self.round)

    @cached_property
    def alphas(self) -> list[float | None]:
        """For every row its part of :attr:`agreement`; see :meth:`classifier.stryktips.room.Room.agreements`."""
        return self.room.agreements(self.round)

    @cached_property
    def unity(self) -> list[float | None]:
        """For every row how alike the answers are, the mean over all pairs, from 0 to 1; nothing where fewer than two have answered."""
        return self.unity_of(self.round)

    def unity_of(self, round_number: int) -> list[float | None]:
        """As :attr:`unity`, in any round."""
        answers, splits = self.room.answers(round_number), self.room.splits(round_number)
        return [1.0 - split if len(row) > 1 else None for row, split in zip(answers, splits, strict=True)]

    @cached_property
    def answered(self) -> list[int]:
        """Every row that anybody has answered: the one they agree least about first, those with a single answer last."""
        unity = [math.inf if found is None else found for found in self.unity]
        return sorted((row for row, answers in enumerate(self.answers) if answers), key=lambda row: (unity[row], row))

    @cached_property
    def most_split(self) -> list[int]:
        """Every row that two or more have answered, the one they agree least about first."""
        return [row for row in self.answered if self.unity[row] is not None]

    @cached_property
    def to_discuss(self) -> list[int]:
        """The rows in which not all answered the same, the most split first."""
        return [row for row in self.most_split if (self.unity[row] or 0.0) < 1.0]

    @cached_property
    def movements(self) -> list[Movement]:
        """For every row how the answers moved; none when there was one round only."""
        return self.room.movements() if self.round > 1 else []

    @cached_property
    def names(self) -> dict[str, str]:
        """Player → the name that the package may tell."""
        return shown_names(self.room, self.names_shown)

    @cached_property
    def teams(self) -> dict[str, tuple[str, ...]]:
        """Those that may be set against each other, of those who have answered: the name that may be told → players; none when there is one."""
        return told_teams(self.room, self.round, self.names_shown)

    def tip(self, row: int) -> Crosses | None:
        """What the model answered in a row; nothing when it gave no answer."""
        return self.tips[row].crosses if row < len(self.tips) and self.tips[row].crosses else None

    def outside(self, row: int) -> float | None:
        """How probable the model finds it that a row lies outside the chain; nothing where it has no probabilities, or labels were asked for."""
        shares = self.tips[row].shares if row < len(self.tips) and self.rows[row].choice is Choice.COLUMN else {}
        return max(1.0 - sum(shares.values()), 0.0) if shares else None


def told_teams(room: Room, round_number: int, names_shown: bool) -> dict[str, tuple[str, ...]]:
    """Those that may be set against each other, of those who have answered in a round.

    Args:
        room: whose players.
        round_number: the round.
        names_shown: as in :func:`shown_names`.

    Returns:
        The name that may be told → ids of players; nothing when there are not two to compare.
    """
    names, progress = shown_names(room, names_shown), room.progress(round_number)
    played = [replace(player, name=names[player.id]) for player in room.players if progress[player.id]]
    found = Room(room.coupon, played, ()).teams()
    return found if len(found) > 1 else {}


def shown_names(room: Room, names_shown: bool) -> dict[str, str]:
    """What players are called. A group always has its own name: a table is not a person, and its name gives nobody away.

    Args:
        room: whose players, in the order they joined.
        names_shown: whether the leader has chosen to show the names of persons; else they are numbered among themselves, *Spelare 1*.

    Returns:
        Player's id → name.
    """
    numbers = count(1)
    return {player.id: player.name if names_shown or player.is_group else f"Spelare {next(numbers)}" for player in room.players}
