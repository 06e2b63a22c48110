"""A session on the leader's screen: its top, one of its views, and what of that view lives."""

from __future__ import annotations

import streamlit as st

from classifier.errors import EffektkedjaError
from classifier.services import Services
from classifier.store.cases import now
from classifier.store.games import Game
from classifier.stryktips.course import Step
from classifier.ui import stryktips_markup, stryktips_room, stryktips_scene, stryktips_steps, stryktips_words
from classifier.ui.stryktips_scene import VIEW, Chosen, Scene
from classifier.ui.stryktips_views import VIEWS, usual_view

REFRESH = 1.0
"""Seconds between two looks at what the room has done."""
DRAWN, PLACE = "stryktips-drawn", "stryktips-place"


def show(services: Services, game: Game) -> None:
    """Draw a session."""
    st.set_page_config(initial_sidebar_state="collapsed")
    st.html('<div class="ek-projector"></div>')
    scene = stryktips_scene.current(services, game)
    stryktips_steps.show(services, scene)
    views = {key: view for key, view in VIEWS.items() if view.is_there(scene)}
    usual = usual_view(scene)
    turned = _turn_with_the_session(scene, usual)
    with st.container(horizontal=True, vertical_alignment="center", key="ek-views"):
        name = st.segmented_control(
            "Visa",
            list(views),
            default=None if turned else usual,  # Streamlit wants no default beside a value that was set
            required=True,
            format_func=lambda key: views[key].title,
            label_visibility="collapsed",
            key=VIEW,
            bind="query-params",
        )
        name = name if name in views else usual
        chosen = views[name].choose(scene)
    if (draw := views[name].show) is not None:
        draw(services, scene)
    if views[name].live is not None:
        moves = game.state.step is not Step.END or name == "reflektion"
        st.fragment(_show_live, run_every=REFRESH if moves else None)(services, game, name, chosen)


def _turn_with_the_session(scene: Scene, usual: str) -> bool:
    """Turn to the usual view when the session was taken on, by this leader or by another with a screen elsewhere; whether it was."""
    state = scene.game.state
    place = (scene.game.id, state.step, *((state.position, state.gate) if scene.is_led else ()))
    before = st.session_state.get(PLACE, place)
    st.session_state[PLACE] = place
    if before == place or before[0] != place[0]:
        return False
    st.session_state[VIEW] = usual
    return True


def _show_live(services: Services, seen: Game, name: str, chosen: Chosen) -> None:
    """Draw what lives of a view; when the session has been taken elsewhere, the whole page is drawn anew."""
    drawn = st.session_state.get(DRAWN, ((), "", ""))
    if drawn[0][:3] != (seen.id, name, chosen):  # of another view, which may show what this one must not
        drawn = ((), "", "")
    try:
        game = services.games.get(seen.id)
        if game is None or (game.revision, game.names_shown) != (seen.revision, seen.names_shown):
            st.rerun()
        key = (game.id, name, chosen, game.names_shown, services.games.version(game.id))
        live = VIEWS[name].live
        if drawn[0] != key and live is not None:
            scene = stryktips_scene.current(services, game)
            drawn = st.session_state[DRAWN] = (key, stryktips_room.counts(scene), live(scene, chosen))
    except EffektkedjaError as error:  # what was drawn last stays until the database answers again
        st.warning(str(error))
    if name == "med" or seen.state.step not in (Step.KEY, Step.MODEL, Step.END):
        _show_status(seen, drawn[1])
    if drawn[2]:
        st.html(drawn[2])


def _show_status(game: Game, counts: str) -> None:
    """Draw how many are there and how far they are, and the time left."""
    left = (game.state.ends_at - now()).total_seconds() if game.state.ends_at else None
    # Markdown keeps the element and changes its text alone, which screen readers tell; HTML that is put in anew they may pass over.
    st.markdown(stryktips_markup.status(counts, None if left is None else stryktips_words.time_left(left)), unsafe_allow_html=True)
