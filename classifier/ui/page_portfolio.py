"""The page "Portfölj": bring in a table of projects, let it be classified, and work with what comes out."""

from __future__ import annotations

import streamlit as st

from classifier import portfolios
from classifier.services import Services
from classifier.store.runs import Run, RunState
from classifier.ui import (
    frame,
    portfolio_compare,
    portfolio_data,
    portfolio_figures,
    portfolio_intake,
    portfolio_out,
    portfolio_progress,
    portfolio_rows,
)
from classifier.ui.markup import plain
from classifier.ui.words import count, moment

STATE_WORDS = {
    RunState.WAITING: "väntar på sin tur",
    RunState.RUNNING: "klassificeras",
    RunState.STOPPING: "avbryts",
    RunState.STOPPED: "avbruten",
    RunState.DONE: "klar",
    RunState.FAILED: "misslyckades",
}
VIEWS = {
    "projekt": ("Projekten", portfolio_rows.show),
    "oversikt": ("Översikt", portfolio_figures.show_overview),
    "kedja": ("Effektkedjan", portfolio_figures.show_chain),
    "utvarderbarhet": ("Utvärderbarhet", portfolio_figures.show_evaluability),
    "liknande": ("Liknande projekt", portfolio_figures.show_likeness),
    "jamfor": ("Jämför", portfolio_compare.show),
    "hamta": ("Hämta", portfolio_out.show),
}


def show() -> None:
    """Draw the page."""
    services = frame.services()
    run_id = st.query_params.get("portfolj")
    run = services.runs.get(run_id) if run_id else None
    if run_id and run is None:
        st.warning("Portföljen finns inte. Den kan ha tagits bort.")
    if run is None:
        st.title("Portfölj", anchor=False)
        portfolio_intake.show(services)
        _show_runs(services)
    else:
        _show_run(services, run)


def _show_runs(services: Services) -> None:
    """The portfolios there are, to open or delete."""
    with frame.errors():
        runs = services.runs.all()
        if not runs:
            return
        st.header("Dina portföljer", anchor=False)
        for run in runs:
            with st.container(border=True):
                name, state, opened, deleted = st.columns([6, 3, 1.4, 1.4], vertical_alignment="center")
                name.write(f"**{plain(run.name)}**")
                name.caption(f"{plain(run.source)}, {count(run.total, 'projekt', 'projekt')}, inlagd {moment(run.created_at)}")
                state.write(STATE_WORDS[run.state].capitalize())
                opened.button("Öppna", key=f"oppna-{run.id}", width="stretch", type="primary", on_click=_open, args=(run.id,))
                with deleted.popover("Ta bort", width="stretch"):
                    st.write("Portföljen, förslagen och alla beslut i den försvinner för alltid. Ärenden som öppnats ur den finns kvar.")
                    if st.button("Ja, ta bort", key=f"bort-{run.id}"):
                        services.runs.stop(run.id)
                        portfolios.delete(services, run)
                        st.rerun()


def _show_run(services: Services, run: Run) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center")
    left.title(plain(run.name), anchor=False)
    right.button("Alla portföljer", icon=":material/arrow_back:", width="stretch", on_click=_close)
    st.caption(
        f"{plain(run.source)} · {count(run.total, 'projekt', 'projekt')} · inlagd {moment(run.created_at)}"
        + (f" · modell: {plain(run.model)}" if run.model else "")
    )
    for note in run.notes:
        st.info(plain(note))
    if run.state is not RunState.DONE:
        portfolio_progress.show(services, run)
    if not run.done:
        return
    names = {key: title for key, (title, _) in VIEWS.items()}
    view = st.segmented_control(
        "Visa",
        list(names),
        default="projekt",
        required=True,
        format_func=names.__getitem__,
        label_visibility="collapsed",
        key="visa",
        bind="query-params",
    )
    with frame.errors():
        VIEWS[view or "projekt"][1](services, run)


def _open(run_id: str) -> None:
    st.session_state.pop(portfolio_data.CHOSEN, None)  # the rows of another portfolio
    st.query_params["portfolj"] = run_id


def _close() -> None:
    st.session_state.pop(portfolio_data.CHOSEN, None)
    st.query_params.clear()


show()
