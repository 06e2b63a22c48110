"""What a leader takes along from a session, and what is given to the model."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from classifier import sessions
from classifier.chain import CHAIN_CODES
from classifier.report.wording import count, listing, share
from classifier.services import Services
from classifier.store.games import Agreed, Game
from classifier.stryktips.report.report import write_session_report
from classifier.stryktips.report.workbook import write_session_workbook
from classifier.ui import frame
from classifier.ui.markup import plain
from classifier.ui.stryktips_scene import Scene, names_toggle
from classifier.ui.stryktips_words import file_name
from classifier.ui.words import moment

USUALLY_GIVEN = 2 / 3
"""Statements whose answers are at least this alike are ticked from the start."""
GIVEN = "stryktips-given"
WORKBOOK = ".xlsx"
FILES = {
    WORKBOOK: ("Arbetsbok i Excel", "Alla kryss och ändringar, poäng, motiveringar och reflektioner."),
    ".docx": ("Rapport i Word", "Figurerna, de mest diskuterade påståendena och rummets egna ord."),
    ".html": ("Rapport som webbsida", "Samma rapport, att läsa, skriva ut eller skicka."),
}


def show_files(services: Services, scene: Scene) -> None:
    """The files of the session, each made when it is asked for."""
    game = scene.game
    told = "sina egna namn" if game.names_shown else "Spelare 1, Spelare 2 och så vidare"
    st.write(f"I filerna heter spelarna **{told}**, efter valet *Visa namn*. Grupper heter alltid det de själva har valt.")
    names_toggle(scene)
    state = (services.games.version(game.id), game.names_shown)
    for ending, (title, what) in FILES.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            st.markdown(f"**{title}**  \n{what}", width="content")
            key = f"fil-{game.id}{ending}"
            ready = st.session_state.get(key)
            if ready and ready[0] == state:
                st.download_button(
                    "Ladda ner", ready[1], f"{file_name(game.title)}{ending}", key=f"{key}-hamta", type="primary", on_click="ignore"
                )
            elif st.button("Skapa filen", key=f"{key}-skapa"):
                with frame.errors(), st.spinner("Skapar filen …"):
                    st.session_state[key] = (state, _written(services, game, ending))
                    st.rerun()


def _written(services: Services, game: Game, ending: str) -> bytes:
    """A file of the session.

    Raises:
        EffektkedjaError: when it cannot be written, or the session is gone.
    """
    write = write_session_workbook if ending == WORKBOOK else write_session_report
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"session{ending}"
        write(path, sessions.result_of(services.games, game), services.games.scheme)
        return path.read_bytes()


def show_giving(services: Services, scene: Scene) -> None:
    """The statements that the room agreed on, to be given to the model by the leader's consent."""
    game = scene.game
    by = str(st.session_state.get("signatur") or "")
    agreed = sessions.agreed_of(scene.room, game, scene.round, by)
    if not agreed:
        st.info("Inget att ge: bara påståenden ur Stryktips som minst fem har svarat på lär modellen något.")
        return
    if told := st.session_state.pop(GIVEN, None):
        st.success(told)
    given = services.games.given(game.id)
    st.write(
        "Det du ger sparas som **bekräftat** och används när modellen tränas nästa gång: påståendet, kolumnerna som de flesta valde, hur många som "
        "svarade och hur lika de svarade. Inga namn och inga enskilda svar följer med, och det finns kvar när sessionen har tagits bort."
    )
    with st.form("ge-till-modellen", border=False):
        ticked = [number for number, item in agreed.items() if _tick(scene, number, item, (game.id, number) in given)]
        if st.form_submit_button("Ge de markerade till modellen", type="primary"):
            with frame.errors():
                number = services.games.give(game, {row: agreed[row] for row in ticked})
                st.session_state[GIVEN] = f"{count(number, 'påstående är givet', 'påståenden är givna')} till modellen."
                st.rerun()
    if given:
        last = max(item.confirmed_at for item in given.values())
        st.caption(
            f"{count(len(given), 'påstående', 'påståenden')} ur sessionen är givna, senast {moment(last)}. Ges något igen ersätts det."
        )


def _tick(scene: Scene, number: int, item: Agreed, is_given: bool) -> bool:
    names = listing([scene.scheme.column(code).name.lower() for code in CHAIN_CODES if code in item.columns])
    told = f"**{number + 1}. {plain(item.text)}** · {names} · {count(item.answers, 'svar', 'svar')}, likhet {share(item.agreement)}"
    return st.checkbox(told + (" · givet" if is_given else ""), item.agreement >= USUALLY_GIVEN, key=f"ge-{scene.game.id}-{number}")
