"""Save sessions of the stryktips and where they stand: coupons, the leader's steps, what the room has answered."""

from __future__ import annotations

import datetime
import secrets
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import Engine, delete, func, select, update
from sqlalchemy.orm import Session, defer

from classifier.decisions import CaseStatus
from classifier.errors import StryktipsError
from classifier.store import game_tables as tables
from classifier.store.cases import aware, now
from classifier.store.database import transaction
from classifier.stryktips.coupon import Coupon, as_data, choice_ids, from_data
from classifier.stryktips.course import ROUND_OF, ROUNDS, Gate, Pace, State, Step, next_steps
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.room import Mark, Player, Room
from classifier.stryktips.scoring import common_answer
from classifier.stryktips.tips import Tip, tip_as_data, tip_from_data
from classifier.taxonomy import Scheme

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Letters and figures of codes: none that look like another."""
CODE_LENGTH = 5
MOST_ROOMS = 8
"""Sessions whose rooms are kept laid out in memory."""
LONGEST_NAME = 120
GONE = "sessionen finns inte längre; den kan ha tagits bort"


@dataclass(frozen=True)
class Settings:
    """What a leader chooses when a session is opened."""

    pace: Pace = Pace.OWN
    guard_limit: int | None = None
    seconds: int | None = None
    shared_second: bool = False
    keep_days: int = 90


@dataclass(frozen=True)
class Game:
    """A session and where it stands."""

    id: str
    code: str
    title: str
    state: State
    revision: int
    names_shown: bool
    settings: Settings
    model_version: str
    created_at: datetime.datetime
    delete_at: datetime.datetime


@dataclass(frozen=True)
class Remark:
    """What a player has written about a row or a question."""

    player: str
    kind: str
    number: int
    text: str


@dataclass(frozen=True)
class Change:
    """A mark as it was made."""

    player: str
    round: int
    row: int
    crosses: str
    made_at: datetime.datetime


@dataclass(frozen=True)
class Agreed:
    """What a room agreed on about a statement, given to the corpus by its leader."""

    text: str
    columns: tuple[str, ...]
    answers: int
    agreement: float
    session: str
    confirmed_by: str
    confirmed_at: datetime.datetime


_StateChange = Callable[[State, Settings], State]


class Games:
    """The sessions and coupons in one database."""

    def __init__(self, engine: Engine, scheme: Scheme) -> None:
        self.engine = engine
        self.scheme = scheme
        self._coupons: dict[str, Coupon] = {}
        self._rooms: dict[str, tuple[tuple[object, ...], Room]] = {}

    # Coupons

    def save_coupon(self, coupon: Coupon) -> str:
        """Save a coupon that was checked; returns its id.

        Raises:
            StoreError: when it cannot be written.
        """
        coupon_id = secrets.token_urlsafe(9)
        with transaction(self.engine) as session:
            content = as_data(coupon, self.scheme)
            session.add(tables.SavedCoupon(id=coupon_id, title=coupon.title, content=content, created_at=now()))
        return coupon_id

    def coupons(self) -> dict[str, Coupon]:
        """Id → coupon, the newest first."""
        with transaction(self.engine) as session:
            rows = session.scalars(select(tables.SavedCoupon).order_by(tables.SavedCoupon.created_at.desc(), tables.SavedCoupon.id))
            return {row.id: from_data(row.content) for row in rows}

    def delete_coupon(self, coupon_id: str) -> None:
        """Delete a saved coupon; sessions that were opened with it keep theirs."""
        with transaction(self.engine) as session:
            session.execute(delete(tables.SavedCoupon).where(tables.SavedCoupon.id == coupon_id))

    # Sessions

    def open(self, coupon: Coupon, title: str, settings: Settings, tips: Sequence[Tip] = (), model_version: str = "") -> Game:
        """Open a session with a coupon that was checked.

        Raises:
            StryktipsError: when the title is too long.
            StoreError: when it cannot be written.
        """
        title = " ".join(printable(title).split()) or coupon.title
        if len(title) > LONGEST_NAME:
            raise StryktipsError(f"korta sessionens namn till högst {LONGEST_NAME} tecken")
        moment, game_id = now(), secrets.token_urlsafe(12)
        with transaction(self.engine, writes=True) as session:
            session.add(
                tables.Game(
                    id=game_id,
                    code=_free_code(session),
                    title=title,
                    secret=secrets.token_hex(32),
                    step=Step.LOBBY,
                    pace=settings.pace,
                    position=0,
                    gate=Gate.OPEN,
                    ends_at=None,
                    revision=1,
                    names_shown=False,
                    guard_limit=settings.guard_limit,
                    seconds=settings.seconds,
                    shared_second=settings.shared_second,
                    content=as_data(coupon, self.scheme),
                    tips=[tip_as_data(tip) for tip in tips],
                    model_version=model_version,
                    created_at=moment,
                    delete_at=moment + datetime.timedelta(days=settings.keep_days),
                )
            )
        game = self.get(game_id)
        assert game is not None
        return game

    def get(self, game_id: str) -> Game | None:
        """The session with this id, or nothing."""
        with transaction(self.engine) as session:
            row = session.get(tables.Game, game_id, options=light())
            return as_game(row) if row else None

    def find(self, code: str) -> Game | None:
        """The session that players come to by a code, however they write it, or nothing."""
        with transaction(self.engine) as session:
            row = session.scalar(select(tables.Game).where(tables.Game.code == plain_code(code)).options(*light()))
            return as_game(row) if row else None

    def all(self) -> list[Game]:
        """Every session, the newest first."""
        with transaction(self.engine) as session:
            query = select(tables.Game).order_by(tables.Game.created_at.desc(), tables.Game.id).options(*light())
            return [as_game(row) for row in session.scalars(query)]

    def player_counts(self) -> dict[str, int]:
        """Session id → how many players it has; a session without players is left out."""
        with transaction(self.engine) as session:
            rows = session.execute(select(tables.Player.game_id, func.count()).group_by(tables.Player.game_id))
            return dict(rows.all())

    def coupon(self, game_id: str) -> Coupon:
        """A session's coupon, which never changes and so is read once.

        Raises:
            StryktipsError: when the session is gone.
        """
        if game_id not in self._coupons:
            with transaction(self.engine) as session:
                content = session.scalar(select(tables.Game.content).where(tables.Game.id == game_id))
            if content is None:
                raise StryktipsError(GONE)
            self._coupons[game_id] = from_data(content)
        return self._coupons[game_id]

    def tips(self, game_id: str) -> list[Tip]:
        """The model's tips for a session's rows; none when the model has given none."""
        with transaction(self.engine) as session:
            return [tip_from_data(data) for data in session.scalar(select(tables.Game.tips).where(tables.Game.id == game_id)) or ()]

    def delete(self, game_id: str) -> None:
        """Delete a session with everything the players have written."""
        with transaction(self.engine, writes=True) as session:
            # Who marks holds the session first and then a player, so who deletes must take them in the same order.
            session.get(tables.Game, game_id, options=light(), with_for_update=True)
            for table in (tables.Remark, tables.MarkChange, tables.Mark, tables.Player):
                session.execute(delete(table).where(table.game_id == game_id))
            session.execute(delete(tables.Game).where(tables.Game.id == game_id))
        self._coupons.pop(game_id, None)
        self._rooms.pop(game_id, None)

    def purge(self) -> int:
        """Delete the sessions whose time is out; returns how many."""
        with transaction(self.engine) as session:
            old = list(session.scalars(select(tables.Game.id).where(tables.Game.delete_at <= now())))
        for game_id in old:
            self.delete(game_id)
        return len(old)

    # The leader's steps

    def go_to(self, game_id: str, step: Step, seen_revision: int) -> Game:
        """Take a session to its next step.

        Raises:
            StryktipsError: when the step cannot follow the present one, or another leader has changed the session since this one looked.
        """
        has_key = self.coupon(game_id).has_key

        def change(state: State, settings: Settings) -> State:
            if step is not Step.END and step not in next_steps(state.step, has_key):
                raise StryktipsError(f"från {state.step.value} kan sessionen inte gå till {step.value}")
            is_round = step in ROUNDS
            # A round that is closed, or opened again, stays where it was.
            position = state.position if step in ROUND_OF and ROUND_OF.get(state.step) == ROUND_OF[step] else 0
            return replace(state, step=step, position=position, gate=Gate.OPEN, ends_at=_deadline(settings) if is_round else None)

        return self._change(game_id, seen_revision, change)

    def _share_coupons(self, session: Session, game: Game) -> None:
        """Begin a shared second round: everyone in a team gets the coupon that most of the team had, row by row."""
        coupon, moment = self.coupon(game.id), now()
        in_teams = select(tables.Player.team, tables.Player.id).where(tables.Player.game_id == game.id, tables.Player.team != "")
        teams: dict[str, list[str]] = {}
        for team, player in session.execute(in_teams):
            teams.setdefault(team, []).append(player)
        marks = select(tables.Mark.player_id, tables.Mark.row, tables.Mark.crosses).where(tables.Mark.game_id == game.id)
        held = session.execute(marks).all()
        for players in teams.values():
            rows: dict[int, list[Crosses]] = {}
            for player, row, crosses in held:
                if player in players:
                    rows.setdefault(row, []).append(Crosses.parse(crosses))
            for row, answers in rows.items():
                common = common_answer(answers, is_single=coupon.exercise.is_single)
                written = common.written(choice_ids(coupon.rows[row].choice, self.scheme))
                session.add_all(
                    tables.Mark(player_id=player, round=2, row=row, game_id=game.id, crosses=written, changed_at=moment)
                    for player in players
                )
            session.execute(
                update(tables.Player)
                .where(tables.Player.id.in_(players))
                .values(changes=tables.Player.changes + 1)
                .execution_options(synchronize_session=False)
            )

    def turn_to(self, game_id: str, position: int, seen_revision: int) -> Game:
        """Take up another row in a led session; it is open.

        Raises:
            StryktipsError: as :meth:`go_to`.
        """
        last = len(self.coupon(game_id).rows) - 1

        def change(state: State, settings: Settings) -> State:
            return _with_deadline(replace(state, position=min(max(position, 0), last), gate=Gate.OPEN), settings)

        return self._change(game_id, seen_revision, change)

    def set_gate(self, game_id: str, gate: Gate, seen_revision: int) -> Game:
        """Lock the row at hand, open it again, or show all what the room has answered; its time begins anew when it is opened.

        Raises:
            StryktipsError: as :meth:`go_to`.
        """
        return self._change(game_id, seen_revision, lambda state, settings: _with_deadline(replace(state, gate=gate), settings))

    def show_names(self, game_id: str, shown: bool) -> None:
        """Show or hide the players' names on the leader's screen."""
        with transaction(self.engine) as session:
            row = session.get(tables.Game, game_id, options=light())
            if row is not None:
                row.names_shown = shown

    def _change(self, game_id: str, seen_revision: int, change: _StateChange) -> Game:
        with transaction(self.engine, writes=True) as session:
            row = session.get(tables.Game, game_id, options=light(), with_for_update=True)
            if row is None:
                raise StryktipsError(GONE)
            game = as_game(row)
            if row.revision != seen_revision:
                raise StryktipsError(f"en annan ledare hann före: sessionen är nu i {game.state.step.value}; se efter och försök igen")
            state = change(game.state, game.settings)
            row.step, row.position, row.gate, row.ends_at = state.step, state.position, state.gate, state.ends_at
            row.revision += 1
            if game.settings.shared_second and (game.state.step, state.step) == (Step.CLOSED_1, Step.ROUND_2):
                self._share_coupons(session, game)
            session.flush()
            return as_game(row)

    # What the room has answered

    def room(self, game_id: str) -> Room:
        """The players of a session and all their marks.

        Raises:
            StryktipsError: when the session is gone.
        """
        coupon = self.coupon(game_id)
        with transaction(self.engine) as session:
            # The marks first: then everybody who made one of them is among the players, who may come in meanwhile.
            marks = session.execute(
                select(tables.Mark.player_id, tables.Mark.row, tables.Mark.round, tables.Mark.crosses).where(tables.Mark.game_id == game_id)
            ).all()
            people = session.execute(
                select(tables.Player.id, tables.Player.name, tables.Player.team, tables.Player.is_group)
                .where(tables.Player.game_id == game_id)
                .order_by(tables.Player.joined_at, tables.Player.id)
            ).all()
        read = _reader()
        return Room(
            coupon,
            [Player(*person) for person in people],
            [Mark(player, row, number, read(crosses)) for player, row, number, crosses in marks],
        )

    def current_room(self, game_id: str) -> Room:
        """As :meth:`room`, laid out once for all who ask while nothing changes.

        Raises:
            StryktipsError: when the session is gone.
        """
        version = self.version(game_id)
        held = self._rooms.get(game_id)
        if held is None or held[0] != version:
            held = self._rooms[game_id] = (version, self.room(game_id))
            for oldest in list(self._rooms)[:-MOST_ROOMS]:
                self._rooms.pop(oldest, None)
        return held[1]

    def version(self, game_id: str) -> tuple[object, ...]:
        """What changes whenever the session, its players, marks or remarks do."""
        with transaction(self.engine) as session:
            game = session.execute(select(tables.Game.revision, tables.Game.names_shown).where(tables.Game.id == game_id)).first() or ()
            # Not the highest number of a change: of two that are saved at once the lower may be seen after the higher.
            players = session.execute(select(func.count(), func.sum(tables.Player.changes)).where(tables.Player.game_id == game_id)).one()
            remarks = session.scalar(select(func.max(tables.Remark.changed_at)).where(tables.Remark.game_id == game_id))
        return *game, *players, remarks

    def remarks(self, game_id: str, kind: str) -> list[Remark]:
        """What players have written of one kind, by row or question and in the order they wrote."""
        query = select(tables.Remark).where(tables.Remark.game_id == game_id, tables.Remark.kind == kind, tables.Remark.text != "")
        with transaction(self.engine) as session:
            rows = session.scalars(query.order_by(tables.Remark.number, tables.Remark.changed_at, tables.Remark.player_id))
            return [Remark(row.player_id, row.kind, row.number, row.text) for row in rows]

    def changes(self, game_id: str) -> list[Change]:
        """Every mark as it was made, in order."""
        query = select(tables.MarkChange).where(tables.MarkChange.game_id == game_id).order_by(tables.MarkChange.id)
        with transaction(self.engine) as session:
            return [Change(row.player_id, row.round, row.row, row.crosses, aware(row.made_at)) for row in session.scalars(query)]

    # What goes to the corpus

    def give(self, game: Game, agreed: Mapping[int, Agreed]) -> int:
        """Save what the leader gives to the corpus, by row; what was given before of the same row is replaced. Returns how many.

        Raises:
            StoreError: when it cannot be written.
        """
        with transaction(self.engine, writes=True) as session:
            session.get(tables.Game, game.id, options=light(), with_for_update=True)  # two leaders may give the same row at once
            given = tables.Consensus.game_id == game.id
            session.execute(delete(tables.Consensus).where(given, tables.Consensus.row.in_(list(agreed))))
            session.add_all(
                tables.Consensus(
                    game_id=game.id,
                    row=row,
                    session=item.session,
                    text=item.text,
                    columns=list(item.columns),
                    answers=item.answers,
                    agreement=item.agreement,
                    status=CaseStatus.CONFIRMED,
                    confirmed_by=item.confirmed_by[:80],
                    confirmed_at=item.confirmed_at,
                )
                for row, item in agreed.items()
            )
        return len(agreed)

    def given(self, game_id: str | None = None) -> dict[tuple[str, int], Agreed]:
        """What leaders have given to the corpus, by session and row: all of it, or of one session."""
        query = select(tables.Consensus).order_by(tables.Consensus.confirmed_at, tables.Consensus.id)
        if game_id is not None:
            query = query.where(tables.Consensus.game_id == game_id)
        with transaction(self.engine) as session:
            return {
                (row.game_id, row.row): Agreed(
                    row.text, tuple(row.columns), row.answers, row.agreement, row.session, row.confirmed_by, aware(row.confirmed_at)
                )
                for row in session.scalars(query)
            }


def as_game(row: tables.Game) -> Game:
    """A session from its row."""
    state = State(Step(row.step), Pace(row.pace), row.position, Gate(row.gate), aware(row.ends_at) if row.ends_at else None)
    days = (row.delete_at - row.created_at).days
    settings = Settings(Pace(row.pace), row.guard_limit, row.seconds, row.shared_second, days)
    return Game(
        row.id,
        row.code,
        row.title,
        state,
        row.revision,
        row.names_shown,
        settings,
        row.model_version,
        aware(row.created_at),
        aware(row.delete_at),
    )


def new_code(length: int) -> str:
    """A code that is easy to read aloud and to type."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def plain_code(text: str) -> str:
    """A code as it is stored, however it was typed: in small letters, with spaces or hyphens.

    >>> plain_code(" ab3-x9 ")
    'AB3X9'
    """
    return "".join(character for character in text.upper() if character.isalnum())[:12]


def _free_code(session: Session) -> str:
    """A code that no session has."""
    while session.scalar(select(tables.Game.id).where(tables.Game.code == (code := new_code(CODE_LENGTH)))):
        pass
    return code


def printable(text: str) -> str:
    """The text without characters that show nothing or turn others around, each letter in one form; line breaks stay, other white space is spaces."""
    kept = (character for character in text if character.isspace() or unicodedata.category(character)[0] != "C")
    # The form of letters last: what is left out may have stood between a letter and its accent.
    return unicodedata.normalize("NFC", "".join(" " if character.isspace() and character != "\n" else character for character in kept))


def light() -> list[Any]:
    """Leave the coupon and the tips in the database: where a session stands is asked many times a second."""
    return [defer(tables.Game.content), defer(tables.Game.tips)]


def _deadline(settings: Settings) -> datetime.datetime | None:
    return now() + datetime.timedelta(seconds=settings.seconds) if settings.seconds else None


def _with_deadline(state: State, settings: Settings) -> State:
    """The state with the time of the row at hand: it begins when the row is opened. At their own pace players have the time of the round."""
    if state.pace is Pace.OWN or not state.is_round:
        return state
    return replace(state, ends_at=_deadline(settings) if state.gate is Gate.OPEN else None)


def _reader() -> Callable[[str], Crosses]:
    """Reads crosses, each way of writing them once: a whole room writes them in few ways."""
    return cache(Crosses.parse)
