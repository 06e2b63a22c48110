"""How far a portfolio has come, and stopping it or letting it go on."""

from __future__ import annotations

import streamlit as st

from classifier import portfolios
from classifier.services import Services
from classifier.store.cases import now
from classifier.store.runs import Run, RunState
from classifier.ui import frame
from classifier.ui.markup import plain
from classifier.ui.words import count, duration

REFRESH = 2.0
"""Seconds between two looks at the database."""


def show(services: Services, run: Run) -> None:
    """Show progress until the run is done; then the whole page is drawn anew."""
    st.fragment(_show, run_every=REFRESH if run.state in _MOVING else None)(services, run)


_MOVING = (RunState.WAITING, RunState.RUNNING, RunState.STOPPING)


def _show(services: Services, seen: Run) -> None:
    with frame.errors():
        run = services.runs.get(seen.id)
        if run is None or (run.state is not seen.state and not (run.state in _MOVING and seen.state in _MOVING)):
            st.rerun()
        silent = run.is_silent(now())
        st.progress(run.done / run.total if run.total else 0.0, _told(run, silent))
        if run.state is RunState.FAILED:
            st.error(plain(run.message))
        if run.state in (RunState.WAITING, RunState.RUNNING) and not silent:
            st.button(
                "Avbryt",
                key="avbryt",
                on_click=services.runs.stop,
                args=(run.id,),
                help="Det som är klart finns kvar, och du kan fortsätta senare.",
            )
        elif run.state in (RunState.STOPPED, RunState.FAILED) or silent:
            st.button("Fortsätt", key="fortsatt", type="primary", on_click=portfolios.go_on, args=(services, run))


def _told(run: Run, silent: bool) -> str:
    done = f"{count(run.done, 'projekt', 'projekt')} av {count(run.total, '', '').strip()} är klara"
    if silent:
        return f"{done}. Arbetet har stannat, kanske för att servern startades om. Klicka på Fortsätt."
    if run.state is RunState.WAITING:
        return f"{done}. Väntar på sin tur …"
    if run.state is RunState.STOPPING:
        return f"{done}. Avbryts efter den omgång som pågår …"
    if run.state is RunState.RUNNING:
        left = run.seconds_left(now())
        return f"{done}. " + (f"Ungefär {duration(left)} kvar. " if left is not None else "") + "Du kan stänga sidan; arbetet fortsätter."
    return f"{done}. Arbetet är avbrutet."
