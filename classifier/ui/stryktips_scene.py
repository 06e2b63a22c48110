"""A session as the leader's screen draws it: where it stands, and what the room has answered up to now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from classifier.services import Services
from classifier.store.games import Game, Remark
from classifier.stryktips.coupon import Coupon, Exercise, Row
from classifier.stryktips.course import Pace, Step, is_past
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.room import Player, Room, Tally
from classifier.stryktips.tips import Tip
from classifier.stryktips.wording import ROWS
from classifier.taxonomy import Scheme
from classifier.ui import frame

VIEW, ORDER, EXTENT, ROW = ADDRESS = "vy", "ordning", "tips", "rad"
"""What is kept in the address beside the session: the view, the order of its rows, how much of the tips, and the row at hand."""
COUPON, SPLIT = "kupongens", "delade"
"""Orders of rows: as on the coupon, and the most split first."""


@dataclass(frozen=True)
class Chosen:
    """What a leader has chosen to see of a view."""

    order: str = COUPON
    row: int = 0


class Scene:
    """A session and its room, with what is worked out of them once."""

    def __init__(self, services: Services, game: Game, room: Room) -> None:
        self.services = services
        self.game = game
        self.room = room
        self.scheme: Scheme = services.games.scheme

    @property
    def coupon(self) -> Coupon:
        """The session's coupon."""
        return self.room.coupon

    @property
    def rows(self) -> tuple[Row, ...]:
        """The coupon's rows."""
        return self.room.coupon.rows

    @property
    def has_columns(self) -> bool:
        """Whether every row is answered with the six columns."""
        return self.coupon.exercise is not Exercise.CASES

    @property
    def row_name(self) -> str:
        """What a row of the coupon is called."""
        return ROWS[self.coupon.exercise][0].capitalize()

    @property
    def is_led(self) -> bool:
        """Whether a round goes on in which the leader takes the rows one by one."""
        return self.game.state.pace is Pace.LED and self.game.state.is_round

    @property
    def round(self) -> int:
        """The round that is shown: the one whose coupons hold."""
        return self.game.state.round

    @property
    def has_second(self) -> bool:
        """Whether there is a second round: it goes on or is closed, or somebody has changed something in it."""
        return self.room.rounds > 1 or self.game.state.step in (Step.ROUND_2, Step.CLOSED_2)

    def is_named(self, player: Player) -> bool:
        """Whether a player's own name is shown: a group's always, a person's when the leader has chosen so."""
        return player.is_group or self.game.names_shown

    def has_come_to(self, step: Step) -> bool:
        """Whether the session stands at a step or after it."""
        return not is_past(step, self.game.state.step)

    @cached_property
    def answers(self) -> list[dict[str, Crosses]]:
        """For every row: player → crosses."""
        return self.room.answers(self.round)

    @cached_property
    def tallies(self) -> list[dict[str, Tally]]:
        """For every row: choice → its crosses."""
        return self.room.tallies(self.round)

    @cached_property
    def majorities(self) -> list[Crosses | None]:
        """For every row what most of the room answered."""
        return self.room.majorities(self.round)

    @cached_property
    def keys(self) -> list[Crosses | None]:
        """For every row its key."""
        return [row.key for row in self.rows]

    @cached_property
    def tips(self) -> list[Tip]:
        """The model's tip in every row; none when there are no tips."""
        return self.services.games.tips(self.game.id)

    def remarks(self, kind: str) -> list[Remark]:
        """What players have written of a kind."""
        return self.services.games.remarks(self.game.id, kind)

    def in_order(self, order: str) -> Sequence[int]:
        """The rows in an order."""
        if order != SPLIT:
            return range(len(self.rows))
        split = self.room.to_discuss(self.round)
        return [*split, *(row for row in range(len(self.rows)) if row not in set(split))]


def current(services: Services, game: Game) -> Scene:
    """The session as it stands now."""
    return Scene(services, game, services.games.current_room(game.id))


def names_toggle(scene: Scene) -> None:
    """Let the leader show or hide the players' names; what holds stands in the store."""
    games, game_id, key = scene.services.games, scene.game.id, f"namn-{scene.game.id}"
    st.session_state[key] = scene.game.names_shown

    def change() -> None:
        with frame.errors():
            games.show_names(game_id, bool(st.session_state[key]))

    st.toggle("Visa namn", key=key, on_change=change)
