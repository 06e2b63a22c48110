"""Players: who comes in and how they are known again, and marks that are saved when they are made, once, or refused with the reason.

Every test here also runs against PostgreSQL, see ``test_postgres.py``; so nothing here may know which database it meets.
"""

from __future__ import annotations

import datetime
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import cycle

import pytest
from sqlalchemy import select

from classifier.errors import StryktipsError
from classifier.services import players_on
from classifier.store import game_tables as tables
from classifier.store import players as players_module
from classifier.store.cases import now
from classifier.store.database import open_database, transaction
from classifier.store.games import ALPHABET, GONE, Game, Settings
from classifier.store.players import (
    LONGEST_NAME,
    LONGEST_REMARK,
    PERSONAL_LENGTH,
    QUESTIONS,
    REASON,
    REFLECTION,
    Joined,
    LockedError,
    NameTakenError,
    Players,
    clean_name,
)
from classifier.stryktips.coupon import Choice, Coupon, Exercise, Row, standard
from classifier.stryktips.course import GRACE, Gate, Pace, Step
from classifier.stryktips.crosses import Crosses
from tests.store.test_games import LED, MARKUP, NO_KEY, again, begun, opened, put, reopened, taken_to

AtOnce = Callable[..., list[object]]
A, AP, APU = (Crosses.parse(text) for text in ("A", "A P", "A P U"))
CARDS = Coupon("Kort", Exercise.CHAIN, (Row("En kurs hålls."), Row("Fler gäster kommer.")))
CASE = Coupon("Projektcase", Exercise.CASES, (Row("Ugnen", None, Choice.SAKOMRADE), Row("Ugnen", None, Choice.EFFEKTKEDJA)))
SECOND = datetime.timedelta(seconds=1)


def joined(players: Players, game: Game, name: str = "Gran", team: str = "") -> Joined:
    return players.join(game.id, name, f"formulär {name}", team=team)


def playing(players: Players, settings: Settings = Settings(), coupon: Coupon = standard()) -> tuple[Game, Joined]:  # noqa: B008
    """A session in its first round with one player."""
    game = begun(players.games, settings, coupon)
    return game, joined(players, game)


def people(players: Players, game: Game, number: int, team: str = "") -> list[Joined]:
    return [joined(players, game, f"person {place}", team) for place in range(number)]


def history(players: Players, game: Game) -> list[tuple[str, int, int, str]]:
    return [(change.player, change.round, change.row, change.crosses) for change in players.games.changes(game.id)]


def mark_rows(players: Players, game: Game) -> list[tuple[str, int, int, str]]:
    with transaction(players.engine) as session:
        rows = session.scalars(select(tables.Mark).where(tables.Mark.game_id == game.id))
        return sorted((row.player_id, row.round, row.row, row.crosses) for row in rows)


def refused(change: Callable[[], object], told: str) -> None:
    with pytest.raises(StryktipsError, match=told) as caught:
        change()
    assert "\n" not in str(caught.value)


def clock(monkeypatch: pytest.MonkeyPatch, moment: datetime.datetime) -> None:
    monkeypatch.setattr(players_module, "now", lambda: moment)


# Coming in


def test_players_join_is_known_again(players: Players) -> None:
    game = opened(players.games)
    player = players.join(game.id, "Bord 3", "formulär", team="Region Gran")
    assert (player.game_id, player.name, player.team, player.is_group) == (game.id, "Bord 3", "Region Gran", False)
    assert len(player.code) == PERSONAL_LENGTH
    assert set(player.code) <= set(ALPHABET)
    assert players.recognise(player.token) == player
    elsewhere = players_on(open_database(players.engine.url.render_as_string(hide_password=False)), players.games.scheme)
    assert elsewhere.recognise(player.token) == player
    assert elsewhere.come_back(game.id, player.code) == player


def test_players_group_has_no_team(players: Players) -> None:
    player = players.join(opened(players.games).id, "Bord 3", "formulär", team="Region Gran", is_group=True)
    assert (player.is_group, player.team) == (True, "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Bord \n\t 3  ", "Bord 3"),
        ("<b>Gran</b> & =cmd|'x'!A0", "<b>Gran</b> & =cmd|'x'!A0"),
        ("*Gran* :red[x] $1$ [a](b)", "*Gran* :red[x] $1$ [a](b)"),
        ("Gr\0an\x07\x7f\u200b\u202e\ufeff\ud800", "Gran"),
        ("Go\u0308k", "Gök"),
        ("Ås 😀", "Ås 😀"),
        ("x", "x"),
        ("n" * LONGEST_NAME, "n" * LONGEST_NAME),
        ("Bord\u20283\u00a0A", "Bord 3 A"),
    ],
)
def test_players_join_cleans_names_and_keeps_the_rest_as_text(players: Players, typed: str, kept: str) -> None:
    game = opened(players.games)
    player = players.join(game.id, typed, "formulär", team=typed)
    assert (player.name, player.team) == (kept, kept)
    assert [found.name for found in players.games.room(game.id).players] == [kept]


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", "\0", "\u200b\u202e\x07", "\ud800", " " * 10_000])
def test_players_join_without_a_name(players: Players, typed: str) -> None:
    game = opened(players.games)
    refused(lambda: players.join(game.id, typed, "formulär"), "namnet är")
    assert players.games.room(game.id).players == ()
    assert joined(players, game).team == ""


@pytest.mark.parametrize("typed", ["n" * (LONGEST_NAME + 1), "n" * 10_000, "Å" * 1_000_000, "a b " * 20, "n" + " " * 10_000])
def test_players_join_with_a_name_too_long(players: Players, typed: str) -> None:
    game = opened(players.games)
    refused(lambda: players.join(game.id, typed, "formulär"), f"namnet är för långt; högst {LONGEST_NAME} tecken får plats")
    refused(lambda: players.join(game.id, "Gran", "formulär", team=typed), "gruppens namn är för långt")
    assert players.games.room(game.id).players == ()


def test_players_clean_name_says_what_is_wrong_shortly() -> None:
    with pytest.raises(StryktipsError) as caught:
        clean_name("<b>" * 10_000, "namnet")
    assert str(caught.value) == f"Det går inte: namnet är för långt; högst {LONGEST_NAME} tecken får plats"


@pytest.mark.parametrize("form", ["formulär", "", "\0", "\ud800", "f" * 10_000])
def test_players_join_by_the_same_form_twice_is_the_same_player(players: Players, form: str) -> None:
    game, other = opened(players.games), opened(players.games)
    first = players.join(game.id, "Gran", form)
    assert players.join(game.id, "Gran", form) == first
    assert players.join(game.id, "Tall", form) == first
    assert players.join(game.id, "Tall", form + "2") != first
    assert players.join(other.id, "Gran", form).id != first.id
    assert len(players.games.room(game.id).players) == 2


@pytest.mark.parametrize(
    ("first", "second"), [("Gran", "gran"), ("STRASSE", "straße"), ("Åsö", "åSÖ"), ("Bord 3", " bord   3 "), ("Ö", "O\u0308")]
)
def test_players_name_is_taken_without_regard_to_case(players: Players, first: str, second: str) -> None:
    game, other = opened(players.games), opened(players.games)
    players.join(game.id, first, "1")
    with pytest.raises(NameTakenError, match="spelar redan; välj ett annat namn, eller skriv din personliga kod om det är du"):
        players.join(game.id, second, "2")
    assert players.join(other.id, second, "2").game_id == other.id
    assert len(players.games.room(game.id).players) == 1


def test_players_team_is_written_as_those_in_it_wrote_it(players: Players) -> None:
    game = opened(players.games)
    found = [
        players.join(game.id, str(number), str(number), team=team).team for number, team in enumerate(["bord 3", "Bord 3", "", "Bord 4"])
    ]
    assert found == ["bord 3", "bord 3", "", "Bord 4"]


@pytest.mark.parametrize("step", [step for step in Step if step is not Step.END])
def test_players_join_until_the_end(players: Players, step: Step) -> None:
    assert joined(players, put(players.games, opened(players.games), step=step))


def test_players_join_after_the_end(players: Players) -> None:
    game = opened(players.games)
    player = joined(players, game)
    taken_to(players.games, game, Step.END)
    refused(lambda: joined(players, game, "Tall"), "sessionen är avslutad, så det går inte att gå med")
    refused(lambda: joined(players, game), "sessionen är avslutad")
    assert players.come_back(game.id, player.code) == players.recognise(player.token) == player


def test_players_join_what_is_gone(players: Players) -> None:
    game = opened(players.games)
    players.games.delete(game.id)
    for game_id in (game.id, "saknas", ""):
        refused(lambda game_id=game_id: players.join(game_id, "Gran", "formulär"), GONE)  # type: ignore[misc]


def test_players_code_that_is_taken_is_not_given_again(players: Players, monkeypatch: pytest.MonkeyPatch) -> None:
    game = opened(players.games)
    first = joined(players, game)
    codes = iter([first.code, first.code, "NYK234"])
    monkeypatch.setattr(players_module, "new_code", lambda _length: next(codes))
    assert joined(players, game, "Tall").code == "NYK234"


def test_players_join_when_no_code_is_free(players: Players, monkeypatch: pytest.MonkeyPatch) -> None:
    game = opened(players.games)
    first = joined(players, game)
    monkeypatch.setattr(players_module, "new_code", lambda _length: first.code)
    refused(lambda: joined(players, game, "Tall"), "det gick inte att gå med just nu; försök igen")


def test_players_join_by_one_form_at_once_is_one_player(players: Players, at_once: AtOnce) -> None:
    for attempt in range(5):
        game = opened(players.games, coupon=NO_KEY)
        results = at_once(*[partial(players.join, game.id, f"Gran {attempt}", "formulär")] * 6)
        assert len(set(results)) == 1
        assert isinstance(results[0], Joined)
        assert len(players.games.room(game.id).players) == 1


def test_players_join_by_one_name_at_once_is_one_player(players: Players, at_once: AtOnce) -> None:
    for _ in range(5):
        game = opened(players.games, coupon=NO_KEY)
        results = at_once(*[partial(players.join, game.id, name, name) for name in ("gran", "Gran", "GRAN", "gRan", "grAn", "graN")])
        assert sum(isinstance(result, Joined) for result in results) == 1
        assert sum(isinstance(result, NameTakenError) for result in results) == 5
        assert len(players.games.room(game.id).players) == 1


def test_players_join_by_many_at_once(players: Players, at_once: AtOnce) -> None:
    game = opened(players.games)
    teams = ("Bord 3", "bord 3")
    results = at_once(*[partial(players.join, game.id, f"person {n}", str(n), team=teams[n % 2]) for n in range(40)])
    assert all(isinstance(result, Joined) for result in results), results
    found = players.games.room(game.id).players
    assert len({player.id for player in found}) == 40
    assert len({player.team for player in found}) == 1


# Known again


def test_players_recognise_only_what_was_made_here(players: Players) -> None:
    game, other = opened(players.games), opened(players.games)
    gran, tall, elsewhere = joined(players, game), joined(players, game, "Tall"), joined(players, other)
    signature = gran.token.partition(".")[2]
    forged = [
        "",
        ".",
        gran.id,
        f"{gran.id}.",
        f"{gran.id}.{'0' * 64}",
        f"{tall.id}.{signature}",
        f"{elsewhere.id}.{signature}",
        f"saknas.{signature}",
        f".{signature}",
        gran.token[:-1],
        gran.token[1:],
        gran.token + "0",
        gran.token + "\n",
        " " + gran.token,
        gran.token.upper(),
        gran.token.replace(".", "…"),
        f"{gran.id}.{signature[:-1]}å",
        f"{gran.id}\0.{signature}",
        f"{gran.id}.\ud800{signature[1:]}",
        "å" * 100_000,
        "' OR 1=1 --",
    ]
    assert [players.recognise(token) for token in forged] == [None] * len(forged)
    assert players.recognise(gran.token) == gran


def test_players_recognise_a_token_of_another_database(players: Players) -> None:
    game = opened(players.games)
    player = joined(players, game)
    put(players.games, game, secret="0" * 64)
    assert players.recognise(player.token) is None
    known = players.come_back(game.id, player.code)
    assert known is not None
    assert known.token != player.token


def test_players_of_a_deleted_session_are_strangers(players: Players) -> None:
    game, player = playing(players)
    players.games.delete(game.id)
    assert players.recognise(player.token) is None
    assert players.come_back(game.id, player.code) is None
    assert players.pulse(player) is None
    refused(lambda: players.mark(player, 0, A), GONE)
    refused(lambda: players.write(player, REASON, 0, "Det görs."), GONE)


def test_players_come_back_however_the_code_is_typed(players: Players) -> None:
    game = opened(players.games)
    player = joined(players, game)
    for typed in (player.code, player.code.lower(), f" {player.code[:3]} {player.code[3:]}\n", "-".join(player.code)):
        assert players.come_back(game.id, typed) == player


def test_players_come_back_with_a_wrong_code(players: Players) -> None:
    game, other = opened(players.games), opened(players.games)
    player, elsewhere = joined(players, game), joined(players, other)
    with transaction(players.engine) as session:
        session.get_one(tables.Player, elsewhere.id).code = "ANNAN2"
    for typed in ("ANNAN2", "", player.code[:-1], player.code + "2", "%", "\0", "\ud800", "å" * 10_000):
        assert players.come_back(game.id, typed) is None
    assert players.come_back("saknas", player.code) is None


# Whether anything has changed


def test_players_pulse_counts_what_changes(players: Players) -> None:
    game = opened(players.games)
    gran, tall = joined(players, game), joined(players, game, "Tall")
    pulse = players.pulse(gran)
    assert pulse is not None
    assert (pulse.revision, pulse.changes, pulse.seconds_left) == (game.revision, 0, None)
    game = taken_to(players.games, game, Step.ROUND_1)
    assert players.mark(gran, 0, A) == 1
    assert players.mark(gran, 0, AP) == 2
    found = [players.pulse(player) for player in (gran, tall)]
    assert [(pulse.revision, pulse.changes) for pulse in found if pulse] == [(game.revision, 2), (game.revision, 0)]


def test_players_pulse_counts_down(players: Players) -> None:
    game, player = playing(players, LED)
    pulse = players.pulse(player)
    assert pulse is not None
    assert pulse.seconds_left is not None
    assert 50 < pulse.seconds_left <= 60
    put(players.games, game, ends_at=now() - SECOND)
    late = players.pulse(player)
    assert late is not None
    assert late.seconds_left == 0.0


# Marks


def test_players_mark_is_saved_when_it_is_made(players: Players) -> None:
    game, player = playing(players)
    assert players.mark(player, 0, Crosses.parse("U (A)")) == 1
    assert players.mark(player, 18, A) == 2
    assert players.answers(player, 1) == {0: Crosses.parse("(A) U"), 18: A}
    assert mark_rows(players, game) == [(player.id, 1, 0, "(A) U"), (player.id, 1, 18, "A")]
    assert reopened(players.games).room(game.id).answers(1)[18] == {player.id: A}


def test_players_mark_overwritten_and_emptied_with_the_history_kept(players: Players) -> None:
    game, player = playing(players)
    for number, crossed in enumerate((A, AP, A, Crosses()), 1):
        assert players.mark(player, 3, crossed) == number
        assert players.answers(player, 1) == {3: crossed}
        assert len(mark_rows(players, game)) == 1
    assert history(players, game) == [(player.id, 1, 3, written) for written in ("A", "A P", "A", "")]
    assert players.games.room(game.id).answers(1)[3] == {}


@pytest.mark.parametrize("crossed", [A, Crosses()])
def test_players_mark_sent_twice_is_saved_once(players: Players, crossed: Crosses) -> None:
    game, player = playing(players)
    players.mark(player, 3, AP)
    assert [players.mark(player, 3, crossed) for _ in range(3)] == [2, 2, 2]
    assert [written for *_, written in history(players, game)] == ["A P", crossed.written("AP")]
    taken_to(players.games, game, Step.CLOSED_1, Step.ROUND_2)
    players.mark(player, 3, crossed)
    assert players.answers(player, 2) == {3: crossed}
    players.mark(player, 3, AP)
    players.mark(player, 3, crossed)
    assert players.answers(player, 2) == {3: crossed}


def test_players_mark_sent_again_after_the_close_is_told_to_be_saved(players: Players) -> None:
    game, player = playing(players)
    players.mark(player, 3, A)
    taken_to(players.games, game, Step.CLOSED_1)
    assert players.mark(player, 3, A) == 1
    refused(lambda: players.mark(player, 3, AP), "rundan är stängd")
    assert history(players, game) == [(player.id, 1, 3, "A")]


def test_players_mark_sent_twice_at_once_is_saved_once(players: Players, at_once: AtOnce) -> None:
    game, player = playing(players)
    assert at_once(*[partial(players.mark, player, 3, A)] * 6) == [1] * 6
    assert history(players, game) == [(player.id, 1, 3, "A")]


def test_players_mark_in_the_second_round_leaves_the_first(players: Players) -> None:
    game, player = playing(players)
    players.mark(player, 0, A)
    players.mark(player, 1, A)
    taken_to(players.games, game, Step.CLOSED_1, Step.ROUND_2)
    assert players.answers(player, 2) == {0: A, 1: A}
    players.mark(player, 0, AP)
    players.mark(player, 1, Crosses())
    assert players.answers(player, 2) == {0: AP, 1: Crosses()}
    assert players.answers(player, 1) == {0: A, 1: A}
    assert [number for _, number, _, _ in history(players, game)] == [1, 1, 2, 2]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        (Step.LOBBY, "sessionen har inte börjat"),
        (Step.CLOSED_1, "rundan är stängd"),
        (Step.CLOSED_2, "rundan är stängd"),
        (Step.KEY, "rundan är stängd"),
        (Step.MODEL, "rundan är stängd"),
        (Step.END, "rundan är stängd"),
    ],
)
@pytest.mark.parametrize("pace", list(Pace))
def test_players_mark_outside_a_round(players: Players, step: Step, told: str, pace: Pace) -> None:
    game, player = playing(players)
    players.mark(player, 0, A)
    put(players.games, game, step=step, pace=pace)
    for row in (0, 1):
        with pytest.raises(LockedError) as caught:
            players.mark(player, row, AP)
        assert str(caught.value) == f"Krysset sparades inte: {told}"
    assert mark_rows(players, game) == [(player.id, 1, 0, "A")]
    assert len(history(players, game)) == 1


def test_players_mark_when_the_leader_sets_the_pace(players: Players) -> None:
    game, player = playing(players, LED)
    players.mark(player, 0, A)
    refused(lambda: players.mark(player, 1, A), "ledaren har gått vidare till en annan rad")
    for gate in (Gate.LOCKED, Gate.SHOWN):
        game = players.games.set_gate(game.id, gate, game.revision)
        refused(lambda: players.mark(player, 0, AP), "raden är låst")
    game = players.games.turn_to(game.id, 1, game.revision)
    players.mark(player, 1, A)
    refused(lambda: players.mark(player, 0, AP), "ledaren har gått vidare")
    assert players.answers(player, 1) == {0: A, 1: A}


@pytest.mark.parametrize("settings", [LED, Settings(seconds=60)])
def test_players_mark_in_time_and_after(players: Players, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    game, player = playing(players, settings)
    assert game.state.ends_at is not None
    for moment, crossed in ((game.state.ends_at - SECOND, A), (game.state.ends_at, AP), (game.state.ends_at + GRACE, APU)):
        clock(monkeypatch, moment)
        players.mark(player, 0, crossed)
    clock(monkeypatch, game.state.ends_at + GRACE + datetime.timedelta(milliseconds=1))
    with pytest.raises(LockedError, match="tiden är ute"):
        players.mark(player, 0, A)
    assert players.answers(player, 1) == {0: APU}


@pytest.mark.parametrize("row", [-1, 19, 2**70])
def test_players_mark_in_an_unknown_row(players: Players, row: int) -> None:
    game, player = playing(players)
    refused(lambda: players.mark(player, row, A), "raden finns inte på kupongen; ladda om sidan")
    assert history(players, game) == []


@pytest.mark.parametrize("text", ["Q", "A Q", "-", "service", "x" * 400])
def test_players_mark_at_an_unknown_choice(players: Players, text: str) -> None:
    game, player = playing(players)
    refused(lambda: players.mark(player, 0, Crosses.parse(text)), "som inte finns; välj bland R, A, P, U, K, L")
    assert history(players, game) == []


def test_players_mark_with_too_many_crosses_where_one_is_asked_for(players: Players) -> None:
    game, player = playing(players, coupon=CARDS)
    for text in ("A P", "A (P)", "(A) (P)"):
        refused(lambda text=text: players.mark(player, 0, Crosses.parse(text)), "kan bara ha ett kryss i den här övningen")  # type: ignore[misc]
    players.mark(player, 0, Crosses.parse("(A)"))
    assert mark_rows(players, game) == [(player.id, 1, 0, "(A)")]


def test_players_mark_a_case(players: Players) -> None:
    _, player = playing(players, coupon=CASE)
    refused(lambda: players.mark(player, 1, A), "som inte finns; välj bland")
    refused(lambda: players.mark(player, 0, Crosses.of(["direkt"])), "som inte finns")
    refused(lambda: players.mark(player, 1, Crosses.of(["direkt", "indirekt"])), "bara ha ett kryss")
    players.mark(player, 1, Crosses.of(["direkt"]))
    assert players.answers(player, 1) == {1: Crosses.of(["direkt"])}


def test_players_mark_by_somebody_who_is_not_in_the_session(players: Players) -> None:
    game, player = playing(players)
    with transaction(players.engine) as session:
        session.delete(session.get_one(tables.Player, player.id))
    refused(lambda: players.mark(player, 0, A), "du är inte längre med i sessionen; gå med igen")
    assert history(players, game) == []


# Garderingar


def test_players_guards_are_limited_over_the_coupon(players: Players) -> None:
    game, player = playing(players, Settings(guard_limit=2))
    players.mark(player, 0, AP)
    players.mark(player, 1, Crosses.parse("A (P)"))
    for crossed in (AP, Crosses.parse("(A) (P)"), APU):
        refused(lambda crossed=crossed: players.mark(player, 2, crossed), "garderingarna är slut: 2 är det mesta på en kupong")  # type: ignore[misc]
    refused(lambda: players.mark(player, 0, APU), "garderingarna är slut")
    players.mark(player, 2, A)
    players.mark(player, 0, A)
    players.mark(player, 2, AP)
    assert [len(crossed) for _, crossed in sorted(players.answers(player, 1).items())] == [1, 2, 2]
    assert len(history(players, game)) == 5


def test_players_guards_may_be_changed_for_others(players: Players) -> None:
    _, player = playing(players, Settings(guard_limit=1))
    players.mark(player, 0, AP)
    players.mark(player, 0, Crosses.parse("K L"))
    players.mark(player, 0, AP)
    assert players.answers(player, 1) == {0: AP}


def test_players_guards_fewer_are_always_welcome(players: Players) -> None:
    game, player = playing(players)
    for row in range(3):
        players.mark(player, row, APU)
    put(players.games, game, guard_limit=1)
    refused(lambda: players.mark(player, 0, Crosses.parse("A P U K")), "garderingarna är slut")
    for text in ("A P", "K L", "A", ""):
        players.mark(player, 0, Crosses.parse(text))
    refused(lambda: players.mark(player, 0, AP), "garderingarna är slut")


def test_players_guards_none_at_all(players: Players) -> None:
    _, player = playing(players, Settings(guard_limit=0))
    refused(lambda: players.mark(player, 0, AP), "garderingarna är slut: 0")
    players.mark(player, 0, A)


def test_players_guards_count_the_coupon_as_it_stands_in_the_round(players: Players) -> None:
    game, player = playing(players, Settings(guard_limit=2))
    players.mark(player, 0, AP)
    players.mark(player, 1, AP)
    taken_to(players.games, game, Step.CLOSED_1, Step.ROUND_2)
    refused(lambda: players.mark(player, 2, AP), "garderingarna är slut")
    players.mark(player, 0, Crosses())
    players.mark(player, 2, AP)
    refused(lambda: players.mark(player, 0, AP), "garderingarna är slut")
    assert players.answers(player, 2) == {0: Crosses(), 1: AP, 2: AP}
    assert players.answers(player, 1) == {0: AP, 1: AP}


def test_players_guards_by_two_devices_at_once(players: Players, at_once: AtOnce) -> None:
    for _ in range(10):
        _, player = playing(players, Settings(guard_limit=1))
        results = at_once(*[partial(players.mark, player, row, AP) for row in range(4)])
        assert sum(isinstance(result, int) for result in results) == 1, results
        assert sum(crossed.guards for crossed in players.answers(player, 1).values()) == 1


# One coupon for a team


def shared(players: Players, settings: Settings = Settings(shared_second=True)) -> tuple[Game, list[Joined]]:  # noqa: B008
    """The second round of a session in which three persons share a coupon, and two do not."""
    game = begun(players.games, settings)
    names = {"Gran": "Bord 1", "Tall": "Bord 1", "Asp": "bord 1", "En": "Bord 2", "Lind": ""}
    found = [joined(players, game, name, team) for name, team in names.items()]
    for player in found:
        players.mark(player, 0, A)
    return taken_to(players.games, game, Step.CLOSED_1, Step.ROUND_2), found


def test_players_team_has_one_coupon_in_a_shared_second_round(players: Players) -> None:
    game, (gran, tall, asp, en, lind) = shared(players)
    assert players.mark(tall, 0, AP) == 3  # the round began with a change: the team's coupon
    assert players.mark(asp, 1, A) == 4
    for player in (gran, tall, asp):
        assert players.answers(player, 2) == {0: AP, 1: A}
        assert players.answers(player, 1) == {0: A}
        pulse = players.pulse(player)
        assert pulse is not None
        assert pulse.changes == 4
    for player in (en, lind):
        assert players.answers(player, 2) == {0: A}
    assert history(players, game)[-2:] == [(tall.id, 2, 0, "A P"), (asp.id, 2, 1, "A")]


def test_players_without_a_team_have_coupons_of_their_own(players: Players) -> None:
    game = begun(players.games, Settings(shared_second=True))
    gran, tall = joined(players, game), joined(players, game, "Tall")
    group = players.join(game.id, "Bord 1", "grupp", team="Bord 1", is_group=True)
    taken_to(players.games, game, Step.CLOSED_1, Step.ROUND_2)
    players.mark(gran, 0, A)
    players.mark(group, 1, A)
    assert [players.answers(player, 2) for player in (gran, tall, group)] == [{0: A}, {}, {1: A}]


def test_players_shared_second_round_begins_with_what_most_of_the_team_had(players: Players) -> None:
    game = begun(players.games, Settings(shared_second=True))
    table, alone = people(players, game, 3, "Bord 1"), joined(players, game, "Ensam")
    for player, written in zip(table, ("A P", "A", "U"), strict=True):
        players.mark(player, 0, Crosses.parse(written))
    players.mark(table[0], 1, Crosses.parse("(K)"))
    players.mark(alone, 0, Crosses.parse("L"))
    taken_to(players.games, game, Step.CLOSED_1, Step.ROUND_2)
    for player in table:
        assert players.answers(player, 2) == {0: A, 1: Crosses.parse("(K)")}
        pulse = players.pulse(player)
        assert pulse is not None and pulse.changes > 0
    assert players.answers(alone, 2) == {0: Crosses.parse("L")}
    assert players.answers(table[2], 1) == {0: Crosses.parse("U")}
    late = joined(players, game, "Sen", "bord 1")
    assert players.answers(late, 2) == players.answers(table[0], 2)


def test_players_shared_second_round_of_a_divided_team_begins_empty_where_one_answer_is_given(players: Players) -> None:
    cards = Coupon("Kort", Exercise.CHAIN, (Row("Butiken öppnar."),))
    game = begun(players.games, Settings(shared_second=True), cards)
    table = people(players, game, 2, "Bord 1")
    for player, code in zip(table, "AP", strict=True):
        players.mark(player, 0, Crosses.of(code))
    taken_to(players.games, game, Step.CLOSED_1, Step.ROUND_2)
    assert [players.answers(player, 2) for player in table] == [{0: Crosses()}, {0: Crosses()}]
    players.mark(table[0], 0, Crosses.of("A"))
    assert players.answers(table[1], 2) == {0: Crosses.of("A")}


@pytest.mark.parametrize(("settings", "step"), [(Settings(), Step.ROUND_2), (Settings(shared_second=True), Step.ROUND_1)])
def test_players_team_has_coupons_of_their_own_otherwise(players: Players, settings: Settings, step: Step) -> None:
    game, (gran, tall, *_) = shared(players, settings)
    put(players.games, game, step=step)
    players.mark(gran, 2, AP)
    assert 2 not in players.answers(tall, 2)


def test_players_team_marks_at_once_without_waiting_for_each_other(players: Players, at_once: AtOnce) -> None:
    game, found = shared(players)
    team = found[:3]
    for crossed in (A, AP, APU):
        rows = [(player, row) for player in team for row in range(1, 9)]
        results = at_once(*[partial(players.mark, player, row, crossed) for player, row in rows])
        assert all(isinstance(result, int) for result in results), results
    answers = [players.answers(player, 2) for player in team]
    assert answers[0] == answers[1] == answers[2] == {0: A} | dict.fromkeys(range(1, 9), APU)
    assert [players.pulse(player).changes for player in team] == [2 + 3 * 8] * 3  # type: ignore[union-attr]
    assert len(history(players, game)) == 5 + 3 * 8


# Many at once


def test_players_forty_marking_at_once_lose_nothing_and_double_nothing(players: Players, at_once: AtOnce) -> None:
    game = begun(players.games)
    everybody = people(players, game, 40)

    def play(player: Joined) -> list[int]:
        return [players.mark(player, row, crossed) for row in range(3) for crossed in (A, AP)]

    assert at_once(*[partial(play, player) for player in everybody]) == [[1, 2, 3, 4, 5, 6]] * 40
    assert mark_rows(players, game) == sorted((player.id, 1, row, "A P") for player in everybody for row in range(3))
    found = history(players, game)
    assert len(found) == 240
    for player in everybody:
        own = [(row, written) for who, _, row, written in found if who == player.id]
        assert own == [(row, written) for row in range(3) for written in ("A", "A P")]


def test_players_one_marking_on_many_devices_counts_every_change(players: Players, at_once: AtOnce) -> None:
    game, player = playing(players)
    results = at_once(*[partial(players.mark, player, row, A) for row in range(19)])
    assert sorted(results) == list(range(1, 20))  # type: ignore[type-var]
    assert len(history(players, game)) == len(mark_rows(players, game)) == 19


def mark_until_refused(players: Players, player: Joined, over: threading.Event) -> int:
    """How many times the player's marks have changed when one is refused; none may be saved that is made when it is over."""
    changes = 0
    for crossed in cycle((A, AP, APU)):
        was_over = over.is_set()
        try:
            changes = players.mark(player, 0, crossed)
        except LockedError:
            return changes
        assert not was_over
    raise AssertionError


def after_a_while(attempt: int, over: threading.Event, work: Callable[[], Game | None]) -> Game | None:
    time.sleep(0.02 * attempt)
    try:
        return work()
    finally:
        over.set()


@pytest.mark.parametrize("settings", [Settings(), LED])
def test_players_mark_racing_with_the_close_is_saved_in_the_round_or_refused(players: Players, at_once: AtOnce, settings: Settings) -> None:
    games = players.games
    game = opened(games, settings)
    everybody = people(players, game, 6)
    total: Counter[str] = Counter()
    for attempt in range(4):
        game = taken_to(games, game, Step.ROUND_1)
        over = threading.Event()
        if settings.pace is Pace.LED:
            close = partial(games.set_gate, game.id, Gate.LOCKED, game.revision)
        else:
            close = partial(games.go_to, game.id, Step.CLOSED_1, game.revision)
        marking = [partial(mark_until_refused, players, player, over) for player in everybody]
        *changes, closed = at_once(*marking, partial(after_a_while, attempt, over, close))
        assert isinstance(closed, Game)
        total |= Counter({player.id: number for player, number in zip(everybody, changes, strict=True) if isinstance(number, int)})
        assert Counter(change.player for change in games.changes(game.id)) == total
        assert {change.round for change in games.changes(game.id)} <= {1}
        game = closed if settings.pace is Pace.OWN else taken_to(games, closed, Step.CLOSED_1)
    assert total.total() > 0


def test_players_marks_racing_with_the_deletion_leave_nothing(players: Players, at_once: AtOnce) -> None:
    games = players.games
    for attempt in range(4):
        game = begun(games, Settings(shared_second=True))
        everybody = people(players, game, 4, "Bord 1")
        if attempt % 2:
            game = taken_to(games, game, Step.CLOSED_1, Step.ROUND_2)
        over = threading.Event()

        def play(player: Joined, over: threading.Event = over) -> None:
            while not over.is_set():
                players.mark(player, 0, A)
                players.write(player, REASON, 0, "Det görs.")
            players.mark(player, 0, A)

        playing = [partial(play, player) for player in everybody]
        *stopped, deleted = at_once(*playing, partial(after_a_while, attempt, over, partial(games.delete, game.id)))
        assert deleted is None
        assert [type(problem) for problem in stopped] == [StryktipsError] * 4, stopped
        assert (mark_rows(players, game), history(players, game), games.remarks(game.id, REASON)) == ([], [], [])


# What players write


def test_players_write_is_kept_and_replaced(players: Players) -> None:
    game, player = playing(players)
    players.write(player, REASON, 0, "  Det görs.\nAv någon.  ")
    players.write(player, REASON, 18, MARKUP)
    players.write(player, REFLECTION, len(QUESTIONS) - 1, "Bra.")
    assert players.written(player, REASON) == {0: "Det görs.\nAv någon.", 18: MARKUP}
    assert players.written(player, REFLECTION) == {3: "Bra."}
    players.write(player, REASON, 0, "Nej.")
    players.write(player, REASON, 18, " \0")
    assert players.written(player, REASON) == {0: "Nej.", 18: ""}
    assert [remark.text for remark in players.games.remarks(game.id, REASON)] == ["Nej."]


def test_players_write_takes_out_what_shows_nothing(players: Players) -> None:
    _, player = playing(players)
    players.write(player, REASON, 0, "De\0t\u202e görs\ud800.\r\nAv någon.")
    assert players.written(player, REASON)[0].split() == ["Det", "görs.", "Av", "någon."]


def test_players_write_as_much_as_may_be(players: Players) -> None:
    _, player = playing(players)
    players.write(player, REASON, 0, "å" * LONGEST_REMARK)
    refused(lambda: players.write(player, REASON, 0, "å" * 10_000), f"texten har 10000 tecken; korta den till högst {LONGEST_REMARK}")
    assert players.written(player, REASON) == {0: "å" * LONGEST_REMARK}


@pytest.mark.parametrize(
    ("kind", "number"), [(REASON, -1), (REASON, 19), (REFLECTION, 4), (REFLECTION, -1), ("", 0), ("nyckel", 0), ("\0", 0), (REASON, 2**70)]
)
def test_players_write_what_belongs_to_nothing(players: Players, kind: str, number: int) -> None:
    _, player = playing(players)
    refused(lambda: players.write(player, kind, number, "Det görs."), "texten hör inte till någon rad eller fråga")


@pytest.mark.parametrize("step", list(Step))
def test_players_write_when(players: Players, step: Step) -> None:
    game, player = playing(players)
    put(players.games, game, step=step)
    if step in (Step.LOBBY, Step.END):
        with pytest.raises(LockedError, match="skälen är stängda nu"):
            players.write(player, REASON, 0, "Det görs.")
    else:
        players.write(player, REASON, 0, "Det görs.")
        assert players.written(player, REASON) == {0: "Det görs."}
    players.write(player, REFLECTION, 0, "Bra.")
    assert players.written(player, REFLECTION) == {0: "Bra."}


def test_players_write_at_once_keeps_one_of_the_texts(players: Players, at_once: AtOnce) -> None:
    game, player = playing(players)
    assert at_once(*[partial(players.write, player, REASON, 0, f"Text {number}") for number in range(12)]) == [None] * 12
    assert len(players.games.remarks(game.id, REASON)) == 1
    assert again(players.games, game) == game
