"""The players' routes as devices call them: joining, marking, coming back, and what never leaves the server too early."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from sqlalchemy import text as sql

from classifier.play.routes import COOKIE, HEADERS, LONGEST_BODY
from classifier.store.games import Game, Settings
from classifier.store.players import QUESTIONS, Players
from classifier.stryktips.coupon import CASE_CHOICES, Coupon, Exercise, Row, standard
from classifier.stryktips.course import Gate, Pace, Step
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.tips import Tip
from tests.play.conftest import SECRET_WORD, Device, come_in, latest

Devices = Callable[[], Device]
IN_ORDER = (Step.ROUND_1, Step.CLOSED_1, Step.ROUND_2, Step.CLOSED_2, Step.KEY, Step.MODEL, Step.END)


def go(players: Players, game: Game, *steps: Step) -> Game:
    for step in steps:
        game = players.games.go_to(game.id, step, latest(players, game).revision)
    return game


def cross(device: Device, row: object, crosses: object) -> tuple[int, dict[str, object]]:
    answer = device.post(
        "/spela/kryss", json={"rad": row, "kryss": crosses, "runda": 2 if 'data-runda="runda 2' in device.get("/spela/vy").text else 1}
    )
    return answer.status_code, answer.json()


def test_routes_join_then_play(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    assert "Du spelar som <strong>Gran</strong>" in come_in(phone, game, "Gran")
    go(players, game, Step.ROUND_1)
    assert cross(phone, 3, "U (K)") == (200, {"kryss": 1, "sparat": "U (K)"})
    page = phone.get("/spela").text
    row = page[page.index('data-rad="3"') : page.index('data-rad="4"')]
    assert re.findall(r'data-val="(.)"[^>]*aria-pressed="(true|mixed)"', row) == [("U", "true"), ("K", "mixed")]


def test_routes_code_is_read_however_it_is_typed(device: Devices, game: Game) -> None:
    typed = f" {game.code[:2].lower()}-{game.code[2:].lower()} "
    assert 'name="namn"' in device().get("/spela", params={"kod": typed}).text


@pytest.mark.parametrize("code", ["FELKOD", "<script>alert(1)</script>", "A" * 10_000, "%00", "å"])
def test_routes_wrong_code_is_explained_and_escaped(device: Devices, game: Game, code: str) -> None:
    answer = device().get("/spela", params={"kod": code})
    assert "<script>alert" not in answer.text
    assert 'name="kod"' in answer.text and ("Det finns ingen session med koden" in answer.text) == (answer.status_code == 404)


def test_routes_code_of_an_ended_session_is_explained(device: Devices, game: Game, players: Players) -> None:
    inside = device()
    come_in(inside, game, "Gran")
    go(players, game, Step.END)
    answer = device().get("/spela", params={"kod": game.code})
    assert answer.status_code == 410 and "är avslutad" in answer.text
    assert QUESTIONS[0] in inside.get("/spela").text


@pytest.mark.parametrize(
    ("name", "said"),
    [("a" * 10_000, "för långt"), ("", "är tomt"), ("\u3164\u2800", "är tomt"), ("\u200b \x00", "är tomt"), ("b" * 31, "för långt")],
)
def test_routes_name_that_cannot_be_used_is_explained_beside_the_field(device: Devices, game: Game, name: str, said: str) -> None:
    page = come_in(device(), game, name)
    assert said in page and 'aria-invalid="true"' in page
    assert 'name="namn"' in page and len(page) < 10_000


def test_routes_name_with_markup_is_shown_as_text(device: Devices, game: Game) -> None:
    page = come_in(device(), game, "<b>Gran</b>")
    assert "&lt;b&gt;Gran&lt;/b&gt;" in page and "<b>Gran" not in page


def test_routes_name_taken_is_explained_with_the_name_kept(device: Devices, game: Game) -> None:
    come_in(device(), game, "Gran")
    page = come_in(device(), game, "GRAN")
    assert "är upptaget" in page and 'value="GRAN"' in page


def test_routes_same_form_sent_twice_makes_one_player(device: Devices, game: Game, players: Players) -> None:
    first, second = device(), device()
    come_in(first, game, "Gran", formular="samma")
    come_in(second, game, "Gran", formular="samma")
    assert first.cookies[COOKIE] == second.cookies[COOKIE]
    assert len(players.games.room(game.id).players) == 1


def test_routes_joining_again_leads_back_into_the_game(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    assert "Du spelar som" in phone.get("/spela", params={"kod": game.code}).text
    assert len(players.games.room(game.id).players) == 1


def test_routes_group_and_team_are_kept_apart(device: Devices, game: Game, players: Players) -> None:
    come_in(device(), game, "Bord 1", som="grupp", grupp="glöms")
    come_in(device(), game, "Tall", grupp="Bord 2")
    assert [(player.name, player.team, player.is_group) for player in players.games.room(game.id).players] == [
        ("Bord 1", "", True),
        ("Tall", "Bord 2", False),
    ]


def test_routes_personal_code_moves_the_player_to_another_device(device: Devices, game: Game, players: Players) -> None:
    old, new = device(), device()
    page = come_in(old, game, "Gran")
    code = re.search(r'class="kodtext">(\w+)<', page)
    assert code
    go(players, game, Step.ROUND_1)
    cross(old, 0, "A")
    page = new.post("/spela/tillbaka", data={"kod": game.code, "personlig": code[1].lower()}).text
    assert re.search(r'data-val="A"[^>]*aria-pressed="true"', page)
    assert cross(new, 1, "P")[0] == 200 and cross(old, 2, "U")[0] == 200
    assert players.games.room(game.id).progress(1) == {players.games.room(game.id).players[0].id: 3}


def test_routes_wrong_personal_code_is_explained(device: Devices, game: Game) -> None:
    page = device().post("/spela/tillbaka", data={"kod": game.code, "personlig": "FELFEL"}).text
    assert "Den personliga koden stämmer inte" in page


def test_routes_leaving_forgets_the_device_but_not_the_player(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    assert "Gå med i stryktipset" in phone.post("/spela/lamna").text
    assert COOKIE not in phone.cookies and len(players.games.room(game.id).players) == 1


def test_routes_mark_outside_a_round_is_refused_with_a_sentence(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    assert cross(phone, 0, "A") == (409, {"fel": "Krysset sparades inte: sessionen har inte börjat"})
    go(players, game, Step.ROUND_1, Step.CLOSED_1)
    assert cross(phone, 0, "A") == (409, {"fel": "Krysset sparades inte: rundan är stängd"})
    assert players.games.room(game.id).answers(1)[0] == {}


@pytest.mark.parametrize("row", [-1, 19, 10**30, "0", None, 1.5, True, [0]])
def test_routes_row_that_is_none_is_refused(device: Devices, game: Game, players: Players, row: object) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    go(players, game, Step.ROUND_1)
    status, said = cross(phone, row, "A")
    assert status in (400, 422) and said["fel"]


@pytest.mark.parametrize("crosses", ["Q", "A A (A)", "<b>", "A" * 5_000, None, 7, ["A"], "A\x00"])
def test_routes_crosses_that_are_none_are_refused(device: Devices, game: Game, players: Players, crosses: object) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    go(players, game, Step.ROUND_1)
    status, said = cross(phone, 0, crosses)
    assert status in (400, 422) and said["fel"]
    assert players.games.room(game.id).answers(1)[0] == {}


@pytest.mark.parametrize("path", ["/spela/lage", "/spela/vy"])
@pytest.mark.parametrize("token", ["", "x", "å.ä", "{id}.", "{id}.00", "." * 5_000])
def test_routes_unknown_device_is_told_so(device: Devices, game: Game, players: Players, path: str, token: str) -> None:
    joined = players.join(game.id, "Gran", "form")
    cookie = f"{COOKIE}={token.format(id=joined.id)}".encode()
    assert device().get(path, headers={b"cookie": cookie}).status_code == 401


def test_routes_mark_by_an_unknown_device_is_refused(device: Devices, game: Game, players: Players) -> None:
    go(players, game, Step.ROUND_1)
    assert cross(device(), 0, "A")[0] == 401


def test_routes_json_is_taken_from_the_page_alone(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    go(players, game, Step.ROUND_1)
    answer = phone.post("/spela/kryss", content='{"rad": 0, "kryss": "A", "runda": 1}', headers={"content-type": "text/plain"})
    assert answer.status_code == 400 and players.games.room(game.id).answers(1)[0] == {}


def test_routes_body_beyond_bounds_is_refused(device: Devices, game: Game) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    assert phone.post("/spela/skriv", json={"slag": "skäl", "nr": 0, "text": "a" * LONGEST_BODY}).status_code == 422
    assert phone.post("/spela/skriv", json={"slag": "skäl", "nr": 0, "text": "a" * 2_000}).status_code == 422


@pytest.mark.parametrize("step", [Step.LOBBY, *IN_ORDER])
@pytest.mark.parametrize("pace", list(Pace))
def test_routes_key_and_tips_never_come_before_their_step(device: Devices, players: Players, pace: Pace, step: Step) -> None:
    # The key is one that nobody in the room has answered, so that its words can come from nowhere else.
    coupon = Coupon("Prov", Exercise.STRYKTIPS, (Row("Teknikutveckling", Crosses.parse("L")), Row("Vinnväxt", Crosses.parse("L"))))
    tips = [Tip(Crosses.parse("R"), {"R": 0.61}, (SECRET_WORD,))] * 2
    game = players.games.open(coupon, "Prov", Settings(pace), tips)
    phone = device()
    come_in(phone, game, "Gran")
    for following in IN_ORDER[: IN_ORDER.index(step) + 1] if step in IN_ORDER else ():
        game = go(players, game, following)
        if game.state.step in (Step.ROUND_1, Step.ROUND_2):
            assert cross(phone, 0, "U")[0] == 200
            if pace is Pace.LED:
                players.games.set_gate(game.id, Gate.SHOWN, latest(players, game).revision)
    answers = [phone.get("/spela").text, phone.get("/spela/vy").text, phone.get("/spela/lage").text]
    shows_key = step in (Step.KEY, Step.MODEL, Step.END)
    shows_tips = step in (Step.MODEL, Step.END)
    for answer in answers[:2]:
        assert ("<dt>Facit</dt>" in answer) == shows_key
        assert ("Långsiktiga samhällseffekter</dd>" in answer or "Långsiktiga samhällseffekter <span" in answer) == shows_key
        assert ("poäng" in answer) == shows_key
        assert (SECRET_WORD in answer) == shows_tips and ("61\u00a0%" in answer) == shows_tips
    assert SECRET_WORD not in answers[2]


def test_routes_led_round_shows_only_the_row_at_hand(device: Devices, players: Players) -> None:
    game = players.games.open(standard(), "Prov", Settings(Pace.LED))
    phone = device()
    come_in(phone, game, "Gran")
    game = go(players, game, Step.ROUND_1)
    assert re.findall(r'data-rad="(\d+)"', phone.get("/spela").text) == ["0"]
    assert cross(phone, 1, "A") == (409, {"fel": "Krysset sparades inte: ledaren har gått vidare till en annan rad"})
    game = players.games.set_gate(game.id, Gate.LOCKED, game.revision)
    assert cross(phone, 0, "A") == (409, {"fel": "Krysset sparades inte: raden är låst"})
    players.games.turn_to(game.id, 4, game.revision)
    assert "Påstående 5 av 19" in phone.get("/spela/vy").text


def test_routes_pulse_says_when_something_changes(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    first = phone.get("/spela/lage").json()
    go(players, game, Step.ROUND_1)
    second = phone.get("/spela/lage").json()
    cross(phone, 0, "A")
    third = phone.get("/spela/lage").json()
    assert first["steg"] < second["steg"] == third["steg"] and second["kryss"] < third["kryss"] and third["kvar"] is None


def test_routes_time_left_is_counted_on_the_server(device: Devices, players: Players) -> None:
    game = players.games.open(standard(), "Prov", Settings(seconds=60))
    phone = device()
    come_in(phone, game, "Gran")
    go(players, game, Step.ROUND_1)
    assert 50 < phone.get("/spela/lage").json()["kvar"] <= 60
    with players.engine.begin() as connection:
        connection.execute(sql("UPDATE games SET ends_at = '2020-01-01 00:00:00.000000'"))
    assert cross(phone, 0, "A") == (409, {"fel": "Krysset sparades inte: tiden är ute"})
    assert "Tiden är ute" in phone.get("/spela/vy").text


def test_routes_reasons_and_reflections_are_kept(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    go(players, game, Step.ROUND_1)
    assert phone.post("/spela/skriv", json={"slag": "skäl", "nr": 2, "text": "Beror på <i>vem</i>"}).status_code == 200
    assert "Beror på &lt;i&gt;vem&lt;/i&gt;" in phone.get("/spela").text
    go(players, game, Step.END)
    assert phone.post("/spela/skriv", json={"slag": "reflektion", "nr": 3, "text": "Bra!"}).status_code == 200
    assert phone.post("/spela/skriv", json={"slag": "reflektion", "nr": 4, "text": "Bra!"}).status_code == 422
    assert [remark.text for remark in players.games.remarks(game.id, "reflektion")] == ["Bra!"]


def test_routes_exercise_with_cases_asks_three_things_of_each_project(device: Devices, players: Players) -> None:
    rows = tuple(Row("Bryggan", None, choice, "Föreningen bygger en brygga.") for choice in CASE_CHOICES)
    game = players.games.open(Coupon("Prov", Exercise.CASES, rows), "Prov", Settings())
    phone = device()
    come_in(phone, game, "Gran")
    go(players, game, Step.ROUND_1)
    page = phone.get("/spela").text
    assert page.count("Föreningen bygger en brygga.") == 1
    first, second = (label.id for label in players.games.scheme.sakomraden[:2])
    assert cross(phone, 0, first)[0] == 200
    assert cross(phone, 0, f"{first} {second}")[0] == 422


def test_routes_deleted_session_is_told_to_its_devices(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    players.games.delete(game.id)
    assert phone.get("/spela/lage").status_code == 401 and cross(phone, 0, "A")[0] == 401
    assert "Gå med i stryktipset" in phone.get("/spela").text


def test_routes_answers_hold_no_link_out_of_the_game(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    pages = [phone.get("/spela").text, phone.get("/spela", params={"kod": game.code}).text, come_in(phone, game, "Gran")]
    for step in IN_ORDER:
        go(players, game, step)
        pages.append(phone.get("/spela").text)
    assert game.id not in "".join(pages)
    links = re.findall(r'(?:href|src|action)="([^"]*)"', "".join(pages))
    assert {link.split("?")[0] for link in links} <= {"data:,"} | {
        f"/spela{path}" for path in ("", "/spel.css", "/spel.js", "/ga-med", "/tillbaka", "/lamna")
    }


def test_routes_pages_forbid_scripts_from_elsewhere(device: Devices, game: Game) -> None:
    answer = device().get("/spela", params={"kod": game.code})
    assert (
        answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
        and "'unsafe" not in HEADERS["Content-Security-Policy"]
    )
    assert answer.headers["cache-control"] == "no-store"


def test_routes_cookie_is_out_of_reach_of_scripts(device: Devices, game: Game, players: Players) -> None:
    joined = players.join(game.id, "Gran", "form")
    answer = device().post("/spela/tillbaka", data={"kod": game.code, "personlig": joined.code}, follow_redirects=False)
    said = answer.headers["set-cookie"].lower()
    assert "httponly" in said and "samesite=lax" in said and joined.token in answer.headers["set-cookie"]


@pytest.mark.parametrize("name", ["spel.css", "spel.js"])
def test_routes_assets_may_be_kept(device: Devices, players: Players, name: str) -> None:
    answer = device().get(f"/spela/{name}")
    assert answer.status_code == 200 and "immutable" in answer.headers["cache-control"]


@pytest.mark.parametrize("name", ["routes.py", "..%2froutes.py", "vy.html"])
def test_routes_nothing_but_assets_is_served(device: Devices, players: Players, name: str) -> None:
    answer = device().get(f"/spela/{name}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"], answer.content) == (303, "/spela", b"")


@pytest.mark.parametrize("path", ["/spela/", "/spela/ga-med", "/spela/tillbaka", "/spela/lamna", "/spela/a/b"])
def test_routes_form_opened_again_leads_to_the_start(device: Devices, players: Players, path: str) -> None:
    assert "Gå med i stryktipset" in device().get(path).text


def test_routes_page_of_another_session_on_the_same_device_is_not_taken(device: Devices, game: Game, players: Players) -> None:
    other = players.games.open(standard(), "Den andra", Settings())
    phone = device()
    first = re.search(r'data-spelare="(\w+)"', come_in(phone, game, "Gran"))
    assert first
    come_in(phone, other, "Gran")
    for session in (game, other):
        go(players, session, Step.ROUND_1)
    answer = phone.post("/spela/kryss", json={"rad": 4, "kryss": "L", "runda": 1, "spelare": first[1]})
    assert answer.status_code == 401
    assert phone.get("/spela/lage", params={"spelare": first[1]}).status_code == 401
    assert players.games.room(other.id).answers(1)[4] == players.games.room(game.id).answers(1)[4] == {}


def test_routes_mark_held_up_is_not_taken_in_a_later_round(device: Devices, game: Game, players: Players) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    go(players, game, Step.ROUND_1, Step.CLOSED_1, Step.ROUND_2)
    answer = phone.post("/spela/kryss", json={"rad": 0, "kryss": "R", "runda": 1})
    assert (answer.status_code, answer.json()) == (409, {"fel": "Krysset sparades inte: runda 1 är stängd"})
    assert players.games.room(game.id).answers(2)[0] == {}


@pytest.mark.parametrize("body", ["[" * 19_000, '{"a":' * 3_500, "{", "NaN", "\x00", ""])
def test_routes_json_that_is_none_is_refused(device: Devices, game: Game, players: Players, body: str) -> None:
    phone = device()
    come_in(phone, game, "Gran")
    for path in ("/spela/kryss", "/spela/skriv"):
        assert phone.post(path, content=body, headers={"content-type": "application/json"}).status_code == 400


def test_routes_form_with_more_fields_than_any_has(device: Devices, players: Players) -> None:
    assert device().post("/spela/ga-med", data={f"f{number}": "x" for number in range(30)}).status_code == 404


@pytest.mark.parametrize("name", ["å" * 10_000, "<b>" * 4_000])
def test_routes_huge_name_is_explained_whatever_it_is_made_of(device: Devices, game: Game, name: str) -> None:
    assert "för långt" in come_in(device(), game, name)


def test_routes_divided_room_is_said_where_one_answer_is_given(device: Devices, players: Players) -> None:
    game = players.games.open(Coupon("Prov", Exercise.CHAIN, (Row("Butiken öppnar.", Crosses.of("P")),)), "Prov", Settings())
    phones = [device(), device()]
    for number, phone in enumerate(phones):
        come_in(phone, game, f"Bord {number}")
    go(players, game, Step.ROUND_1)
    for phone, code in zip(phones, "PU", strict=True):
        cross(phone, 0, code)
    go(players, game, Step.CLOSED_1, Step.KEY)
    page = phones[0].get("/spela").text
    assert "delat: Prestationer / Utfall" in page and "Mot rummets vanligaste svar: 1,0 av 1 poäng." in page
