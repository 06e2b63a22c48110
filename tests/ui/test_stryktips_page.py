"""The leader's page "Stryktips" run as a script with the dummy model: open, lead, look, compare, take along, give."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
import streamlit
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from classifier import sessions
from classifier.assistant import ProjectText
from classifier.errors import StoreError
from classifier.services import Services
from classifier.store import game_tables as tables
from classifier.store.cases import now, statement_target
from classifier.store.database import transaction
from classifier.store.games import Game, Games, Settings
from classifier.store.players import QUESTIONS, REASON, REFLECTION, Joined, Players
from classifier.stryktips.coupon import CASE_CHOICES, Coupon, Exercise, Row, standard
from classifier.stryktips.course import Gate, Pace, Step
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.room import Room
from classifier.stryktips.tips import Tip
from classifier.taxonomy import Field
from classifier.text.tables import write_table
from classifier.ui import stryktips_scene
from classifier.ui.stryktips_scene import Chosen
from classifier.ui.stryktips_views import VIEWS
from classifier.ui.stryktips_words import CONTEXT_DECIDES
from tests.conftest import APPLICATION
from tests.ui.test_pages import run
from tests.ui.test_portfolio_page import add_run

MARKUP = "<b>Gran</b> & =cmd|' /C calc'!A0"
THREE = Coupon(
    "Tre",
    Exercise.STRYKTIPS,
    (Row("Teknikutveckling", Crosses.parse("(A)")), Row("Vinnväxt"), Row("Minskat utanförskap", Crosses.of("KL"))),
)
CARDS = Coupon(
    "Butiken", Exercise.CHAIN, (Row("En tjänst avsätts", Crosses.of("R")), Row("Kurser hålls", Crosses.of("A")), Row("Fler flyttar hit"))
)
CASES = Coupon("Fall", Exercise.CASES, tuple(Row("Skolan blir butik", None, choice, APPLICATION) for choice in CASE_CHOICES))
COURSE = (Step.ROUND_1, Step.CLOSED_1, Step.ROUND_2, Step.CLOSED_2, Step.KEY, Step.MODEL, Step.END)


@pytest.fixture(autouse=True)
def _address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFFEKTKEDJA_ADDRESS", "https://effektkedja.region.se")


def session(opened: Services, coupon: Coupon = THREE, settings: Settings = Settings(), title: str = "Provspel") -> Game:  # noqa: B008
    return sessions.open_game(opened, coupon, title, settings)


def at(opened: Services, game: Game) -> Game:
    found = opened.games.get(game.id)
    assert found is not None
    return found


def taken_to(opened: Services, game: Game, last: Step, second: bool = False) -> Game:
    """Take a session on, step by step, with a second round or without."""
    for step in COURSE:
        if not second and step in (Step.ROUND_2, Step.CLOSED_2):
            continue
        game = opened.games.go_to(game.id, step, at(opened, game).revision)
        if step is last:
            break
    return game


def players(opened: Services, game: Game, number: int, team: str = "Bord 1") -> list[Joined]:
    return [
        opened.players.join(game.id, f"Spelare {team[-1]}{place} {MARKUP}"[:30], f"blankett {team} {place}", team=team)
        for place in range(number)
    ]


def mark(opened: Services, some: Sequence[Joined], *answers: str) -> None:
    """Let players answer the rows in order; an empty text is no answer."""
    for player in some:
        for row, written in enumerate(answers):
            if written:
                opened.players.mark(player, row, Crosses.parse(written))


def played(opened: Services, last: Step, coupon: Coupon = THREE, second: bool = False) -> Game:
    """A session that seven have played."""
    game = taken_to(opened, session(opened, coupon), Step.ROUND_1)
    some = players(opened, game, 7)
    mark(opened, some[:5], "A (P)", "R", "L")
    mark(opened, some[5:], "P", "L", "K L")
    opened.players.write(some[0], REASON, 0, f"Det beror på {MARKUP}")
    for step in COURSE[1:]:
        if not second and step in (Step.ROUND_2, Step.CLOSED_2):
            continue
        if at(opened, game).state.step is last:
            break
        opened.games.go_to(game.id, step, at(opened, game).revision)
        if step is Step.ROUND_2:
            mark(opened, some[5:], "A")
    return at(opened, game)


def show(game: Game, view: str = "") -> AppTest:
    app = run("page_stryktips.py", session=game.id)
    assert not app.exception
    if view:
        app.segmented_control(key="vy").set_value(view).run()
        assert not app.exception
    return app


def html(app: AppTest) -> str:
    live = [item.value for item in app.markdown if item.value.startswith("<div")]
    return "".join([*(item.proto.body for item in app.get("html")), *live])


def seen(app: AppTest) -> str:
    """The text of what is drawn, without tags."""
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", html(app))).replace("\u00a0", " ")


def told(app: AppTest) -> str:
    return " ".join(item.value for group in (app.success, app.info, app.error, app.warning, app.markdown, app.caption) for item in group)


def choose(app: AppTest, source: str, exercise: Exercise = Exercise.STRYKTIPS) -> AppTest:
    if exercise is not Exercise.STRYKTIPS:
        app.radio(key="ovning").set_value(exercise).run()
    app.selectbox(key=f"kupong-{exercise}").set_value(source).run()
    assert not app.exception
    return app


def open_it(app: AppTest, opened: Services) -> Game:
    app.button(key="oppna-session").click().run()
    assert not app.exception
    assert not app.error
    [game] = opened.games.all()
    return game


def add_case(opened: Services, title: str = "Skolan blir butik") -> str:
    return opened.cases.add(opened.assistant.suggest([ProjectText(APPLICATION, title)])[0])


# Opening a session


def test_stryktips_page_opens_the_nineteen_with_one_click(opened: Services) -> None:
    app = run("page_stryktips.py")
    assert not app.exception
    assert app.radio(key="ovning").options == ["Stryktips", "Pussla insatslogiken", "Kategorisera projektcase"]
    game = open_it(app, opened)
    assert opened.games.coupon(game.id) == standard()
    assert len(opened.games.tips(game.id)) == 19
    assert app.query_params["session"] in (game.id, [game.id])
    assert game.code in seen(app)


def test_stryktips_page_settings_are_those_of_the_session(opened: Services) -> None:
    app = run("page_stryktips.py")
    app.radio(key="tempo").set_value(Pace.LED)
    app.toggle(key="har-tid").set_value(True)
    app.toggle(key="har-garderingar").set_value(True).run()
    app.number_input(key="tid-LED").set_value(2)
    app.selectbox(key="enhet-LED").set_value("minuter")
    app.number_input(key="garderingar").set_value(7)
    app.radio(key="runda-2").set_value(True)
    app.selectbox(key="sparas").set_value(30)
    app.text_input(key="session-namn").set_value("Lärprojekt, träff 3")
    game = open_it(app, opened)
    assert game.settings == Settings(Pace.LED, 7, 120, True, 30)
    assert game.title == "Lärprojekt, träff 3"


def test_stryktips_page_coupon_of_lines(opened: Services) -> None:
    app = choose(run("page_stryktips.py"), "rader")
    assert app.button(key="oppna-session").disabled
    app.text_area(key="kupong-rader").set_value(f"Teknikutveckling | (A)\n{MARKUP} | -\n\nVår årskonferens")
    app.text_input(key="kupong-namn").set_value("Vår egen").run()
    game = open_it(app, opened)
    coupon = opened.games.coupon(game.id)
    assert [row.text for row in coupon.rows] == ["Teknikutveckling", MARKUP, "Vår årskonferens"]
    assert (coupon.title, coupon.rows[0].key) == ("Vår egen", Crosses.parse("(A)"))


def test_stryktips_page_lines_that_cannot_be_read_are_explained_and_kept(opened: Services) -> None:
    app = choose(run("page_stryktips.py"), "rader")
    app.text_area(key="kupong-rader").set_value("Teknikutveckling | A\nVinnväxt | Q").run()
    assert "rad 2" in app.error[0].value
    assert app.button(key="oppna-session").disabled
    assert app.text_area(key="kupong-rader").value == "Teknikutveckling | A\nVinnväxt | Q"
    choose(app, "de nitton")
    assert choose(app, "rader").text_area(key="kupong-rader").value == "Teknikutveckling | A\nVinnväxt | Q"


def test_stryktips_page_too_long_coupon_is_refused(opened: Services) -> None:
    app = choose(run("page_stryktips.py"), "rader")
    app.text_area(key="kupong-rader").set_value("\n".join(f"Påstående {number}" for number in range(300))).run()
    assert "300 rader" in app.error[0].value
    assert app.button(key="oppna-session").disabled


@pytest.mark.parametrize("ending", [".csv", ".xlsx", ".jsonl"])
def test_stryktips_page_coupon_of_a_file(opened: Services, tmp_path: object, ending: str) -> None:
    path = tmp_path / f"kupong{ending}"  # type: ignore[operator]
    write_table(path, ["påstående", "facit"], [{"påstående": "Vinnväxt", "facit": "A (K)"}, {"påstående": "Klusterträff", "facit": ""}])
    app = choose(run("page_stryktips.py"), "fil")
    app.file_uploader[0].set_value((path.name, path.read_bytes(), "")).run()
    assert not app.exception
    game = open_it(app, opened)
    assert opened.games.coupon(game.id).rows == (Row("Vinnväxt", Crosses.parse("A (K)")), Row("Klusterträff"))
    assert game.title == "kupong"


def test_stryktips_page_file_that_is_no_coupon_is_said(opened: Services) -> None:
    app = choose(run("page_stryktips.py"), "fil")
    app.file_uploader[0].set_value(("lista.csv", b"namn;tal\nA;1\n", "text/csv")).run()
    assert "påståenden" in app.error[0].value
    app.file_uploader[0].set_value(("lista.csv", b"", "text/csv")).run()
    assert "ingen tabell" in app.error[0].value


def test_stryktips_page_file_of_another_exercise_is_said(opened: Services) -> None:
    app = choose(run("page_stryktips.py"), "fil", Exercise.CASES)
    app.file_uploader[0].set_value(("lista.csv", "påstående\nVinnväxt\n".encode(), "text/csv")).run()
    assert "inte projekt" in app.error[0].value


def test_stryktips_page_key_is_hidden_until_asked_for(opened: Services) -> None:
    app = run("page_stryktips.py")
    assert "Facit" not in app.table[0].value.columns
    app.toggle(key="kupong-facit").set_value(True).run()
    assert list(app.table[0].value["Facit"])[:3] == ["P U K L", "P U K L", r"\(A\)"]


def test_stryktips_page_coupon_is_saved_chosen_and_deleted(opened: Services) -> None:
    app = choose(run("page_stryktips.py"), "rader")
    app.text_area(key="kupong-rader").set_value("Vinnväxt").run()
    app.text_input(key="kupong-namn").set_value("Min <b>kupong</b>").run()
    app.button(key="kupong-spara").click().run()
    assert not app.exception
    assert "är sparad" in told(app)
    [coupon_id] = opened.games.coupons()
    assert app.selectbox(key="kupong-stryktips").value == coupon_id
    again = choose(run("page_stryktips.py"), coupon_id)
    again.button(key="kupong-bort").click().run()
    assert not again.exception
    assert opened.games.coupons() == {}
    assert again.selectbox(key="kupong-stryktips").value == "de nitton"


def test_stryktips_page_statements_out_of_cases_have_the_decided_columns(opened: Services) -> None:
    add_case(opened, "Ett annat")
    case_id = add_case(opened)
    opened.cases.decide(case_id, statement_target(1), ["A", "P"], seen_revision=0)
    opened.cases.decide(case_id, statement_target(0), ["-"], seen_revision=0)
    app = choose(run("page_stryktips.py"), "ärende")
    app.text_input(key="plocka-sok-arende").set_value("blir butik").run()
    app.multiselect(key="plocka-arende-stryktips").set_value([case_id]).run()
    assert [box.value for box in app.checkbox][:3] == [False, True, False]
    app.checkbox(key=f"plocka-{case_id}-2").check().run()
    game = open_it(app, opened)
    rows = opened.games.coupon(game.id).rows
    assert [row.key for row in rows] == [Crosses.of("AP"), None]
    assert game.title == "Skolan blir butik"


def test_stryktips_page_all_statements_can_be_ticked_at_once(opened: Services) -> None:
    case_id = add_case(opened)
    app = choose(run("page_stryktips.py"), "ärende", Exercise.CHAIN)
    app.selectbox(key="plocka-arende-pussla").set_value(case_id).run()
    app.button(key=f"alla-{case_id}").click().run()
    assert all(box.value for box in app.checkbox)
    game = open_it(app, opened)
    coupon = opened.games.coupon(game.id)
    assert coupon.exercise is Exercise.CHAIN
    assert len(coupon.rows) == len(app.checkbox) or len(coupon.rows) > 2


def test_stryktips_page_nothing_of_the_chain_is_said(opened: Services) -> None:
    case_id = add_case(opened)
    opened.cases.decide(case_id, statement_target(0), ["-"], seen_revision=0)
    app = choose(run("page_stryktips.py"), "ärende")
    app.multiselect(key="plocka-arende-stryktips").set_value([case_id]).run()
    app.checkbox(key=f"plocka-{case_id}-0").check().run()
    assert "hör till effektkedjan" in app.error[0].value


def test_stryktips_page_cases_are_categorised(opened: Services) -> None:
    ids = [add_case(opened, "Ett"), add_case(opened, "Två")]
    focus = opened.assistant.scheme.ids(Field.FOKUSOMRADE)[3]
    opened.cases.decide(ids[0], Field.FOKUSOMRADE, [focus], seen_revision=0)
    app = choose(run("page_stryktips.py"), "ärende", Exercise.CASES)
    app.multiselect(key="plocka-arende-kategorisera").set_value(ids).run()
    rows = opened.games.coupon(open_it(app, opened).id).rows
    assert [row.text for row in rows] == ["Ett"] * 3 + ["Två"] * 3
    assert [row.key is not None for row in rows] == [True, True, False, False, False, False]


def test_stryktips_page_projects_of_a_portfolio_are_categorised(opened: Services) -> None:
    portfolio = add_run(opened)
    app = choose(run("page_stryktips.py"), "portfölj", Exercise.CASES)
    app.text_input(key="plocka-sok-projekt").set_value("p2").run()
    key = f"plocka-projekt-kategorisera-{portfolio.id}"
    assert app.multiselect(key=key).options == ["Butik 2 <b>$x$</b>"]
    app.multiselect(key=key).set_value(["2"]).run()
    rows = opened.games.coupon(open_it(app, opened).id).rows
    assert [row.choice for row in rows] == list(CASE_CHOICES)
    assert rows[0].text == "Butik 2 <b>$x$</b>"


def test_stryktips_page_statements_out_of_a_portfolio(opened: Services) -> None:
    portfolio = add_run(opened)
    app = choose(run("page_stryktips.py"), "portfölj")
    app.multiselect(key=f"plocka-projekt-stryktips-{portfolio.id}").set_value(["1", "3"]).run()
    app.checkbox(key=f"plocka-{portfolio.id}-1-1").check()
    app.checkbox(key=f"plocka-{portfolio.id}-3-2").check().run()
    assert len(opened.games.coupon(open_it(app, opened).id).rows) == 2


@pytest.mark.parametrize("source", ["ärende", "portfölj"])
def test_stryktips_page_says_when_there_is_nothing_to_pick(opened: Services, source: str) -> None:
    assert "än" in choose(run("page_stryktips.py"), source).info[0].value


def test_stryktips_page_session_that_cannot_be_saved_is_said_and_what_was_typed_stays(
    opened: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> Game:
        raise StoreError("disken är full")

    app = choose(run("page_stryktips.py"), "rader")
    app.text_area(key="kupong-rader").set_value("Vinnväxt").run()
    monkeypatch.setattr(Games, "open", full)
    app.button(key="oppna-session").click().run()
    assert "disken är full" in app.error[0].value
    assert app.text_area(key="kupong-rader").value == "Vinnväxt"


# The sessions there are


def test_stryktips_page_lists_sessions_and_opens_one(opened: Services) -> None:
    game = taken_to(opened, session(opened, title="Träff <b>1</b>"), Step.ROUND_1)
    players(opened, game, 3)
    session(opened, CARDS)
    app = run("page_stryktips.py")
    assert "3 spelare" in told(app)
    assert "Runda 1" in told(app)
    app.button(key=f"oppna-{game.id}").click().run()
    assert app.query_params["session"] in (game.id, [game.id])
    assert "Träff &lt;b&gt;1&lt;/b&gt;" in html(app)


def test_stryktips_page_deletes_a_session(opened: Services) -> None:
    game = session(opened)
    run("page_stryktips.py").button(key=f"bort-{game.id}").click().run()
    assert opened.games.all() == []


def test_stryktips_page_sessions_whose_time_is_out_are_gone(opened: Services) -> None:
    game = session(opened)
    with transaction(opened.games.engine) as database:
        for row in database.scalars(select(tables.Game)):
            row.delete_at = now() - datetime.timedelta(minutes=1)
    run("page_stryktips.py")
    assert opened.games.get(game.id) is None


def test_stryktips_page_unknown_session_is_said(opened: Services) -> None:
    assert "finns inte" in run("page_stryktips.py", session="borta").warning[0].value


def test_stryktips_page_compares_sessions(opened: Services) -> None:
    first, second = played(opened, Step.CLOSED_1), taken_to(opened, session(opened, standard()), Step.ROUND_1)
    mark(opened, players(opened, second, 2), "", "", "R", "", "", "R")
    app = run("page_stryktips.py")
    app.multiselect(key="jamfor").set_value([first.id]).run()
    assert "Vad de flesta svarade" not in html(app)
    app.multiselect(key="jamfor").set_value([first.id, second.id]).run()
    assert not app.exception
    text = seen(app)
    assert re.search(r"1 Teknikutveckling A \(P\) \(7 svar, likhet \d+\s%\) R \(2 svar, likhet 100\s%\)", text), text
    assert html(app).count('class="ringed"') == 2
    assert "Ökad produktion" not in text
    assert len(app.get("download_button")) >= 2


def test_stryktips_page_sessions_with_nothing_in_common(opened: Services) -> None:
    first, second = session(opened), session(opened, CARDS)
    app = run("page_stryktips.py")
    app.multiselect(key="jamfor").set_value([first.id, second.id]).run()
    assert "inget besvarat påstående gemensamt" in told(app)


# The steps


def test_stryktips_page_leads_a_session_to_its_end(opened: Services) -> None:
    game = session(opened)
    app = show(game)
    for step, view in (
        (Step.ROUND_1, "rummet"),
        (Step.CLOSED_1, "diskutera"),
        (Step.ROUND_2, "rummet"),
        (Step.CLOSED_2, "fore-efter"),
        (Step.KEY, "facit"),
        (Step.MODEL, "modellen"),
        (Step.END, "reflektion"),
    ):
        app.button(key=f"steg-{step.name}").click().run()
        assert not app.exception
        assert at(opened, game).state.step is step
        assert app.segmented_control(key="vy").value == view
    assert [button.key for button in app.button if (button.key or "").startswith("steg")] == []


def test_stryktips_page_second_round_stands_among_the_steps_while_it_may_be_played(opened: Services) -> None:
    game = taken_to(opened, session(opened), Step.CLOSED_1)
    assert '<li class="maybe">Runda 2</li><li class="maybe">Stängd</li>' in html(show(game))
    opened.games.go_to(game.id, Step.KEY, game.revision)
    assert "Runda 2" not in seen(show(game))


def test_stryktips_page_asks_again_before_what_cannot_be_taken_back(opened: Services) -> None:
    app = show(taken_to(opened, session(opened), Step.CLOSED_1))
    labels = {button.key: button.label for button in app.button}
    assert (labels["steg-KEY"], labels["steg-END"], labels["steg-ROUND_1"]) == (
        "Ja, visa facit",
        "Ja, avsluta sessionen",
        "Öppna runda 1 igen",
    )
    last = show(taken_to(opened, session(opened), Step.MODEL))
    assert [button.label for button in last.button if button.key == "steg-END"] == ["Avsluta sessionen"]


def test_stryktips_page_status_is_gone_when_the_key_is_shown(opened: Services) -> None:
    assert "har svarat på allt" in seen(show(played(opened, Step.CLOSED_1)))
    app = show(played(opened, Step.KEY))
    assert "ek-status-line" not in html(app)
    assert "ek-status-line" in html(show(played(opened, Step.KEY), "med"))


def test_stryktips_page_can_go_back_to_a_round_that_was_closed(opened: Services) -> None:
    app = show(taken_to(opened, session(opened), Step.CLOSED_1))
    assert app.button(key="steg-ROUND_1").label == "Öppna runda 1 igen"
    assert {button.key for button in app.button} >= {"steg-ROUND_2", "steg-KEY", "steg-END"}


def test_stryktips_page_without_a_key_goes_from_the_rounds_to_the_tips(opened: Services) -> None:
    app = show(taken_to(opened, session(opened, CASES), Step.CLOSED_1))
    assert "steg-MODEL" in [button.key for button in app.button]
    assert "Facit" not in seen(app)
    app.button(key="steg-MODEL").click().run()
    assert "Facit" not in app.segmented_control(key="vy").options


def test_stryktips_page_second_of_two_leaders_is_told(opened: Services) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    app = show(game)
    taken_to_closed = opened.games.go_to(game.id, Step.CLOSED_1, game.revision)
    app.button(key="steg-CLOSED_1").click().run()
    assert "en annan ledare hann före" in app.warning[0].value
    assert at(opened, game).revision == taken_to_closed.revision
    assert "steg-ROUND_2" in [button.key for button in app.button]


def test_stryktips_page_follows_the_other_leader(opened: Services) -> None:
    game = session(opened)
    app = show(game)
    opened.games.go_to(game.id, Step.ROUND_1, game.revision)
    app.run()
    assert app.segmented_control(key="vy").value == "rummet"


def test_stryktips_page_view_that_is_not_there_yet_is_not_shown(opened: Services) -> None:
    app = run("page_stryktips.py", session=played(opened, Step.CLOSED_1).id, vy="Facit")
    assert not app.exception
    assert app.segmented_control(key="vy").value == "diskutera"


def test_stryktips_page_session_deleted_meanwhile(opened: Services) -> None:
    game = session(opened)
    app = show(game)
    opened.games.delete(game.id)
    app.run()
    assert "finns inte" in app.warning[0].value


# A led round


def test_stryktips_page_led_row_is_locked_shown_and_left(opened: Services) -> None:
    game = taken_to(opened, session(opened, settings=Settings(Pace.LED, seconds=60)), Step.ROUND_1)
    mark(opened, players(opened, game, 6), "A (P)")
    app = show(game)
    assert app.segmented_control(key="vy").value == "nu"
    assert "6 av 6 har svarat" in seen(app)
    assert "6 har svarat på påstående 1 av 3" in seen(app)
    assert "ek-bars" not in html(app)
    assert "kvar" in seen(app)
    for key, gate in (("led-las", Gate.LOCKED), ("led-visa", Gate.SHOWN)):
        assert app.button(key=key).proto.type == "primary"
        app.button(key=key).click().run()
        assert at(opened, game).state.gate is gate
    assert "ek-bars" in html(app)
    assert "6 (6)" not in seen(app)
    app.button(key="led-nasta").click().run()
    assert (at(opened, game).state.position, at(opened, game).state.gate) == (1, Gate.OPEN)
    assert "2 av 3" in seen(app)
    app.button(key="led-foregaende").click().run()
    assert at(opened, game).state.position == 0


def test_stryktips_page_led_last_row_leads_to_closing(opened: Services) -> None:
    game = taken_to(opened, session(opened, settings=Settings(Pace.LED)), Step.ROUND_1)
    game = opened.games.turn_to(game.id, 2, game.revision)
    game = opened.games.set_gate(game.id, Gate.SHOWN, game.revision)
    app = show(game)
    assert app.button(key="led-nasta").disabled
    assert [button.key for button in app.button if button.proto.type == "primary"] == ["steg-CLOSED_1"]


def test_stryktips_page_time_that_is_out(opened: Services) -> None:
    game = taken_to(opened, session(opened, settings=Settings(seconds=60)), Step.ROUND_1)
    with transaction(opened.games.engine) as database:
        for row in database.scalars(select(tables.Game)):
            row.ends_at = now() - datetime.timedelta(seconds=5)
    assert "Tiden är ute" in seen(show(game))


# The views


def test_stryktips_page_joining_shows_address_code_and_how_many(opened: Services) -> None:
    game = session(opened)
    players(opened, game, 4)
    app = show(game)
    assert "effektkedja.region.se/spela" in seen(app)
    assert f">{game.code}<" in html(app)
    assert 'src="data:image/svg+xml;base64,' in html(app)
    assert "4 är med" in seen(app)


def test_stryktips_page_names_are_hidden_until_shown(opened: Services) -> None:
    game = played(opened, Step.KEY)
    app = show(game, "med")
    assert "Spelare 13" not in html(app)
    assert 'class="ek-strip"' in html(app)
    app.toggle(key=f"namn-{game.id}").set_value(True).run()
    assert at(opened, game).names_shown
    assert "Spelare 13 &lt;b&gt;Gran&lt;/b&gt;" in html(app)
    assert "Poäng per spelare" in seen(show(game, "facit"))
    app.toggle(key=f"namn-{game.id}").set_value(False).run()
    assert not at(opened, game).names_shown


@pytest.mark.parametrize("coupon", [THREE, CARDS, CASES], ids=["stryktips", "pussla", "kategorisera"])
def test_stryktips_page_no_view_tells_names_that_are_hidden(opened: Services, coupon: Coupon) -> None:
    game = taken_to(opened, session(opened, coupon), Step.ROUND_1)
    some = (
        players(opened, game, 5, "Bord 1")
        + players(opened, game, 5, "Bord 2")
        + [opened.players.join(game.id, "Ett bord", "grupp", is_group=True)]
    )
    first = {Exercise.CASES: opened.assistant.scheme.sakomraden[0].id}.get(coupon.exercise, "A")
    mark(opened, some, first)
    for player in some:
        opened.players.write(player, REFLECTION, 0, "Bra")
    game = at(opened, game)
    for step in COURSE[1:]:
        if step is Step.KEY and not coupon.has_key:
            continue
        game = opened.games.go_to(game.id, step, game.revision)
    scene = stryktips_scene.current(opened, game)
    for view in VIEWS.values():
        if view.live is not None and view.is_there(scene):
            assert "Gran" not in view.live(scene, Chosen())


def test_stryktips_page_key_and_tips_never_show_before_their_steps(opened: Services) -> None:
    without = replace(THREE, rows=tuple(replace(row, key=None) for row in THREE.rows))
    games = [played(opened, Step.CLOSED_2, coupon, second=True) for coupon in (THREE, without)]
    drawn: list[dict[str, str]] = []
    for game in games:
        scene = stryktips_scene.current(opened, game)
        scene.tips = [Tip(Crosses.of("R"), {"R": 1.0}, ("hemligt",))] * 3
        drawn.append(
            {
                key: view.live(scene, chosen)
                for key, view in VIEWS.items()
                for chosen in (Chosen(), Chosen("delade"), Chosen("en", 2))
                if view.live is not None and view.is_there(scene)
            }
        )
    assert drawn[0] == drawn[1]
    assert set(drawn[0]) == {"med", "rummet", "diskutera", "grupper", "fore-efter"}
    assert "hemligt" not in "".join(drawn[0].values())


def test_stryktips_page_heat_map_counts_crosses_with_the_weak_ones_apart(opened: Services) -> None:
    app = show(played(opened, Step.CLOSED_1), "rummet")
    text = seen(app)
    assert "1 Teknikutveckling 0 av 7 5 5 av 7 2 (5) 7 av 7, varav 5 svaga 0 av 7" in text
    assert "α = " in text
    assert html(app).count('scope="row"') == 3
    assert "<caption>" in html(app)


def test_stryktips_page_rows_by_how_split_they_are(opened: Services) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    some = players(opened, game, 4)
    mark(opened, some, "A", "", "L")
    mark(opened, some[:2], "", "R")
    mark(opened, some[2:], "", "U")
    app = show(game)
    assert seen(app).index("Teknikutveckling") < seen(app).index("Vinnväxt")
    app.segmented_control(key="ordning").set_value("delade").run()
    assert seen(app).index("Vinnväxt") < seen(app).index("Teknikutveckling")


@pytest.mark.parametrize("coupon", [THREE, CARDS, CASES], ids=["stryktips", "pussla", "kategorisera"])
def test_stryktips_page_every_view_of_an_empty_room(opened: Services, coupon: Coupon) -> None:
    game = session(opened, coupon)
    opened.games.go_to(game.id, Step.END, game.revision)
    app = show(game)
    for title in app.segmented_control(key="vy").options:
        name = next(name for name, view in VIEWS.items() if view.title == title)
        app.segmented_control(key="vy").set_value(name).run()
        assert not app.exception
        assert not app.error
        assert not app.warning


def test_stryktips_page_discusses_one_at_a_time_without_names(opened: Services) -> None:
    app = show(played(opened, Step.CLOSED_1), "diskutera")
    assert "De mest delade, 1 av 3" in seen(app)
    first = seen(app)
    app.button(key="nasta-raden").click().run()
    assert "De mest delade, 2 av 3" in seen(app)
    app.button(key="forra-raden").click().run()
    assert seen(app) == first
    app.button(key="forra-raden").click().run()
    assert "De mest delade, 3 av 3" in seen(app)


def test_stryktips_page_reasons_are_escaped(opened: Services) -> None:
    app = run("page_stryktips.py", session=played(opened, Step.CLOSED_1).id, rad="1", vy="Diskutera dessa")
    assert "Det beror på &lt;b&gt;Gran&lt;/b&gt; &amp; =cmd" in html(app)


@pytest.mark.parametrize("written", ["0", "99", "-1", "ett", "²", "9999999999999999999999"])
def test_stryktips_page_row_in_the_address_that_is_none(opened: Services, written: str) -> None:
    app = run("page_stryktips.py", session=played(opened, Step.CLOSED_1).id, rad=written)
    assert not app.exception
    assert "De mest delade, 1 av 3" in seen(app)


def test_stryktips_page_group_against_group(opened: Services) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    mark(opened, players(opened, game, 5, "Bord 1"), "A", "R", "K L")
    mark(opened, players(opened, game, 5, "Bord 2"), "A", "L", "K L")
    app = show(game, "grupper")
    assert "Bord 1 (5)" in seen(app)
    assert html(app).count('class="ringed"') == 2
    players(opened, game, 5, "Bord 3")  # have answered nothing
    assert "Bord 3" not in seen(show(game, "grupper"))
    alone = taken_to(opened, session(opened), Step.ROUND_1)
    assert "inte två grupper" in seen(show(alone, "grupper"))


def test_stryktips_page_group_against_group_with_a_tie(opened: Services) -> None:
    game = taken_to(opened, session(opened, CARDS), Step.ROUND_1)
    for name, answers in {"Bord ett": "RRR", "Bord två": "AAR", "Bord tre": "RUA", "Bord fyra": "ARP"}.items():
        mark(opened, [opened.players.join(game.id, name, name, is_group=True)], *answers)
    app = show(game, "grupper")
    assert "Bord ett" in seen(app)
    # The first card is a tie of R and A, so nobody stands against the room there.
    assert re.findall(r'ringed"[^>]*><span[^>]*>(\w)', html(app)) == ["A", "U", "A", "P"]


def test_stryktips_page_tie_is_said_where_the_room_is_told(opened: Services) -> None:
    ids = [label.id for label in opened.assistant.scheme.sakomraden]
    keyed = replace(CASES, rows=(replace(CASES.rows[0], key=Crosses.of([ids[0]])), *CASES.rows[1:]))
    game = taken_to(opened, session(opened, keyed), Step.ROUND_1)
    some = players(opened, game, 4)
    mark(opened, some[:2], ids[0])
    mark(opened, some[2:], ids[1])
    for step in (Step.CLOSED_1, Step.KEY):
        opened.games.go_to(game.id, step, at(opened, game).revision)
    assert re.search("delat: [^/<]+ / [^/<]+<", html(show(game)))


def test_stryktips_page_groups_have_their_names_though_persons_are_hidden(opened: Services) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    some = [*players(opened, game, 3), opened.players.join(game.id, "Tall", "grupp", is_group=True)]
    mark(opened, some, "A")
    body = html(show(game, "med"))
    assert "Tall" in body
    assert "Gran" not in body
    assert body.count("<i style=") == 3


def test_stryktips_page_before_and_after_tells_new_answers_apart(opened: Services) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    some = players(opened, game, 6)
    mark(opened, some, "A")
    for step in (Step.CLOSED_1, Step.ROUND_2):
        game = opened.games.go_to(game.id, step, game.revision)
    mark(opened, some[:2], "", "R")
    opened.games.go_to(game.id, Step.CLOSED_2, game.revision)
    text = seen(show(game, "fore-efter"))
    assert "2 nya svar i runda 2" in text
    assert "som förut 0 av 6" in text
    assert "0 av 0" not in text
    assert re.search(r"2 nya svar –", text)


def test_stryktips_page_before_and_after(opened: Services) -> None:
    app = show(played(opened, Step.CLOSED_2, second=True), "fore-efter")
    text = seen(app)
    assert "2 svar ändrades" in text
    assert "2 av 7" in text
    assert "närmare" in text
    assert "+2" in text
    assert "−7" not in text


@pytest.mark.parametrize("second", [False, True])
def test_stryktips_page_before_and_after_needs_two_rounds(opened: Services, second: bool) -> None:
    app = show(played(opened, Step.KEY, second=second))
    assert ("Före och efter" in app.segmented_control(key="vy").options) is second


def test_stryktips_page_cards_lie_where_most_have_laid_them(opened: Services) -> None:
    game = taken_to(opened, session(opened, CARDS), Step.ROUND_1)
    some = players(opened, game, 5)
    mark(opened, some[:4], "R", "A")
    mark(opened, some[4:], "A", "P")
    body = html(show(game))
    board = dict(re.findall(r"<h3[^>]*><b>(\w)</b>.*?</h3>(.*?)</section>", body))
    assert "En tjänst avsätts" in board["R"]
    assert "4 av 5" in board["R"]
    assert "Kurser hålls" in board["A"]
    assert "Fler flyttar hit" in body
    assert "Fler flyttar hit" not in "".join(board.values())


def test_stryktips_page_cases_have_a_small_table_each(opened: Services) -> None:
    game = taken_to(opened, session(opened, CASES), Step.ROUND_1)
    scheme = opened.assistant.scheme
    mark(opened, players(opened, game, 5), scheme.sakomraden[1].id, scheme.ids(Field.FOKUSOMRADE)[0])
    body = html(show(game))
    assert body.count('<table class="ek-small">') == 3
    assert scheme.sakomraden[1].name in body
    assert "Ingen har svarat än." in body


# After the rounds


def test_stryktips_page_key_against_the_room(opened: Services) -> None:
    app = show(played(opened, Step.KEY))
    text = seen(app)
    assert "poäng mot facit" in text
    assert "Varje rad ger 0–1 poäng" in text
    assert CONTEXT_DECIDES not in text
    assert "(X)" in text


def test_stryktips_page_key_of_the_nineteen_explains_vinnvaxt(opened: Services) -> None:
    assert CONTEXT_DECIDES in seen(show(played(opened, Step.KEY, standard())))


def test_stryktips_page_points_are_those_of_players_who_answered(opened: Services) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    some = players(opened, game, 6)
    mark(opened, some[:5], "(A)", "", "K L")
    for step in (Step.CLOSED_1, Step.KEY):
        opened.games.go_to(game.id, step, at(opened, game).revision)
    text = seen(show(game))
    assert "I snitt 2,0 av 2 poäng mot facit" in text
    assert "obesvarade rader ger 0" in text
    assert "Poäng i snitt av dem som svarat" in text
    assert "också svagt" in text
    full = taken_to(opened, session(opened, CARDS), Step.KEY)
    assert "också svagt" not in seen(show(full))


def test_stryktips_page_model_is_one_more_player(opened: Services) -> None:
    game = played(opened, Step.MODEL)
    app = show(game)
    text = seen(app)
    assert re.search(r"\d av 8 modellens plats", text)
    assert "modellens kryss" in text
    app.segmented_control(key="tips").set_value("en").run()
    assert not app.exception
    assert "Så sannolikt fann modellen det" in seen(app)
    app.button(key="nasta-raden").click().run()
    assert "2 av 3 · Modellen" in seen(app)


@pytest.mark.parametrize(("row", "frame"), [(0, "facit"), (1, "modellens svar")])
def test_stryktips_page_tip_tells_what_lies_outside_the_chain_and_what_is_framed(opened: Services, row: int, frame: str) -> None:
    scene = stryktips_scene.current(opened, played(opened, Step.MODEL))
    scene.tips = [Tip(Crosses.of("R"), {"R": 0.3, "A": 0.1})] * 3
    one = VIEWS["modellen"].live(scene, Chosen("en", row))  # type: ignore[misc]
    assert f"Inramat är {frame}." in one
    assert re.search(r"Utanför kedjan</span>.*?60\s%", one)
    assert re.findall(r'<li class="ringed">.*?</b> (\w+)', one) == ["Aktiviteter" if row == 0 else "Resurser"]
    assert "ligger utanför kedjan" in VIEWS["modellen"].live(scene, Chosen("alla"))  # type: ignore[misc]


def test_stryktips_page_session_without_tips(opened: Services) -> None:
    game = opened.games.open(THREE, "Utan modell", Settings())
    assert "Modellen har inte tippat" in seen(show(taken_to(opened, game, Step.MODEL)))


def test_stryktips_page_reflection_shows_the_answers(opened: Services) -> None:
    game = played(opened, Step.END)
    [player, *_] = stryktips_scene.current(opened, game).room.players
    joined = Joined(player.id, game.id, player.name, "", False, "", "")
    opened.players.write(joined, REFLECTION, 2, f"Ja, {MARKUP}")
    text = html(show(game))
    assert all(question in text for question in QUESTIONS)
    assert "Ja, &lt;b&gt;Gran" in text
    assert "1 svar" in text


@pytest.mark.parametrize("ending", [".xlsx", ".docx", ".html"])
def test_stryktips_page_files_are_made_when_asked_for(opened: Services, ending: str) -> None:
    game = played(opened, Step.END)
    app = show(game, "ta-med")
    assert not app.get("download_button")
    app.button(key=f"fil-{game.id}{ending}-skapa").click().run()
    assert not app.exception
    assert not app.error
    assert len(app.get("download_button")) == 1
    app.toggle(key=f"namn-{game.id}").set_value(True).run()  # a file with other names is another file
    assert not app.get("download_button")


def test_stryktips_page_gives_what_is_ticked_to_the_model(opened: Services) -> None:
    game = played(opened, Step.END)
    app = show(game, "ge")
    assert len(app.checkbox) == 3
    assert "Inga namn" in told(app)
    assert re.search(r"svar, likhet \d+\s%", app.checkbox[0].label)
    for box in app.checkbox:
        box.uncheck()
    app.checkbox(key=f"ge-{game.id}-1").check()
    next(button for button in app.button if button.label == "Ge de markerade till modellen").click().run()
    assert not app.exception
    [(key, given)] = opened.games.given().items()
    assert (key, given.text, given.columns, given.answers) == ((game.id, 1), "Vinnväxt", ("R",), 7)
    assert "1 påstående är givet till modellen" in told(app)
    assert "· givet" in app.checkbox(key=f"ge-{game.id}-1").label


def test_stryktips_page_names_columns_to_give_in_the_order_of_the_chain(opened: Services) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    mark(opened, players(opened, game, 5), "P U A R L K")
    app = show(opened.games.go_to(game.id, Step.END, game.revision), "ge")
    names = [opened.assistant.scheme.column(code).name.lower() for code in "RAPUKL"]
    assert f"{', '.join(names[:-1])} och {names[-1]} · 5 svar" in app.checkbox[0].label


def test_stryktips_page_has_nothing_to_give_of_few_answers(opened: Services) -> None:
    game = session(opened)
    game = opened.games.go_to(game.id, Step.END, game.revision)
    assert "Inget att ge" in told(show(game, "ge"))


# What lives


def polled(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """How often the fragments are drawn anew, in the order they are made."""
    made: list[object] = []
    fragment = streamlit.fragment

    def record(func: Callable[..., object], run_every: object = None) -> object:
        made.append(run_every)
        return fragment(func, run_every=run_every)  # type: ignore[call-overload]

    monkeypatch.setattr(streamlit, "fragment", record)
    return made


def test_stryktips_page_polls_while_the_session_goes_on(opened: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    made = polled(monkeypatch)
    show(session(opened))
    assert made == [1.0]


def test_stryktips_page_polls_only_for_reflection_at_the_end(opened: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    made = polled(monkeypatch)
    show(played(opened, Step.END), "rummet")
    assert made == [1.0, None]


def test_stryktips_page_reads_the_room_only_when_something_has_changed(opened: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    some = players(opened, game, 2)
    read: list[str] = []
    room = Games.room

    def reading(self: Games, game_id: str) -> Room:
        read.append(game_id)
        return room(self, game_id)

    monkeypatch.setattr(Games, "room", reading)
    app = show(game)
    app.run()
    assert len(read) == 1
    mark(opened, some[:1], "A")
    app.run()
    assert len(read) == 2
    assert "1 av 1" in seen(app)


def test_stryktips_page_keeps_what_was_drawn_when_the_database_does_not_answer(opened: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    game = taken_to(opened, session(opened), Step.ROUND_1)
    mark(opened, players(opened, game, 2), "A")
    app = show(game)
    version, calls = Games.version, []

    def failing(self: Games, game_id: str) -> tuple[object, ...]:
        calls.append(game_id)
        if len(calls) > 1:  # the page itself asks once, what lives asks next
            raise StoreError("databasen svarade inte")
        return version(self, game_id)

    monkeypatch.setattr(Games, "version", failing)
    app.run()
    assert not app.exception
    assert "databasen svarade inte" in told(app)
    assert "Teknikutveckling" in seen(app)


def test_stryktips_page_explains_the_columns(opened: Services) -> None:
    text = seen(show(session(opened)))
    assert all(column.definition in text for column in opened.assistant.scheme.columns if column.code != "-")
    assert opened.assistant.scheme.sakomraden[0].definition in seen(show(session(opened, CASES)))


def test_stryktips_page_two_leaders_have_their_own_views(opened: Services) -> None:
    game = played(opened, Step.CLOSED_1)
    first, second = show(game, "rummet"), show(game, "grupper")
    first.run()
    second.run()
    assert (first.segmented_control(key="vy").value, second.segmented_control(key="vy").value) == ("rummet", "grupper")
    assert isinstance(opened.players, Players)
