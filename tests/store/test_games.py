"""Sessions of the stryktips: opened, found, led step by step by one leader at a time, and gone when they are deleted.

Every test here also runs against PostgreSQL, see ``test_postgres.py``; so nothing here may know which database it meets.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest
from sqlalchemy import func, select

from classifier.errors import StryktipsError
from classifier.services import players_on
from classifier.store import game_tables as tables
from classifier.store import games as games_module
from classifier.store.cases import now
from classifier.store.database import open_database, transaction
from classifier.store.games import (
    ALPHABET,
    CODE_LENGTH,
    GONE,
    LONGEST_NAME,
    MOST_ROOMS,
    Agreed,
    Change,
    Game,
    Games,
    Remark,
    Settings,
    plain_code,
)
from classifier.store.players import REASON, REFLECTION, LockedError, Players
from classifier.stryktips.coupon import Coupon, Exercise, Row, standard
from classifier.stryktips.course import Gate, Pace, State, Step, next_steps
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.room import Mark
from classifier.stryktips.room import Player as RoomPlayer
from classifier.stryktips.tips import Tip

NO_KEY = Coupon("Utan facit", Exercise.STRYKTIPS, (Row("Vinnväxt"), Row("Teknikutveckling"), Row("Minskat utanförskap")))
MARKUP = "<b>Gran</b> & =cmd|' /C calc'!A0"
LED = Settings(Pace.LED, seconds=60)
A = Crosses.of("A")
FAR = datetime.timedelta(days=2)


def opened(games: Games, settings: Settings = Settings(), coupon: Coupon = standard()) -> Game:  # noqa: B008
    return games.open(coupon, "Provspel", settings)


def taken_to(games: Games, game: Game, *steps: Step) -> Game:
    for step in steps:
        game = games.go_to(game.id, step, game.revision)
    return game


def begun(games: Games, settings: Settings = Settings(), coupon: Coupon = standard()) -> Game:  # noqa: B008
    return taken_to(games, opened(games, settings, coupon), Step.ROUND_1)


def again(games: Games, game: Game) -> Game:
    found = games.get(game.id)
    assert found is not None
    return found


def put(games: Games, game: Game, **values: object) -> Game:
    with transaction(games.engine) as session:
        row = session.get_one(tables.Game, game.id)
        for name, value in values.items():
            setattr(row, name, value)
    return again(games, game)


def counts(games: Games) -> dict[str, int]:
    kinds = (tables.Game, tables.Player, tables.Mark, tables.MarkChange, tables.Remark, tables.Consensus, tables.SavedCoupon)
    with transaction(games.engine) as session:
        return {kind.__tablename__: session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds}


def reopened(games: Games) -> Games:
    """The same database as another process meets it."""
    return players_on(open_database(games.engine.url.render_as_string(hide_password=False)), games.scheme).games


def refused(change: Callable[[], object], told: str) -> None:
    with pytest.raises(StryktipsError, match=told) as caught:
        change()
    assert "\n" not in str(caught.value)


def agreed(text: str = "Vinnväxt", columns: tuple[str, ...] = ("A", "P")) -> Agreed:
    return Agreed(text, columns, 7, 0.75, "Provspel", "ledaren", now())


# Opened, found, deleted


def test_games_open_is_found_again(games: Games) -> None:
    tips = [Tip(A, {"A": 0.5, "P": 0.25}, ("kurs",), (("En kurs hålls.", "Aktiviteter"),)) for _ in standard().rows]
    settings = Settings(Pace.LED, 4, 90, True, 30)
    game = games.open(standard(), "  Workshop\n 3 ", settings, tips, "provmodell")
    assert again(games, game) == game
    assert (game.title, game.state, game.revision) == ("Workshop 3", State(pace=Pace.LED), 1)
    assert (game.settings, game.names_shown, game.model_version) == (settings, False, "provmodell")
    assert game.delete_at - game.created_at == datetime.timedelta(days=30)
    assert abs(now() - game.created_at) < datetime.timedelta(minutes=1)
    for found in (games, reopened(games)):
        assert found.coupon(game.id) == standard()
        assert found.tips(game.id) == tips
        assert found.room(game.id).players == ()


def test_games_open_without_title_or_tips(games: Games) -> None:
    game = games.open(NO_KEY, " \n", Settings())
    assert (game.title, games.tips(game.id), game.model_version) == ("Utan facit", [], "")


@pytest.mark.parametrize("title", [MARKUP, "å" * LONGEST_NAME, "Åre 😀"])
def test_games_open_keeps_a_title_as_it_is_written(games: Games, title: str) -> None:
    assert again(games, games.open(standard(), title, Settings())).title == title


def test_games_open_takes_out_what_shows_nothing(games: Games) -> None:
    assert again(games, games.open(standard(), "Work\0shop\u202e\t3\ud800", Settings())).title == "Workshop 3"


def test_games_open_title_too_long(games: Games) -> None:
    refused(lambda: games.open(standard(), "t" * (LONGEST_NAME + 1), Settings()), f"korta sessionens namn till högst {LONGEST_NAME} tecken")
    assert games.all() == []


def test_games_codes_can_be_read_aloud(games: Games) -> None:
    codes = {opened(games, coupon=NO_KEY).code for _ in range(30)}
    assert len(codes) == 30
    assert {len(code) for code in codes} == {CODE_LENGTH}
    assert set("".join(codes)) <= set(ALPHABET)
    assert not set(ALPHABET) & set("01ILOU")


def test_games_code_that_is_taken_is_not_given_again(games: Games, monkeypatch: pytest.MonkeyPatch) -> None:
    first = opened(games)
    codes = iter([first.code, first.code, "NY234"])
    monkeypatch.setattr(games_module, "new_code", lambda _length: next(codes))
    assert opened(games).code == "NY234"


@pytest.mark.parametrize("typed", ["AB3X9", "ab3x9", " AB3X9\n", "ab3-x9", "A B 3 X 9", "ab 3x9.", "\u00a0ab3x9", "'AB3X9'"])
def test_games_find_by_code_however_typed(games: Games, typed: str) -> None:
    game = put(games, opened(games), code="AB3X9")
    opened(games)
    assert plain_code(typed) == "AB3X9"
    assert games.find(typed) == game


@pytest.mark.parametrize("typed", ["", " ", "AB3X", "AB3X99", "%", "_____", "' OR 1=1 --", "AB3X9" * 2_000, "\0", "\ud800", "ÅB3X9"])
def test_games_find_wrong_code(games: Games, typed: str) -> None:
    put(games, opened(games), code="AB3X9")
    assert games.find(typed) is None


def test_games_get_of_what_is_not_there(games: Games) -> None:
    assert games.get("saknas") is None
    assert games.tips("saknas") == []
    for call in (games.coupon, games.room):
        refused(partial(call, "saknas"), GONE)


def test_games_all_newest_first(games: Games) -> None:
    ids = [opened(games, coupon=NO_KEY).id for _ in range(4)]
    assert [game.id for game in games.all()] == ids[::-1]


def test_games_coupon_stays_as_it_was_when_opened(games: Games) -> None:
    coupon_id = games.save_coupon(NO_KEY)
    game = opened(games, coupon=games.coupons()[coupon_id])
    games.delete_coupon(coupon_id)
    assert games.coupons() == {}
    assert reopened(games).coupon(game.id) == NO_KEY


def test_games_coupons_newest_first(games: Games) -> None:
    ids = [games.save_coupon(coupon) for coupon in (standard(), NO_KEY, standard())]
    assert list(games.coupons().items()) == [(ids[2], standard()), (ids[1], NO_KEY), (ids[0], standard())]
    games.delete_coupon("saknas")
    games.delete_coupon(ids[1])
    assert list(games.coupons()) == [ids[2], ids[0]]


def played(players: Players) -> Game:
    """A session with two players, marks and remarks."""
    game = begun(players.games)
    for name in ("Gran", "Tall"):
        player = players.join(game.id, name, f"{game.id} {name}")
        players.mark(player, 0, A)
        players.write(player, REASON, 0, "Det är något man gör.")
    return game


def test_games_delete_takes_everything_of_one_session(players: Players) -> None:
    games = players.games
    first, second = played(players), played(players)
    half = {name: number // 2 for name, number in counts(games).items()}
    games.delete(first.id)
    assert counts(games) == half
    assert half == {"games": 1, "players": 2, "marks": 2, "mark_changes": 2, "remarks": 2, "consensus": 0, "coupons": 0}
    assert (games.get(first.id), games.find(first.code)) == (None, None)
    refused(lambda: games.coupon(first.id), GONE)
    assert len(games.room(second.id).players) == 2
    games.delete(first.id)
    assert counts(games) == half


def test_games_purge_takes_those_whose_time_is_out(players: Players) -> None:
    games = players.games
    old, kept = played(players), played(players)
    assert games.purge() == 0
    put(games, old, delete_at=now() - datetime.timedelta(seconds=1))
    assert games.purge() == 1
    assert [game.id for game in games.all()] == [kept.id]
    assert counts(games)["players"] == 2
    assert games.purge() == 0


def test_games_kept_for_no_days_are_gone_at_once(games: Games) -> None:
    opened(games, Settings(keep_days=0))
    assert games.purge() == 1


# The leader's steps


@pytest.mark.parametrize("coupon", [standard(), NO_KEY], ids=["facit", "utan facit"])
@pytest.mark.parametrize("step", list(Step))
def test_games_every_step_is_taken_or_refused(games: Games, step: Step, coupon: Coupon) -> None:
    legal = {*next_steps(step, coupon.has_key), Step.END}
    for wanted in Step:
        game = put(games, opened(games, coupon=coupon), step=step)
        if wanted in legal:
            found = games.go_to(game.id, wanted, game.revision)
            assert (found.state, found.revision) == (State(wanted), game.revision + 1)
            assert again(games, game) == found
        else:
            refused(partial(games.go_to, game.id, wanted, game.revision), f"från {step.value} kan sessionen inte gå till {wanted.value}")
            assert again(games, game) == game


def test_games_whole_course(games: Games) -> None:
    game = opened(games)
    for step in list(Step)[1:]:
        game = taken_to(games, game, step)
        assert again(games, game).state.step is step
    assert game.revision == len(Step)


def test_games_go_to_what_is_gone(games: Games) -> None:
    game = opened(games)
    games.delete(game.id)
    calls: list[Callable[[], object]] = [
        lambda: games.go_to(game.id, Step.ROUND_1, 1),
        lambda: games.turn_to(game.id, 1, 1),
        lambda: games.set_gate(game.id, Gate.LOCKED, 1),
    ]
    for call in calls:
        refused(call, GONE)
    games.show_names(game.id, True)


def test_games_two_leaders_the_later_is_told(games: Games) -> None:
    seen = begun(games, LED)
    first = games.go_to(seen.id, Step.CLOSED_1, seen.revision)
    calls: list[Callable[[], object]] = [
        lambda: games.go_to(seen.id, Step.CLOSED_1, seen.revision),
        lambda: games.turn_to(seen.id, 3, seen.revision),
        lambda: games.set_gate(seen.id, Gate.SHOWN, seen.revision),
        lambda: games.go_to(seen.id, Step.END, first.revision + 1),
    ]
    for call in calls:
        refused(call, "en annan ledare hann före: sessionen är nu i runda 1 stängd; se efter och försök igen")
        assert again(games, seen) == first


def test_games_two_leaders_at_once_one_wins(players: Players, at_once: Callable[..., list[object]]) -> None:
    games = players.games
    for _ in range(10):
        game = begun(games)
        results = at_once(*[partial(games.go_to, game.id, Step.CLOSED_1, game.revision)] * 4)
        winners = [result for result in results if isinstance(result, Game)]
        losers = [result for result in results if isinstance(result, StryktipsError)]
        assert (len(winners), len(losers)) == (1, 3), results
        assert again(games, game) == winners[0]
        assert winners[0].revision == game.revision + 1


def test_games_names_are_shown_and_hidden(games: Games) -> None:
    game = opened(games)
    for shown in (True, True, False):
        games.show_names(game.id, shown)
        assert again(games, game).names_shown is shown


# The pace


@pytest.mark.parametrize("seconds", [None, 120])
def test_games_time_begins_with_the_round_and_ends_with_it(games: Games, seconds: int | None) -> None:
    game = opened(games, Settings(seconds=seconds))
    assert game.state.ends_at is None
    for begins, ends in ((Step.ROUND_1, Step.CLOSED_1), (Step.ROUND_2, Step.CLOSED_2)):
        game = taken_to(games, game, begins)
        if seconds is None:
            assert game.state.ends_at is None
        else:
            assert game.state.ends_at is not None
            assert abs((game.state.ends_at - now()).total_seconds() - seconds) < 10
        game = taken_to(games, game, ends)
        assert game.state.ends_at is None
    assert taken_to(games, game, Step.KEY).state.ends_at is None


def test_games_round_taken_up_again_goes_on_where_it_was(games: Games) -> None:
    game = begun(games, LED)
    game = games.turn_to(game.id, 7, game.revision)
    game = taken_to(games, game, Step.CLOSED_1, Step.ROUND_1)
    assert (game.state.position, game.state.gate) == (7, Gate.OPEN)
    assert game.state.ends_at is not None
    game = taken_to(games, game, Step.CLOSED_1, Step.ROUND_2)
    assert game.state.position == 0
    game = games.turn_to(game.id, 5, game.revision)
    assert taken_to(games, game, Step.CLOSED_2, Step.ROUND_2).state.position == 5
    assert taken_to(games, again(games, game), Step.CLOSED_2, Step.KEY).state.position == 0


@pytest.mark.parametrize(("wanted", "found"), [(0, 0), (18, 18), (19, 18), (10_000, 18), (-1, 0)])
def test_games_turn_to_stays_on_the_coupon(games: Games, wanted: int, found: int) -> None:
    game = begun(games, LED)
    assert games.turn_to(game.id, wanted, game.revision).state.position == found


def test_games_led_gates_and_timer(games: Games) -> None:
    game = begun(games, LED)
    for gate in (Gate.LOCKED, Gate.SHOWN):
        game = games.set_gate(game.id, gate, game.revision)
        assert (game.state.gate, game.state.ends_at) == (gate, None)
    game = games.turn_to(game.id, 1, game.revision)
    assert (game.state.position, game.state.gate) == (1, Gate.OPEN)
    assert game.state.ends_at is not None
    game = games.set_gate(game.id, Gate.LOCKED, game.revision)
    game = games.set_gate(game.id, Gate.OPEN, game.revision)
    assert game.state.ends_at is not None
    assert (game.state.ends_at - now()).total_seconds() > 50


def test_games_led_row_begins_with_time_of_its_own(games: Games) -> None:
    game = put(games, begun(games, LED), ends_at=now() - FAR)
    game = games.turn_to(game.id, 1, game.revision)
    assert game.state.ends_at is not None
    assert game.state.ends_at > now()


def test_games_no_time_runs_outside_a_round(games: Games) -> None:
    game = opened(games, LED)
    for step in (None, Step.ROUND_1, Step.CLOSED_1, Step.KEY, Step.MODEL, Step.END):
        game = taken_to(games, game, *([step] if step else []))
        for gate in (Gate.LOCKED, Gate.OPEN):
            game = games.set_gate(game.id, gate, game.revision)
        game = games.turn_to(game.id, 2, game.revision)
        assert (game.state.ends_at is None) == (step is not Step.ROUND_1)


def test_games_own_pace_keeps_the_time_of_the_round(games: Games) -> None:
    game = begun(games, Settings(seconds=60))
    ends_at = game.state.ends_at
    for gate in (Gate.LOCKED, Gate.OPEN):
        game = games.set_gate(game.id, gate, game.revision)
        game = games.turn_to(game.id, 3, game.revision)
        assert game.state.ends_at == ends_at


# What the room has answered


def test_games_room_is_what_players_have_done(players: Players) -> None:
    games = players.games
    game = begun(games)
    gran = players.join(game.id, "Gran", "1", team="Bord 1")
    bord = players.join(game.id, "Bord 3", "2", is_group=True)
    players.mark(gran, 0, A)
    players.mark(bord, 18, Crosses.parse("U (K)"))
    game = taken_to(games, game, Step.CLOSED_1, Step.ROUND_2)
    players.mark(gran, 0, Crosses())
    other = begun(games)
    players.mark(players.join(other.id, "Tall", "3"), 0, A)
    room = games.room(game.id)
    assert room.players == (RoomPlayer(gran.id, "Gran", "Bord 1"), RoomPlayer(bord.id, "Bord 3", "", True))
    assert room.coupon == standard()
    assert set(room._marks) == {
        Mark(gran.id, 0, 1, A),
        Mark(bord.id, 18, 1, Crosses.parse("U (K)")),
        Mark(gran.id, 0, 2, Crosses()),
    }
    assert room.answers(2)[18] == {bord.id: Crosses.parse("U (K)")}
    assert room.answers(2)[0] == {}


def test_games_version_changes_with_everything(players: Players) -> None:
    games = players.games
    game, other = opened(games), opened(games)
    gran = tall = None
    versions = [games.version(game.id)]

    def changed() -> None:
        found = games.version(game.id)
        assert found == games.version(game.id)
        assert found not in versions
        versions.append(found)

    gran = players.join(game.id, "Gran", "1")
    changed()
    tall = players.join(game.id, "Tall", "2")
    changed()
    game = taken_to(games, game, Step.ROUND_1)
    changed()
    for player, crossed in ((gran, A), (tall, A), (gran, Crosses()), (gran, A)):
        players.mark(player, 0, crossed)
        changed()
    for text in ("Det görs.", "Nej, det ordnas.", ""):
        players.write(gran, REASON, 0, text)
        changed()
        players.write(tall, REFLECTION, 1, text)
        changed()
    game = games.turn_to(game.id, 1, game.revision)
    changed()
    game = games.set_gate(game.id, Gate.SHOWN, game.revision)
    changed()
    games.show_names(game.id, True)
    changed()
    before = games.version(game.id)
    elsewhere = players.join(other.id, "Gran", "3")
    taken_to(games, other, Step.ROUND_1)
    players.mark(elsewhere, 0, A)
    players.write(elsewhere, REASON, 0, "Någon annanstans.")
    assert games.version(game.id) == before
    games.delete(game.id)
    changed()


def test_games_version_does_not_change_with_what_is_refused(players: Players) -> None:
    game = opened(players.games)
    player = players.join(game.id, "Gran", "1")
    before = players.games.version(game.id)
    with pytest.raises(LockedError):
        players.mark(player, 0, A)
    refused(lambda: players.games.go_to(game.id, Step.KEY, game.revision), "från lobby")
    players.join(game.id, "Gran", "1")
    assert players.games.version(game.id) == before


def test_games_remarks_by_row_and_in_the_order_they_came(players: Players) -> None:
    game = begun(players.games)
    gran, tall = (players.join(game.id, name, name) for name in ("Gran", "Tall"))
    players.write(tall, REASON, 3, "Sist")
    players.write(tall, REASON, 0, "Först")
    players.write(gran, REASON, 0, MARKUP)
    players.write(gran, REASON, 1, "Tas bort")
    players.write(gran, REASON, 1, "")
    players.write(gran, REFLECTION, 0, "Bra.")
    assert players.games.remarks(game.id, REASON) == [
        Remark(tall.id, REASON, 0, "Först"),
        Remark(gran.id, REASON, 0, MARKUP),
        Remark(tall.id, REASON, 3, "Sist"),
    ]
    assert players.games.remarks(game.id, REFLECTION) == [Remark(gran.id, REFLECTION, 0, "Bra.")]
    assert players.games.remarks("saknas", REASON) == []


def test_games_changes_are_kept_in_order(players: Players) -> None:
    game = begun(players.games)
    player = players.join(game.id, "Gran", "1")
    before = now()
    for text in ("A", "A P", "", "A"):
        players.mark(player, 2, Crosses.parse(text))
    found = players.games.changes(game.id)
    assert [replace(change, made_at=before) for change in found] == [
        Change(player.id, 1, 2, text, before) for text in ("A", "A P", "", "A")
    ]
    assert before <= found[0].made_at <= found[-1].made_at <= now()


# What goes to the corpus


def test_games_give_is_found_again(games: Games) -> None:
    first, second = opened(games), opened(games)
    one, other = agreed(), agreed(MARKUP, ("L",))
    assert games.give(first, {0: one, 5: other}) == 2
    assert games.give(second, {0: other}) == 1
    assert games.given(first.id) == {(first.id, 0): one, (first.id, 5): other}
    assert games.given() == {(first.id, 0): one, (first.id, 5): other, (second.id, 0): other}
    with transaction(games.engine) as session:
        assert set(session.scalars(select(tables.Consensus.status))) == {"bekräftad"}


def test_games_give_again_replaces_the_row(games: Games) -> None:
    game = opened(games)
    games.give(game, {0: agreed(), 1: agreed()})
    later = agreed(columns=("K", "L"))
    assert games.give(game, {0: later}) == 1
    assert games.given()[game.id, 0] == later
    assert len(games.given()) == 2
    assert games.give(game, {}) == 0
    assert len(games.given()) == 2


def test_games_give_by_two_leaders_at_once(games: Games, at_once: Callable[..., list[object]]) -> None:
    for _ in range(10):
        game = opened(games, coupon=NO_KEY)
        assert at_once(*[partial(games.give, game, {0: agreed(), 1: agreed()})] * 3) == [2, 2, 2]
        assert len(games.given(game.id)) == 2


def test_games_given_survives_the_session(players: Players) -> None:
    game = played(players)
    players.games.give(game, {0: agreed()})
    players.games.delete(game.id)
    assert [found.text for found in players.games.given().values()] == ["Vinnväxt"]
    assert counts(players.games)["players"] == 0


def test_games_given_long_signature_is_cut(games: Games) -> None:
    game = opened(games)
    games.give(game, {0: replace(agreed(), confirmed_by="l" * 500)})
    assert games.given()[game.id, 0].confirmed_by == "l" * 80


def test_games_current_room_is_laid_out_anew_when_somebody_marks(players: Players) -> None:
    games = players.games
    game = begun(games)
    player = players.join(game.id, "Gran", "form")
    before = games.current_room(game.id)
    assert games.current_room(game.id) is before
    players.mark(player, 0, Crosses.parse("A"))
    assert games.current_room(game.id).answers(1)[0] == {player.id: Crosses.parse("A")}
    assert before.answers(1)[0] == {}


def test_games_current_room_is_kept_for_few_sessions(games: Games) -> None:
    opened_games = [opened(games) for _ in range(MOST_ROOMS + 3)]
    rooms = [games.current_room(game.id) for game in opened_games]
    assert games.current_room(opened_games[-1].id) is rooms[-1]
    assert games.current_room(opened_games[0].id) is not rooms[0]
