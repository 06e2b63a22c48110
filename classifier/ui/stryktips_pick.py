"""Rows of a coupon picked out of cases and portfolios."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import streamlit as st

from classifier import sessions
from classifier.portfolio.filters import Filters, matching
from classifier.services import Services
from classifier.sessions import OUTSIDE, Project
from classifier.stryktips.coupon import Coupon, Exercise
from classifier.ui import portfolio_data
from classifier.ui.markup import plain, shortened
from classifier.ui.words import listing

FOUND = 50
"""Cases or projects offered at once; a search finds the others."""
TITLE_SHOWN = 90


def of_cases(services: Services, exercise: Exercise) -> dict[str, Project]:
    """Let the leader find cases: id → project, in the order they were chosen."""
    words = st.text_input("Sök ärende", key="plocka-sok-arende", max_chars=100, persist_state="page", placeholder="Ord i titel eller text")
    titles = {line.id: line.title for line in services.cases.search(words, FOUND)}
    if not titles and not words:
        st.info("Det finns inget ärende än. Klistra in en ansökan på sidan Assistent, eller välj en annan kupong.")
        return {}

    def title_of(case_id: str) -> str:
        case = services.cases.get(case_id)
        return case.title if case else "(borttaget)"

    cases = [services.cases.get(case_id) for case_id in _choose("Ärende", titles, exercise, f"plocka-arende-{exercise}", title_of)]
    return {case.id: sessions.project_of_case(case) for case in cases if case}


def of_portfolio(services: Services, exercise: Exercise) -> dict[str, Project]:
    """Let the leader find projects of a portfolio: run and number → project."""
    runs = {run.id: run for run in services.runs.all() if run.done}
    if not runs:
        st.info("Det finns ingen portfölj än. Lägg till en på sidan Portfölj, eller välj en annan kupong.")
        return {}
    run_id = st.selectbox("Portfölj", list(runs), format_func=lambda run: runs[run].name, key="plocka-portfolj", persist_state="page")
    words = st.text_input(
        "Sök projekt", key="plocka-sok-projekt", max_chars=100, persist_state="page", placeholder="Ord i id, titel eller text"
    )
    projects = portfolio_data.current(services, runs[run_id]).projects
    found = matching(projects, Filters(words)).head(FOUND)
    titles = {str(number): str(title) or str(own) for number, title, own in zip(found.index, found["titel"], found["id"], strict=True)}

    def title_of(number: str) -> str:
        return str(projects.at[int(number), "titel"]) or str(projects.at[int(number), "id"])

    chosen = _choose("Projekt", titles, exercise, f"plocka-projekt-{exercise}-{run_id}", title_of)
    return {
        f"{run_id}-{row.number}": sessions.project_of_row(row) for row in services.runs.rows(run_id, [int(number) for number in chosen])
    }


def coupon(services: Services, exercise: Exercise, title: str, projects: Mapping[str, Project]) -> Coupon | None:
    """A coupon of what the leader ticks in the projects; nothing before anything is chosen.

    Raises:
        StryktipsError: when nothing of what is ticked belongs to the chain.
    """
    if not projects:
        return None
    if exercise is Exercise.CASES:
        return sessions.cases_coupon(title, projects.values(), services)
    ticked = [(project, _tick(key, project)) for key, project in projects.items()]
    return sessions.statements_coupon(title, exercise, ticked) if any(numbers for _, numbers in ticked) else None


def usual_title(projects: Mapping[str, Project]) -> str:
    """What a coupon of projects is called when the leader says nothing else."""
    return shortened(listing([project.title for project in projects.values()]), TITLE_SHOWN) if projects else ""


def _tick(key: str, project: Project) -> Sequence[int]:
    """Let the leader tick statements of a project; those with a decided column are ticked from the start."""
    st.write(f"**{plain(shortened(project.title, TITLE_SHOWN))}**")
    keys = [f"plocka-{key}-{number}" for number in range(len(project.statements))]
    left, right, _ = st.columns([2, 2, 6])
    left.button("Markera alla", key=f"alla-{key}", width="stretch", on_click=_set, args=(keys, True))
    right.button("Avmarkera alla", key=f"inga-{key}", width="stretch", on_click=_set, args=(keys, False))
    ticked = []
    with st.container(height=360, border=True):
        for number, (text, decided) in enumerate(project.statements):
            note = "" if decided is None else " · utanför kedjan" if decided == (OUTSIDE,) else f" · **{' '.join(decided)}**"
            usual = decided is not None and decided != (OUTSIDE,)
            if st.checkbox(plain(shortened(text)) + note, usual, key=keys[number], persist_state="page"):
                ticked.append(number)
    st.caption("Bokstäverna är beslutade kolumner; de blir kupongens facit.")
    return ticked


def _set(keys: Sequence[str], ticked: bool) -> None:
    for key in keys:
        st.session_state[key] = ticked


def _choose(what: str, titles: Mapping[str, str], exercise: Exercise, key: str, title_of: Callable[[str], str]) -> list[str]:
    """Let the leader choose among what was found, beside what is chosen already; cards of a chain come from one project."""
    held = st.session_state.get(key)
    chosen = [held] if isinstance(held, str) else list(held or ())
    options = [*(identity for identity in chosen if identity not in titles), *titles]

    def written(identity: str) -> str:
        return shortened(titles.get(identity) or title_of(identity), TITLE_SHOWN)

    if exercise is Exercise.CHAIN:
        one = st.selectbox(what, options, index=None, format_func=written, key=key, persist_state="page", placeholder="Välj")
        return [one] if one else []
    return st.multiselect(what, options, format_func=written, key=key, persist_state="page", placeholder="Välj ett eller flera")
