"""The page "Stryktips" for a process leader: open a session, lead it, take its results along."""

from __future__ import annotations

import streamlit as st

from classifier.ui import frame, stryktips_lead, stryktips_list, stryktips_open

SESSION = "session"  # what the address calls the session that is shown: all that a reload or a restart needs


def show() -> None:
    """Draw the page."""
    services = frame.services()
    game_id = st.query_params.get(SESSION)
    with frame.errors():
        game = services.games.get(game_id) if game_id else None
        if game is not None:
            stryktips_lead.show(services, game)
            return
        if game_id:
            st.warning("Sessionen finns inte. Den kan ha tagits bort.")
        st.title("Stryktips", anchor=False)
        st.write(
            "En övning för 5–60 personer: var i effektkedjan hör varje påstående hemma? Deltagarna spelar i mobilen, du visar den här sidan för rummet, "
            "och modellen tippar med."
        )
        stryktips_open.show(services)
        stryktips_list.show(services)


show()
