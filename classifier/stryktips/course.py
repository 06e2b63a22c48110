"""The course of a session: its steps, what may follow what, and what players may see and do at each."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from enum import StrEnum

GRACE = datetime.timedelta(seconds=1)
"""How long after the timer a mark still counts: it was made in time and travelled."""


class Step(StrEnum):
    """How far a session has come. The value is what the store says."""

    LOBBY = "lobby"
    ROUND_1 = "runda 1"
    CLOSED_1 = "runda 1 stängd"
    ROUND_2 = "runda 2"
    CLOSED_2 = "runda 2 stängd"
    KEY = "facit"
    MODEL = "modellens tips"
    END = "avslut"


ROUND_OF = {Step.ROUND_1: 1, Step.CLOSED_1: 1, Step.ROUND_2: 2, Step.CLOSED_2: 2}
ROUNDS = frozenset({Step.ROUND_1, Step.ROUND_2})
"""The steps in which players mark."""
_ORDER = tuple(Step)
_NEXT = {
    Step.LOBBY: (Step.ROUND_1,),
    Step.ROUND_1: (Step.CLOSED_1,),
    Step.CLOSED_1: (Step.ROUND_2, Step.KEY, Step.ROUND_1),
    Step.ROUND_2: (Step.CLOSED_2,),
    Step.CLOSED_2: (Step.KEY, Step.ROUND_2),
    Step.KEY: (Step.MODEL, Step.END),
    Step.MODEL: (Step.END,),
    Step.END: (),
}


class Pace(StrEnum):
    """Who decides which statement is at hand."""

    OWN = "egen takt"
    """Everyone has the whole coupon."""
    LED = "ledd"
    """The leader takes the statements one by one."""


class Gate(StrEnum):
    """In a led round: what can be done with the statement at hand."""

    OPEN = "öppen"
    LOCKED = "låst"
    SHOWN = "visad"
    """Locked, and the room's crosses are shown to all."""


@dataclass(frozen=True)
class State:
    """Where a session stands."""

    step: Step = Step.LOBBY
    pace: Pace = Pace.OWN
    position: int = 0
    """The row at hand, from 0, when the pace is led."""
    gate: Gate = Gate.OPEN
    ends_at: datetime.datetime | None = None
    """When the time for the round, or for the row at hand, is out; nothing when it is not limited."""

    @property
    def round(self) -> int:
        """The round whose coupons hold: 2 from the second round on, though nobody may have changed anything in it, or it was never played."""
        return ROUND_OF.get(self.step, 1 if self.step is Step.LOBBY else 2)

    @property
    def is_round(self) -> bool:
        """Whether a round goes on."""
        return self.step in ROUNDS

    @property
    def shows_key(self) -> bool:
        """Whether players may see the key."""
        return self.step in (Step.KEY, Step.MODEL, Step.END)

    @property
    def shows_tips(self) -> bool:
        """Whether players may see what the model would have answered."""
        return self.step in (Step.MODEL, Step.END)

    def takes_marks(self, row: int, moment: datetime.datetime) -> bool:
        """Whether a mark in a row counts at this moment."""
        if not self.is_round:
            return False
        if self.ends_at is not None and moment > self.ends_at + GRACE:
            return False
        return self.pace is Pace.OWN or (row == self.position and self.gate is Gate.OPEN)


def next_steps(step: Step, has_key: bool = True) -> tuple[Step, ...]:
    """The steps that may follow, the usual one first. Without a key, the model's tips take the place of the key.

    Going back to a round that was closed by mistake is possible until the key has been shown.
    """
    following = _NEXT[step]
    return following if has_key else tuple(Step.MODEL if wanted is Step.KEY else wanted for wanted in following)


def may_join(step: Step) -> bool:
    """Whether a player may still come in: always but after the end."""
    return step is not Step.END


def is_past(step: Step, other: Step) -> bool:
    """Whether a step lies after another in the ordinary course."""
    return _ORDER.index(step) > _ORDER.index(other)
