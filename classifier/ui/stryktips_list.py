"""The sessions there are: to open again, to delete, to compare."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from classifier import sessions
from classifier.services import Services
from classifier.store.games import Game
from classifier.stryktips.course import Step
from classifier.stryktips.report.comparison import answers_in_words, compare_sessions, session_names, write_comparison
from classifier.stryktips.report.session import Session
from classifier.ui import frame, stryktips_markup, stryktips_words
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
        st.caption("Påståenden som finns i minst två av sessionerna jämförs: vad de flesta svarade och hur lika de svarade.")
        return
    by_id = {game.id: game for game in games}
    played = [sessions.result_of(services.games, by_id[game_id]) for game_id in chosen]
    rows = [
        (statement, told, distance)
        for statement, told, distance in answers_in_words(compare_sessions(played, services.games.scheme))
        if not math.isnan(distance)
    ]
    if not rows:
        st.info("Sessionerna har inget besvarat påstående gemensamt.")
        return
    names = session_names(played)
    lines = [
        Line(number, statement, [Cell(answer or "–", said="" if answer else "inget svar", ringed=distance > 0) for answer in told])
        for number, (statement, told, distance) in enumerate(rows, 1)
    ]
    st.html(
        stryktips_markup.grid(
            "Vad de flesta svarade i varje session, de mest olika först", [("", name, "") for name in names], lines, wide=True
        )
        + "".join(
            stryktips_markup.told(f"{name}: {stryktips_words.agreement(session.agreement)}")
            for name, session in zip(names, played, strict=True)
        )
        + stryktips_markup.told("Inramat: sessionerna kom till olika svar.")
    )
    _offer(services, played)


def _offer(services: Services, played: Sequence[Session]) -> None:
    """The comparison as files, each made when it is asked for."""
    with st.container(horizontal=True):
        for ending, title in {".xlsx": "Jämförelsen i Excel", ".docx": "Jämförelsen i Word"}.items():

            def made(ending: str = ending) -> bytes:
                with tempfile.TemporaryDirectory() as folder:
                    path = Path(folder) / f"jamforelse{ending}"
                    write_comparison(path, played, services.games.scheme)
                    return path.read_bytes()

            st.download_button(title, made, f"jamforelse{ending}", key=f"jamforelse{ending}", on_click="ignore")


def _open(game_id: str) -> None:
    st.query_params["session"] = game_id


def _delete(services: Services, game_id: str) -> None:
    with frame.errors():
        services.games.delete(game_id)
