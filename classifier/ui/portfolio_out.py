"""Taking a portfolio along: workbook, tables, report."""

from __future__ import annotations

import tempfile
from pathlib import Path

import streamlit as st

from classifier import portfolios
from classifier.services import Services
from classifier.store.runs import Run
from classifier.ui import frame, portfolio_data

FILES = (
    (".xlsx", "Arbetsbok i Excel", "Projekt, påståenden, korstabeller, att granska och hur det gjordes.", False),
    (".docx", "Rapport i Word", "Figurerna och det viktigaste om portföljen.", False),
    (".html", "Rapport som webbsida", "Samma rapport, att läsa, skriva ut eller skicka.", False),
    (".csv", "Projekten som CSV", "En rad per projekt, med förslag och beslut.", False),
    (".csv", "Påståendena som CSV", "En rad per påstående.", True),
    (".jsonl", "Allt som JSON Lines", "En rad per projekt med dess påståenden.", False),
)


def show(services: Services, run: Run) -> None:
    """Draw the view."""
    st.write(
        "Filerna innehåller allt som finns nu: förslag, beslut och märkningar. Arbetsboken och JSON Lines-filen kan läggas till här igen, "
        "även på en annan dator, med besluten kvar. Det som ingen har bekräftat står som *förslag, ej granskat*."
    )
    for number, (ending, title, what, statements) in enumerate(FILES):
        with st.container(border=True):
            said, made = st.columns([5, 2], vertical_alignment="center")
            said.write(f"**{title}**")
            said.caption(what)
            key = f"fil-{run.id}-{number}"
            ready = st.session_state.get(key)
            if ready and ready[0] == services.runs.version(run.id):
                made.download_button(
                    "Ladda ner", ready[1], ready[2], key=f"{key}-hamta", type="primary", width="stretch", on_click="ignore"
                )
            elif made.button("Skapa filen", key=key + "-skapa", width="stretch"):
                with frame.errors(), st.spinner("Skapar filen …"):
                    st.session_state[key] = _written(services, run, ending, statements)
                    st.rerun()


def _written(services: Services, run: Run, ending: str, statements: bool) -> tuple[str, bytes, str]:
    """The version the file is of, its bytes and its name."""
    version = services.runs.version(run.id)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"portfolj{ending}"
        portfolios.write(services, run, portfolio_data.current(services, run), path, statements=statements)
        return version, path.read_bytes(), f"{Path(run.source).stem}{'-pastaenden' if statements else ''}-klassificerad{ending}"
