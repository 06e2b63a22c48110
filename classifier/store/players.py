"""Save who plays and what they cross; a mark is saved when it is made, or refused with the reason."""

from __future__ import annotations

import datetime
import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from classifier.errors import StoreError, StryktipsError
from classifier.store import game_tables as tables
from classifier.store.cases import aware, now
from classifier.store.database import transaction
from classifier.store.games import GONE, Game, Games, as_game, light, new_code, plain_code, printable
from classifier.stryktips.coupon import check_crosses, choice_ids
from classifier.stryktips.course import Step, may_join
from classifier.stryktips.crosses import Crosses

LONGEST_NAME = 30
BLANK = "\u115f\u1160\u2800\u3164\uffa0"
"""Characters that count as letters or signs but show nothing."""
LONGEST_REMARK = 1_000
PERSONAL_LENGTH = 6
TRIES = 20
REASON, REFLECTION = "skäl", "reflektion"
"""Kinds of remark: why a row was crossed so, and the answer to a question for reflection."""
QUESTIONS = (
    "Hur var det att arbeta med stryktipset och effektkedjan?",
    "Vilka svårigheter och diskussioner uppkom?",
    "Kan effektkedjan användas som verktyg för er, och hur?",
    "Hur blev er effektkedja?",
)
"""The questions for reflection after the exercise (source 001)."""
_TOKEN = re.compile(r"([A-Za-z0-9_-]{1,32})\.[0-9a-f]{64}")
_UPSERT = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class LockedError(StryktipsError):
    """A mark came when marks are not taken."""

    prefix = "Krysset sparades inte"


class NameTakenError(StryktipsError):
    """Somebody in the session has the name already."""

    prefix = "Namnet är upptaget"


@dataclass(frozen=True)
class Joined:
    """A player as the player's own device knows them."""

    id: str
    game_id: str
    name: str
    team: str
    is_group: bool
    code: str
    token: str
    """What the device's cookie holds; only this server can make it."""


@dataclass(frozen=True)
class Pulse:
    """What a player's device asks for every few seconds: whether anything has changed."""

    revision: int
    changes: int
    seconds_left: float | None


class Players:
    """The players of the sessions in one database."""

    def __init__(self, engine: Engine, games: Games) -> None:
        self.engine = engine
        self.games = games

    # Coming in

    def join(self, game_id: str, name: str, form: str, *, team: str = "", is_group: bool = False) -> Joined:
        """Let a player in; the same form sent again gives the same player.

        Args:
            game_id: the session.
            name: what the player wants to be called.
            form: a text of chance that came with the form.
            team: the table or organisation the player belongs to.
            is_group: whether a group answers on this device together.

        Raises:
            NameTakenError: when somebody else has the name.
            StryktipsError: when the name cannot be used, or the session takes nobody in.
            StoreError: when it cannot be written.
        """
        name, team = clean_name(name, "namnet"), clean_name(team, "gruppens namn") if team.strip() else ""
        form = hashlib.sha256(form.encode(errors="replace")).hexdigest()  # it may hold anything, and be of any length
        for _ in range(TRIES):  # the code, or the name in a race, may be taken between reading and writing
            try:
                with transaction(self.engine, writes=True) as session:
                    game = _locked_game(session, game_id, alone=True)
                    if not may_join(Step(game.step)):
                        raise StryktipsError("sessionen är avslutad, så det går inte att gå med")
                    known = session.scalar(select(tables.Player).where(tables.Player.game_id == game_id, tables.Player.form == form))
                    if known is None:
                        self._check_free(session, game_id, name)
                        known = tables.Player(
                            id=secrets.token_urlsafe(9),
                            game_id=game_id,
                            name=name,
                            name_key=name.casefold(),
                            team="" if is_group else _known_team(session, game_id, team),
                            is_group=is_group,
                            code=new_code(PERSONAL_LENGTH),
                            form=form,
                            changes=0,
                            joined_at=now(),
                        )
                        session.add(known)
                        session.flush()
                        _take_over_coupon(session, as_game(game), known)
                    return _joined(known, game.secret)
            except StoreError as error:
                if not isinstance(error.__cause__, IntegrityError):
                    raise
        raise StryktipsError("det gick inte att gå med just nu; försök igen")

    def come_back(self, game_id: str, code: str) -> Joined | None:
        """The player with a personal code, on whatever device, or nothing."""
        with transaction(self.engine) as session:
            row = session.execute(
                select(tables.Player, tables.Game.secret)
                .join(tables.Game, tables.Game.id == tables.Player.game_id)
                .where(tables.Player.game_id == game_id, tables.Player.code == plain_code(code))
            ).first()
            return _joined(row[0], row[1]) if row else None

    def recognise(self, token: str) -> Joined | None:
        """The player whose device has this token, or nothing when there is none or the token was not made here."""
        shape = _TOKEN.fullmatch(token)
        if shape is None:
            return None
        with transaction(self.engine) as session:
            row = session.execute(
                select(tables.Player, tables.Game.secret)
                .join(tables.Game, tables.Game.id == tables.Player.game_id)
                .where(tables.Player.id == shape[1])
            ).first()
            if row is None:
                return None
            found = _joined(row[0], row[1])
            return found if hmac.compare_digest(found.token, token) else None

    def pulse(self, player: Joined) -> Pulse | None:
        """Whether anything has changed for a player; nothing when the session is gone."""
        with transaction(self.engine) as session:
            row = session.execute(
                select(tables.Game.revision, tables.Player.changes, tables.Game.ends_at)
                .join(tables.Player, tables.Player.game_id == tables.Game.id)
                .where(tables.Player.id == player.id)
            ).first()
        if row is None:
            return None
        left = (aware(row[2]) - now()).total_seconds() if row[2] else None
        return Pulse(row[0], row[1], None if left is None else max(left, 0.0))

    # Marks

    def answers(self, player: Joined, round_number: int) -> dict[int, Crosses]:
        """Row → what the player's coupon says in a round; the second round begins with the coupon of the first."""
        query = select(tables.Mark.row, tables.Mark.crosses).where(tables.Mark.player_id == player.id, tables.Mark.round <= round_number)
        with transaction(self.engine) as session:
            rows = session.execute(query.order_by(tables.Mark.round)).all()
        return {row: Crosses.parse(crosses) for row, crosses in rows}

    def mark(self, player: Joined, row: int, crosses: Crosses, round_number: int | None = None) -> int:
        """Save a player's crosses in a row, in the round that is going on; where a team has one coupon, for all of the team.

        Args:
            player: who marks.
            row: the row, from 0.
            crosses: what holds in the row from now on.
            round_number: the round that the player saw; a mark that was held up on its way is not taken in a later one.

        Returns:
            How many times the player's marks have changed, this one counted; a mark that is held already changes nothing.

        Raises:
            LockedError: when marks are not taken now.
            StryktipsError: when the row or a choice does not exist, or the garderingar are used up; the message says so.
            StoreError: when it cannot be written.
        """
        coupon = self.games.coupon(player.game_id)
        if not 0 <= row < len(coupon.rows):
            raise StryktipsError("raden finns inte på kupongen; ladda om sidan")
        choice = coupon.rows[row].choice
        check_crosses(crosses, choice, coupon.exercise, self.games.scheme)
        written = crosses.written(choice_ids(choice, self.games.scheme))
        moment = now()
        with transaction(self.engine, writes=True) as session:
            game = as_game(_locked_game(session, player.game_id))
            owners = _locked_owners(session, game, player)
            if player.id not in owners:
                raise StryktipsError("du är inte längre med i sessionen; gå med igen")
            meant = round_number or game.state.round
            if _is_held(
                session, list(owners), meant, row, written
            ):  # a device that got no answer sends the same mark again, maybe too late
                return owners[player.id]
            if meant != game.state.round:
                raise LockedError(f"runda {meant} är stängd")
            if not game.state.takes_marks(row, moment):
                raise LockedError(why_locked(game, row, moment))
            self._check_guards(session, game, player, row, crosses)
            _upsert(session, game, list(owners), row, written, moment)
            session.execute(
                update(tables.Player)
                .where(tables.Player.id.in_(list(owners)))
                .values(changes=tables.Player.changes + 1)
                .execution_options(synchronize_session=False)
            )
            session.add(
                tables.MarkChange(game_id=game.id, player_id=player.id, round=game.state.round, row=row, crosses=written, made_at=moment)
            )
        return owners[player.id] + 1

    # What players write

    def write(self, player: Joined, kind: str, number: int, text: str) -> None:
        """Save a reason or an answer to a question for reflection; an empty text takes it away.

        Raises:
            StryktipsError: when it is too long, or belongs to nothing.
            StoreError: when it cannot be written.
        """
        most = {REASON: len(self.games.coupon(player.game_id).rows), REFLECTION: len(QUESTIONS)}.get(kind, 0)
        if not 0 <= number < most:
            raise StryktipsError("texten hör inte till någon rad eller fråga; ladda om sidan")
        text = printable(text).strip()
        if len(text) > LONGEST_REMARK:
            raise StryktipsError(f"texten har {len(text)} tecken; korta den till högst {LONGEST_REMARK}")
        with transaction(self.engine, writes=True) as session:
            # Alone, so that what is saved later has a later time, which is how others see that there is something new.
            game = as_game(_locked_game(session, player.game_id, alone=True))
            if kind == REASON and game.state.step in (Step.LOBBY, Step.END):
                raise LockedError("skälen är stängda nu")
            statement = _insert(session)(tables.Remark).values(
                player_id=player.id, kind=kind, number=number, game_id=player.game_id, text=text, changed_at=now()
            )
            session.execute(
                statement.on_conflict_do_update(
                    index_elements=["player_id", "kind", "number"],
                    set_={"text": statement.excluded.text, "changed_at": statement.excluded.changed_at},
                )
            )

    def written(self, player: Joined, kind: str) -> dict[int, str]:
        """Row or question → what the player has written."""
        query = select(tables.Remark.number, tables.Remark.text).where(tables.Remark.player_id == player.id, tables.Remark.kind == kind)
        with transaction(self.engine) as session:
            return {row.number: row.text for row in session.execute(query)}

    def _check_free(self, session: Session, game_id: str, name: str) -> None:
        taken = select(func.count()).where(tables.Player.game_id == game_id, tables.Player.name_key == name.casefold())
        if session.scalar(taken):
            raise NameTakenError(f"{name} spelar redan; välj ett annat namn, eller skriv din personliga kod om det är du")

    def _check_guards(self, session: Session, game: Game, player: Joined, row: int, crosses: Crosses) -> None:
        """Refuse a mark that takes more garderingar than there are; one that takes fewer than before is always welcome."""
        limit = game.settings.guard_limit
        if limit is None or not crosses.guards:
            return
        query = select(tables.Mark.row, tables.Mark.crosses).where(
            tables.Mark.player_id == player.id, tables.Mark.round <= game.state.round
        )
        held = {number: Crosses.parse(written) for number, written in session.execute(query.order_by(tables.Mark.round))}
        before = held.get(row, Crosses()).guards
        used = sum(answer.guards for number, answer in held.items() if number != row)
        if crosses.guards > before and used + crosses.guards > limit:
            raise StryktipsError(f"garderingarna är slut: {limit} är det mesta på en kupong; ta bort ett kryss någonstans först")


def why_locked(game: Game, row: int, moment: datetime.datetime) -> str:
    """Why a mark in a row is not taken, in words."""
    state = game.state
    if state.step is Step.LOBBY:
        return "sessionen har inte börjat"
    if not state.is_round:
        return "rundan är stängd"
    if state.ends_at is not None and moment > state.ends_at:
        return "tiden är ute"
    return "raden är låst" if row == state.position else "ledaren har gått vidare till en annan rad"


def clean_name(text: str, what: str) -> str:
    """A name fit to be shown: on one line, without control characters.

    Raises:
        StryktipsError: when nothing is left, or it is too long.
    """
    name = " ".join(printable(text[: 50 * LONGEST_NAME]).split())
    if not any(unicodedata.category(character)[0] in "LNPS" and character not in BLANK for character in name):
        raise StryktipsError(f"{what} är tomt; skriv minst ett tecken")
    if len(name) > LONGEST_NAME or len(text) > 50 * LONGEST_NAME:
        raise StryktipsError(f"{what} är för långt; högst {LONGEST_NAME} tecken får plats")
    return name


def _known_team(session: Session, game_id: str, team: str) -> str:
    """A team as those who are in it wrote it: some telephones begin every word with a capital."""
    known = session.scalars(select(tables.Player.team).where(tables.Player.game_id == game_id).distinct().order_by(tables.Player.team))
    return next((name for name in known if name.casefold() == team.casefold()), team)


def _locked_game(session: Session, game_id: str, *, alone: bool = False) -> tables.Game:
    """The session's row, which no leader can change until this transaction is over; nor can players do anything when it is held alone."""
    row = session.get(tables.Game, game_id, options=light(), with_for_update={"read": not alone})
    if row is None:
        raise StryktipsError(GONE)
    return row


def _locked_owners(session: Session, game: Game, player: Joined) -> dict[str, int]:
    """Whose coupon a mark stands on, with how many times their marks have changed: the player's own, or in a shared second round the team's.

    They are held until the transaction is over, always in one order, so that two of a team do not wait for each other.
    """
    is_shared = game.settings.shared_second and game.state.step is Step.ROUND_2 and player.team
    whose = tables.Player.team == player.team if is_shared else tables.Player.id == player.id
    query = select(tables.Player.id, tables.Player.changes).where(tables.Player.game_id == game.id, whose).order_by(tables.Player.id)
    return dict(session.execute(query.with_for_update(key_share=True)).all())


def _joined(row: tables.Player, secret: str) -> Joined:
    signature = hmac.new(bytes.fromhex(secret), row.id.encode(), hashlib.sha256).hexdigest()
    return Joined(row.id, row.game_id, row.name, row.team, row.is_group, row.code, f"{row.id}.{signature}")


def _insert(session: Session) -> Any:
    """The database's own insert, which can say what happens when the row is there already."""
    return _UPSERT[session.get_bind().dialect.name]


def _upsert(session: Session, game: Game, owners: Sequence[str], row: int, written: str, moment: datetime.datetime) -> None:
    values: list[Mapping[str, object]] = [
        {"player_id": owner, "round": game.state.round, "row": row, "game_id": game.id, "crosses": written, "changed_at": moment}
        for owner in owners
    ]
    statement = _insert(session)(tables.Mark).values(values)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=["player_id", "round", "row"],
            set_={"crosses": statement.excluded.crosses, "changed_at": statement.excluded.changed_at},
        )
    )


def _take_over_coupon(session: Session, game: Game, newcomer: tables.Player) -> None:
    """Give somebody who joins a team in a shared second round the coupon that the team has."""
    if not (game.settings.shared_second and game.state.step is Step.ROUND_2 and newcomer.team):
        return
    mates = select(tables.Player.id).where(tables.Player.game_id == game.id, tables.Player.team == newcomer.team)
    held = select(tables.Mark.row, tables.Mark.crosses).where(tables.Mark.player_id.in_(mates), tables.Mark.round == game.state.round)
    for row, crosses in dict(session.execute(held).tuples().all()).items():
        session.add(tables.Mark(player_id=newcomer.id, round=game.state.round, row=row, game_id=game.id, crosses=crosses, changed_at=now()))


def _is_held(session: Session, owners: Sequence[str], round_number: int, row: int, written: str) -> bool:
    """Whether all the coupons already hold the mark in a round."""
    same = select(func.count()).where(
        tables.Mark.player_id.in_(owners),
        tables.Mark.round == round_number,
        tables.Mark.row == row,
        tables.Mark.crosses == written,
    )
    return session.scalar(same) == len(owners)
