"""Bringing in a portfolio: upload a table, say which column holds what, start."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from classifier import portfolios
from classifier.assistant import Tier
from classifier.errors import EffektkedjaError
from classifier.portfolio.engine import FAST_FROM
from classifier.portfolio.exchange import PROJECT_SHEET, is_ours
from classifier.portfolio.facts import FactColumns, facts_of
from classifier.portfolios import Upload
from classifier.services import Services
from classifier.store.runs import RunColumns
from classifier.text.tables import TABLE_ENDINGS, TableStream, open_table
from classifier.ui import frame
from classifier.ui.markup import plain, shortened
from classifier.ui.words import count, kronor

UPLOAD = "uppladdning"
PREVIEWED = 5
NONE = "(finns inte)"
TIERS = {"": "Automatiskt", Tier.ACCURATE: "Noggrann", Tier.FAST: "Snabb"}


def show(services: Services) -> None:
    """Ask for a file, then for what is in it."""
    upload: Upload | None = st.session_state.get(UPLOAD)
    if upload is None:
        _ask_for_file()
        return
    try:
        table = _opened(str(upload.path), upload.source)
    except EffektkedjaError as error:
        st.error(str(error))
        st.button("Välj en annan fil", on_click=_discard)
        return
    st.header(plain(upload.source), anchor=False)
    st.write(f"Filen har {count(table.length, 'rad', 'rader')} och {count(len(table.columns), 'kolumn', 'kolumner')}.")
    for note in table.notes:
        st.info(plain(note))
    if not table.length:
        st.error("Tabellen har inga rader under rubrikraden. Kontrollera filen och välj den på nytt.")
        st.button("Välj en annan fil", on_click=_discard)
    elif is_ours(table.columns):
        _ask_to_restore(services, upload)
    else:
        _ask_for_columns(services, upload, table)


def _ask_for_file() -> None:
    st.write(
        "Lägg till en tabell med en rad per projekt. Varje projekt klassificeras, och du kan sedan granska, räkna, jämföra och hämta rapporter. "
        "Arbetet fortsätter på servern även om du stänger webbläsaren."
    )
    file = st.file_uploader(
        "Tabell med projekt (.csv, .xlsx, .jsonl)",
        type=[ending.removeprefix(".") for ending in TABLE_ENDINGS],
        key="portfoljfil",
        help="Större filer än gränsen körs på servern med kommandot effektkedja classify.",
    )
    if file is not None:
        with frame.errors():
            st.session_state[UPLOAD] = portfolios.receive(file.getvalue(), file.name)
            st.rerun()


def _ask_to_restore(services: Services, upload: Upload) -> None:
    st.write("Filen är skriven av Effektkedjeassistenten. Den läses in som den är, med förslag och beslut, utan att klassificeras på nytt.")
    name = st.text_input("Namn på portföljen", Path(upload.source).stem, max_chars=100)
    left, right, _ = st.columns([2, 2, 4])
    if left.button("Läs in", type="primary", width="stretch"):
        with frame.errors(), st.spinner("Läser in …"):
            _started(portfolios.restore(services, upload, name))
    right.button("Välj en annan fil", width="stretch", on_click=_discard)


def _ask_for_columns(services: Services, upload: Upload, table: TableStream) -> None:
    guess = portfolios.guessed(table)
    st.subheader("Vilken kolumn är vad?", anchor=False)
    st.write("Gissningarna kommer ur rubrikerna. Ändra det som är fel. Bara texten behövs; resten gör översikterna bättre.")
    first, second, third, fourth = st.columns(4)
    with first:
        text = st.selectbox("Projektets text", table.columns, table.columns.index(guess.text), key="kolumn-text")
        identity = _optional("Id eller diarienummer", table, guess.id)
    with second:
        title = _optional("Titel", table, guess.title)
        amount = _optional("Belopp i kronor", table, guess.facts.amount)
    with third:
        year = _optional("År eller datum", table, guess.facts.year)
        county = _optional("Län", table, guess.facts.county)
    with fourth:
        programme = _optional("Program", table, guess.facts.programme)
        tier = st.selectbox(
            "Läsning",
            list(TIERS),
            format_func=lambda key: TIERS[key],
            help=f"Noggrann läser varje påstående två gånger. Snabb läser en gång och är dubbelt så snabb, med nästan samma säkerhet. "
            f"Automatiskt väljer snabb från {FAST_FROM} projekt.",
        )
    columns = RunColumns(text, title, identity, FactColumns(amount, year, county, programme))
    _preview(table, columns)
    name = st.text_input("Namn på portföljen", Path(upload.source).stem, max_chars=100)
    left, right, _ = st.columns([2, 2, 4])
    if left.button("Starta", type="primary", width="stretch"):
        with frame.errors():
            _started(portfolios.begin(services, upload, table, columns, name, Tier(tier) if tier else None))
    right.button("Välj en annan fil", width="stretch", on_click=_discard)


def _optional(title: str, table: TableStream, guess: str | None) -> str | None:
    options = [NONE, *table.columns]
    chosen = st.selectbox(title, options, options.index(guess) if guess else 0, key=f"kolumn-{title}")
    return None if chosen == NONE else chosen


def _preview(table: TableStream, columns: RunColumns) -> None:
    """The first rows as they will be read."""
    rows = []
    for _, row in zip(range(PREVIEWED), table.rows(), strict=False):
        facts = facts_of(row, columns.facts)
        rows.append(
            {
                "Id": _cell(row, columns.id),
                "Titel": _cell(row, columns.title),
                "Text": _cell(row, columns.text),
                "Belopp": "–" if facts.amount is None else kronor(facts.amount),
                "År": str(facts.year or "–"),
                "Län": facts.county or "–",
                "Program": plain(shortened(facts.programme)) or "–",
            }
        )
    st.caption(f"De första {len(rows)} raderna, så som de läses")
    st.table(rows, hide_index=True)


def _cell(row: dict[str, object], column: str | None) -> str:
    return plain(shortened(str(row.get(column) or ""), 160)) or "–" if column else "–"


@st.cache_resource(max_entries=4, show_spinner="Läser igenom filen …")
def _opened(path: str, source: str) -> TableStream:
    """Look a file through once; a workbook of everything is known by its sheet of projects."""
    if path.endswith(".xlsx"):
        try:
            table = open_table(Path(path), source, PROJECT_SHEET)
        except EffektkedjaError:
            pass
        else:
            if is_ours(table.columns):
                return table
    return open_table(Path(path), source)


def _started(run_id: str) -> None:
    st.session_state.pop(UPLOAD, None)
    st.query_params["portfolj"] = run_id
    st.rerun()


def _discard() -> None:
    upload = st.session_state.pop(UPLOAD, None)
    if upload is not None:
        portfolios.discard(upload)
