"""The tables of the stryktips: coupons, sessions ("games", since a session is something else to a database), players and their marks."""

from __future__ import annotations

import datetime
from typing import Any

from sqlalchemy import JSON, DateTime, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from classifier.store.tables import Base


class SavedCoupon(Base):
    """A coupon that a leader has made."""

    __tablename__ = "coupons"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    title: Mapped[str] = mapped_column(String(200))
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """See ``stryktips.coupon.as_data``."""
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class Game(Base):
    """A session of the stryktips: one row says where it stands."""

    __tablename__ = "games"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    """What players type to come in."""
    title: Mapped[str] = mapped_column(String(200))
    secret: Mapped[str] = mapped_column(String(64))
    """Signs the players' cookies; never leaves the server."""
    step: Mapped[str] = mapped_column(String(20))
    pace: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    gate: Mapped[str] = mapped_column(String(12))
    ends_at: Mapped[datetime.datetime | None] = mapped_column(DateTime(timezone=True))
    revision: Mapped[int]
    """Counts up whenever the state changes; a leader's change answers the revision that the leader saw."""
    names_shown: Mapped[bool]
    guard_limit: Mapped[int | None]
    """Most garderingar on a coupon; nothing when there is no limit."""
    seconds: Mapped[int | None]
    """Time for a round, or for a row when the leader sets the pace; nothing when there is no limit."""
    shared_second: Mapped[bool]
    """Whether those of one team have one coupon together in the second round."""
    content: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The coupon, as it was when the session was opened; see ``stryktips.coupon.as_data``. Never changed."""
    tips: Mapped[list[Any]] = mapped_column(JSON)
    """The model's tip for every row; see ``stryktips.tips.tip_as_data``. Empty when there is none."""
    model_version: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
    delete_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True), index=True)
    """When it is deleted with all that players have written."""


class Player(Base):
    """Somebody who plays: a person or a group."""

    __tablename__ = "players"
    __table_args__ = (UniqueConstraint("game_id", "name_key"), UniqueConstraint("game_id", "code"), UniqueConstraint("game_id", "form"))

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(60))
    name_key: Mapped[str] = mapped_column(String(120))
    """The name without case, so that nobody takes somebody else's."""
    team: Mapped[str] = mapped_column(String(60))
    is_group: Mapped[bool]
    code: Mapped[str] = mapped_column(String(12))
    """What the player types to go on at another device."""
    form: Mapped[str] = mapped_column(String(64))
    """Which form the player came in by: the same form sent twice makes one player."""
    changes: Mapped[int]
    """Counts up whenever a mark of the player's changes."""
    joined_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class Mark(Base):
    """What a player has crossed in a row in a round, as it stands."""

    __tablename__ = "marks"
    __table_args__ = (Index("marks_of_game", "game_id"),)

    player_id: Mapped[str] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    row: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"))
    crosses: Mapped[str] = mapped_column(String(400))
    """As ``stryktips.crosses.Crosses`` writes them; empty when all were taken away."""
    changed_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class MarkChange(Base):
    """A mark as it was made; none is ever changed."""

    __tablename__ = "mark_changes"
    __table_args__ = (Index("mark_changes_of_game", "game_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"))
    player_id: Mapped[str] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), index=True)
    """Who made it; where a team has one coupon it holds for all of the team."""
    round: Mapped[int]
    row: Mapped[int]
    crosses: Mapped[str] = mapped_column(String(400))
    made_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class Remark(Base):
    """What a player has written: why a row was crossed so, or the answer to a question for reflection."""

    __tablename__ = "remarks"
    __table_args__ = (Index("remarks_of_game", "game_id"),)

    player_id: Mapped[str] = mapped_column(ForeignKey("players.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """The row or the question, from 0."""
    game_id: Mapped[str] = mapped_column(ForeignKey("games.id", ondelete="CASCADE"))
    text: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))


class Consensus(Base):
    """What a room agreed on about a statement, given to the corpus by its leader. Outlives the session; says nothing of who played."""

    __tablename__ = "consensus"
    __table_args__ = (UniqueConstraint("game_id", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    game_id: Mapped[str] = mapped_column(String(32))
    row: Mapped[int]
    session: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    columns: Mapped[list[str]] = mapped_column(JSON)
    """Column codes, the one with most crosses first."""
    answers: Mapped[int]
    """How many answered."""
    agreement: Mapped[float]
    """Mean likeness of all pairs of answers, from 0 to 1."""
    status: Mapped[str] = mapped_column(String(12))
    """A ``CaseStatus``."""
    confirmed_by: Mapped[str] = mapped_column(String(80))
    confirmed_at: Mapped[datetime.datetime] = mapped_column(DateTime(timezone=True))
