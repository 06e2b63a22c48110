"""A portfolio as it stands, laid out once and kept until one of its rows changes."""

from __future__ import annotations

import streamlit as st

from classifier import portfolios
from classifier.portfolio.collection import Portfolio
from classifier.services import Services
from classifier.store.runs import Run

CHOSEN = "portfolio-rows"
"""In the session: which rows a figure leads to, and what the figure says of them."""


def current(services: Services, run: Run) -> Portfolio:
    """The portfolio with all decisions up to now, those made in its cases too."""
    services.runs.take_over(run.id)
    return _laid_out(services, run, run.id, services.runs.version(run.id))


@st.cache_resource(max_entries=2, show_spinner="Ställer samman portföljen …")
def _laid_out(_services: Services, _run: Run, run_id: str, version: str) -> Portfolio:  # the cache knows it by the last two
    return portfolios.lay_out(_services, _run)


def lead_to(rows: list[int], told: str) -> None:
    """Show these rows among the projects, on the next run of the page."""
    st.session_state[CHOSEN] = (sorted(set(rows)), told)
    st.session_state["visa"] = "projekt"
