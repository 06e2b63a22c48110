"""The sessions there are: to open again, to delete, to compare."""

from __future__ import annotations

import streamlit as st

from classifier import sessions
from classifier.services import Services
from classifier.sessions import Compared, Standing
from classifier.store.games import Game
from classifier.stryktips.course import Step
from classifier.ui import frame, stryktips_markup, stryktips_scene, stryktips_words
from classifier.ui.markup import plain
from classifier.ui.stryktips_markup import Cell, Line
from classifier.ui.words import count, moment

COMPARED = "jamfor"
FEWEST = 2


def show(services: Services) -> None:
    """Draw the list, and the sessions that are compared."""
    with frame.errors():
        services.games.purge()
        games = services.games.all()
        if not games:
            return
        st.header("Sessioner", anchor=False)
        players = services.games.player_counts()
        for game in games:
            _line(services, game, players.get(game.id, 0))
        if len(games) >= FEWEST:
            _compare(services, games)


def _line(services: Services, game: Game, players: int) -> None:
    step = game.state.step
    with st.container(border=True):
        name, state, opened, deleted = st.columns([6, 3, 1.4, 1.4], vertical_alignment="center")
        name.write(f"**{plain(game.title)}**")
        name.caption(
            f"{moment(game.created_at)}, {count(players, 'spelare', 'spelare')}, kod {game.code}, tas bort {moment(game.delete_at)[:10]}"
        )
        state.write("Avslutad" if step is Step.END else step.value.capitalize())
        opened.button("Öppna", key=f"oppna-{game.id}", width="stretch", type="primary", on_click=_open, args=(game.id,))
        with deleted.popover("Ta bort", width="stretch"):
            st.write("Sessionen försvinner med allt som spelarna har svarat och skrivit. Det som getts till modellen finns kvar.")
            st.button("Ja, ta bort", key=f"bort-{game.id}", on_click=_delete, args=(services, game.id))


def _compare(services: Services, games: list[Game]) -> None:
    st.header("Jämför sessioner", anchor=False)
    titles = {game.id: f"{game.title}, {moment(game.created_at)[:10]}, kod {game.code}" for game in games}
    chosen = st.multiselect(
        "Sessioner att jämföra",
        list(titles),
        format_func=titles.__getitem__,
        key=COMPARED,
        placeholder="Välj två eller flera",
    )
    if len(chosen) < FEWEST:
        st.caption("Påståenden som finns i minst två av sessionerna jämförs: vad de flesta svarade och hur eniga de var.")
        return
    by_id = {game.id: game for game in games}
    scenes = [stryktips_scene.current(services, by_id[game_id]) for game_id in chosen]
    found = sessions.compared([(scene.room, scene.round) for scene in scenes])
    if not found:
        st.info("Sessionerna har inget påstående gemensamt.")
        return
    lines = [
        Line(number, stryktips_words.row_text(item.row), [_stand(services, item, standing) for standing in item.sessions])
        for number, item in enumerate(found, 1)
    ]
    heads = [("", titles[scene.game.id], "") for scene in scenes]
    st.html(
        stryktips_markup.grid("Vad de flesta svarade i varje session", heads, lines, wide=True)
        + "".join(
            stryktips_markup.told(f"{titles[scene.game.id]}: {stryktips_words.agreement(scene.room.agreement(scene.round))}")
            for scene in scenes
        )
        + stryktips_markup.told("Inramat: sessionerna kom till olika svar.")
    )


def _stand(services: Services, item: Compared, found: Standing | None) -> Cell:
    """How a session stood in a row: what most answered, how many did, and how agreed they were."""
    if found is None:
        return Cell("–", said="finns inte")
    parts = [f"{stryktips_words.crosses(found.majority, item.row, services.games.scheme)} · {count(found.answers, 'svar', 'svar')}"]
    parts += [stryktips_words.agreed(found.agreement)] if found.agreement is not None else []
    return Cell(", ".join(parts), ringed=item.is_split and found.majority is not None)


def _open(game_id: str) -> None:
    st.query_params["session"] = game_id


def _delete(services: Services, game_id: str) -> None:
    with frame.errors():
        services.games.delete(game_id)
