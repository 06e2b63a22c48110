"""What the pages do with sessions: coupons out of cases and portfolios, tips of the dummy model, what is agreed, taken along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier import sessions
from classifier.assistant import Assistant, ProjectText
from classifier.chain import CHAIN_CODES
from classifier.errors import StryktipsError
from classifier.portfolio.facts import Facts
from classifier.portfolio.judged import Judged
from classifier.portfolio.outcome import outcome_of
from classifier.portfolio.sources import Entry
from classifier.services import Services, players_on, services_on
from classifier.sessions import Project
from classifier.store.cases import Cases, statement_target
from classifier.store.games import Game, Settings
from classifier.store.players import QUESTIONS, REASON, REFLECTION, Joined
from classifier.stryktips.coupon import (
    CASE_CHOICES,
    LONGEST_ABOUT,
    LONGEST_ROW,
    Coupon,
    Exercise,
    Row,
    checked,
    choice_ids,
    standard,
)
from classifier.stryktips.course import Step
from classifier.stryktips.crosses import Crosses
from classifier.stryktips.room import Mark, Player, Room
from classifier.taxonomy import Field
from tests.conftest import APPLICATION

CARDS = Coupon(
    "Butiken", Exercise.CHAIN, (Row("Kommunen avsätter en tjänst"), Row("Tolv volontärer utbildas"), Row("Fler familjer flyttar hit"))
)
PROJECT = Project(
    "Skolan blir butik",
    APPLICATION,
    (
        ("Föreningen bygger om skolan.", ("A", "P")),
        ("Byn har tappat sin skola.", ("-",)),
        ("Fler familjer flyttar hit.", None),
    ),
)


@pytest.fixture
def services(assistant: Assistant, cases: Cases) -> Services:
    return services_on(assistant, players_on(cases.engine, assistant.scheme))


def joined(services: Services, game: Game, number: int) -> list[Joined]:
    return [services.players.join(game.id, f"Bord {place}", f"blankett {place}") for place in range(number)]


def begun(services: Services, coupon: Coupon = standard(), settings: Settings = Settings()) -> Game:  # noqa: B008
    game = sessions.open_game(services, coupon, "Prov", settings)
    return services.games.go_to(game.id, Step.ROUND_1, game.revision)


def room_of(coupon: Coupon, answers: Sequence[Sequence[str]]) -> Room:
    """A room in which every player answers the rows in order, as written; an empty text is no answer."""
    marks = [
        Mark(f"p{player}", row, 1, Crosses.parse(written))
        for player, given_ in enumerate(answers)
        for row, written in enumerate(given_)
        if written
    ]
    return Room(coupon, [Player(f"p{player}", f"Bord {player}") for player in range(len(answers))], marks)


def test_sessions_project_of_a_case_has_only_what_is_decided(services: Services) -> None:
    case_id = services.cases.add(services.assistant.suggest([ProjectText(APPLICATION, "Skolan blir butik")])[0])
    focus = services.assistant.scheme.ids(Field.FOKUSOMRADE)[2]
    services.cases.decide(case_id, statement_target(1), ["A", "P"], seen_revision=0)
    services.cases.decide(case_id, Field.FOKUSOMRADE, [focus], seen_revision=0)
    services.cases.decide(case_id, Field.EFFEKTKEDJA, [], seen_revision=0)
    services.cases.decide(case_id, Field.BRANSCH, [services.assistant.scheme.ids(Field.BRANSCH)[0]], seen_revision=0)
    case = services.cases.get(case_id)
    assert case is not None
    project = sessions.project_of_case(case)
    assert [decided for _, decided in project.statements[:3]] == [None, ("A", "P"), None]
    assert project.decided == {Field.FOKUSOMRADE: focus}
    assert (project.title, project.text) == ("Skolan blir butik", APPLICATION)


def test_sessions_project_of_a_row_has_its_statements_undecided(services: Services) -> None:
    project = ProjectText(APPLICATION, "", "D-1")
    [suggestion] = services.assistant.suggest([project])
    chain = services.assistant.scheme.ids(Field.EFFEKTKEDJA)[1]
    outcome = outcome_of(suggestion, "prov", services.assistant.scheme)
    row = Judged(0, Entry(project, {}), Facts(None, None, "", ""), outcome, {Field.EFFEKTKEDJA: (chain,), Field.SYFTE: ()})
    made = sessions.project_of_row(row)
    assert made.title == "D-1"
    assert made.decided == {Field.EFFEKTKEDJA: chain}
    assert "Tolv volontärer utbildas i att sköta sortimentet." in [text for text, _ in made.statements]
    assert {decided for _, decided in made.statements} == {None}


def test_sessions_statements_coupon_has_decided_columns_as_key() -> None:
    coupon = sessions.statements_coupon("Prov", Exercise.STRYKTIPS, [(PROJECT, [0, 1, 2])])
    assert coupon.rows == (Row("Föreningen bygger om skolan.", Crosses.of("AP")), Row("Fler familjer flyttar hit."))


def test_sessions_statements_coupon_of_a_chain_has_the_main_column_alone() -> None:
    [row] = sessions.statements_coupon("Prov", Exercise.CHAIN, [(PROJECT, [0])]).rows
    assert row.key == Crosses.of("A")


def test_sessions_statements_coupon_of_nothing_in_the_chain_is_refused() -> None:
    with pytest.raises(StryktipsError, match="inget av påståendena hör till effektkedjan"):
        sessions.statements_coupon("Prov", Exercise.STRYKTIPS, [(PROJECT, [1])])


@given(st.text(min_size=1, max_size=2_000).filter(str.strip))
def test_sessions_statements_coupon_is_never_too_long_for_a_coupon(text: str) -> None:
    project = Project("Prov", "", ((text, ("U",)),))
    coupon = sessions.statements_coupon(text, Exercise.STRYKTIPS, [(project, [0])])
    assert len(coupon.rows[0].text) <= LONGEST_ROW
    assert len(coupon.title) <= 120


def test_sessions_cases_coupon_asks_three_things_of_each(services: Services) -> None:
    scheme = services.assistant.scheme
    focus = scheme.ids(Field.FOKUSOMRADE)[4]
    decided = replace(PROJECT, text="Lång text " * 2_000, decided={Field.FOKUSOMRADE: focus})
    coupon = checked(sessions.cases_coupon("Tre projekt", [decided, PROJECT], services), scheme)
    assert [row.choice for row in coupon.rows] == [*CASE_CHOICES, *CASE_CHOICES]
    assert [row.key for row in coupon.rows[:3]] == [Crosses.of([scheme.sakomrade_of(focus).id]), Crosses.of([focus]), None]
    assert [row.key for row in coupon.rows[3:]] == [None, None, None]
    assert len(coupon.rows[0].about) <= LONGEST_ABOUT


@pytest.mark.parametrize("coupon", [standard(), CARDS])
def test_sessions_tips_of_columns(services: Services, coupon: Coupon) -> None:
    tips = sessions.tips_for(services, coupon)
    assert len(tips) == len(coupon.rows)
    for tip in tips:
        assert set(tip.shares) == set(CHAIN_CODES)
        assert 0 < sum(tip.shares.values()) <= 1 + 1e-6
        assert len(tip.crosses) == 1 or coupon.exercise is Exercise.STRYKTIPS
        assert len(tip.crosses) > 0


def test_sessions_tips_know_nothing_of_the_key(services: Services) -> None:
    rows = tuple(replace(row, key=None) for row in standard().rows)
    assert sessions.tips_for(services, standard()) == sessions.tips_for(services, replace(standard(), rows=rows))


def test_sessions_tips_of_cases(services: Services) -> None:
    coupon = sessions.cases_coupon("Två", [PROJECT, Project("Ett projekt till", "kort text")], services)
    tips = sessions.tips_for(services, coupon)
    for row, tip in zip(coupon.rows[:3], tips[:3], strict=True):
        assert set(tip.shares) == set(choice_ids(row.choice, services.assistant.scheme))
        assert len(tip.crosses) == 1
    [sakomrade] = tips[0].crosses.full
    [focus] = tips[1].crosses.full
    assert services.assistant.scheme.sakomrade_of(focus).id == sakomrade
    assert focus == max(tips[1].shares, key=tips[1].shares.__getitem__)
    assert [len(tip.crosses) for tip in tips[3:]] == [0, 0, 0]


def test_sessions_open_game_saves_tips_and_model(services: Services) -> None:
    game = sessions.open_game(services, CARDS, "Prov", Settings(guard_limit=3))
    assert services.games.tips(game.id) == sessions.tips_for(services, CARDS)
    assert (game.model_version, game.settings.guard_limit, game.state.step) == ("provmodell", 3, Step.LOBBY)


def test_sessions_open_game_refuses_a_coupon_that_cannot_be_played(services: Services) -> None:
    with pytest.raises(StryktipsError, match="kupongen är tom"):
        sessions.open_game(services, Coupon("Tom", Exercise.STRYKTIPS, ()), "Prov", Settings())
    assert services.games.all() == []


def test_sessions_agreed_of_needs_five_answers(services: Services) -> None:
    game = begun(services)
    room = room_of(standard(), [["U", "A"], ["U", "A"], ["U L", "A"], ["U (K)", "A"], ["K", ""]])
    agreed = sessions.agreed_of(room, game, 1, "AB")
    assert list(agreed) == [0]
    assert (agreed[0].columns, agreed[0].answers, agreed[0].confirmed_by) == (("U",), 5, "AB")
    assert agreed[0].agreement == pytest.approx(1 - room.splits(1)[0])


def test_sessions_agreed_of_has_the_commonest_column_first(services: Services) -> None:
    room = room_of(standard(), [["K L"], ["K L"], ["L K"], ["L"], ["L"]])
    assert sessions.agreed_of(room, begun(services), 1, "")[0].columns == ("L", "K")


def test_sessions_agreed_of_other_exercises_is_nothing(services: Services) -> None:
    room = room_of(CARDS, [["R", "A", "K"]] * 6)
    assert sessions.agreed_of(room, begun(services, CARDS), 1, "") == {}


def test_sessions_result_of_tells_all_that_was_played(services: Services) -> None:
    game = begun(services)
    first, second = joined(services, game, 2)
    services.players.mark(first, 0, Crosses.parse("U (K)"))
    services.players.mark(first, 0, Crosses.parse("U"))
    services.players.write(second, REASON, 5, "Det beror på vem som frågar.")
    services.players.write(second, REFLECTION, 1, "Vi enades till slut.")
    services.games.show_names(game.id, True)
    shown = services.games.get(game.id)
    assert shown
    result = sessions.result_of(services.games, shown)
    assert [(change[:4]) for change in result.changes] == [(first.id, 1, 0, "U (K)"), (first.id, 1, 0, "U")]
    assert (result.reasons, result.reflections) == (
        [(second.id, 5, "Det beror på vem som frågar.")],
        [(second.id, 1, "Vi enades till slut.")],
    )
    assert (result.title, result.names_shown, result.questions, result.model_version) == ("Prov", True, QUESTIONS, "provmodell")
    assert len(result.tips) == len(result.rows) == 19


def test_sessions_result_of_a_session_that_is_gone(services: Services) -> None:
    game = begun(services)
    services.games.delete(game.id)
    with pytest.raises(StryktipsError, match="finns inte längre"):
        sessions.result_of(services.games, game)


def test_sessions_player_counts_leaves_out_empty_sessions(services: Services) -> None:
    game, empty = begun(services), begun(services, CARDS)
    joined(services, game, 3)
    assert services.games.player_counts() == {game.id: 3}
    assert empty.id not in services.games.player_counts()
