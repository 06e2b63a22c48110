"""The projects of a portfolio as a table: filter, confirm, change, mark and undo, and open one as a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from classifier import portfolios
from classifier.decisions import CaseStatus
from classifier.portfolio.filters import CERTAINTIES, Filters, certainty, matching
from classifier.services import Services
from classifier.store.runs import Action, Run
from classifier.taxonomy import Field
from classifier.ui import frame, portfolio_data
from classifier.ui.case_view import NONE_OF_THESE, TITLES
from classifier.ui.markup import plain, shortened
from classifier.ui.words import count

SHOWN = 1_000
"""Rows drawn at once; actions reach all that are filtered."""
OPENABLE = 500
FILTERED = ("sakområde", "fokusområde", "effektkedja", "projekttyp", "bransch", "syfte", "län", "program", "år")
DONE = "portfolio-done"


def show(services: Services, run: Run) -> None:
    """Draw the view."""
    projects = portfolio_data.current(services, run).projects
    found = matching(projects, _filters(projects))
    st.write(f"**{count(len(found), 'projekt', 'projekt')}** av {count(len(projects), '', '').strip()} visas.")
    chosen = _table(found)
    _actions(services, run, [int(number) for number in (chosen if len(chosen) else found).index], selected=bool(len(chosen)))
    _open_one(services, run, chosen if len(chosen) else found)


def _filters(projects: pd.DataFrame) -> Filters:
    rows = None
    if led := st.session_state.get(portfolio_data.CHOSEN):
        rows, told = led
        left, right = st.columns([6, 1], vertical_alignment="center")
        left.info(f"Visar bara: {plain(told)}")
        right.button("Visa alla", width="stretch", on_click=_forget_rows)
    first, second, third = st.columns([3, 2, 2], vertical_alignment="bottom")
    words = first.text_input("Sök i id, titel och text", key="portfolj-sok", max_chars=100)
    sure = second.selectbox("Säkerhet", ["", *CERTAINTIES], format_func=lambda value: value.capitalize() or "Alla", key="portfolj-sakerhet")
    decided = third.selectbox(
        "Beslut",
        ["", CaseStatus.WAITING, CaseStatus.DRAFT, CaseStatus.CONFIRMED],
        format_func=lambda value: {"": "Alla", "väntar": "Ej granskade", "utkast": "Delvis granskade", "bekräftad": "Bekräftade"}[value],
        key="portfolj-beslut",
    )
    with st.expander("Fler filter"):
        labels = {}
        columns = st.columns(3)
        for number, name in enumerate(FILTERED):
            values = _values(projects[name])
            if len(values) > 1:
                labels[name] = columns[number % 3].multiselect(name.capitalize(), values, key=f"portfolj-{name}", placeholder="Alla")
        least, most, review = st.columns(3, vertical_alignment="bottom")
        has_amounts = bool(projects["belopp"].notna().any())
        low = least.number_input("Belopp från (kr)", min_value=0, value=None, step=100_000, key="portfolj-fran", disabled=not has_amounts)
        high = most.number_input("Belopp till (kr)", min_value=0, value=None, step=100_000, key="portfolj-till", disabled=not has_amounts)
        to_review = review.checkbox(
            "Bara att granska", key="portfolj-granska", help="Det som modellen tvekar om och det som någon har märkt."
        )
    return Filters(
        words, labels, low, most_amount=high, certainty=sure, decided=[decided] if decided else (), to_review=to_review, rows=rows
    )


def _table(found: pd.DataFrame) -> pd.DataFrame:
    """Draw the rows; gives those that are selected."""
    some = found.head(SHOWN)
    shown = pd.DataFrame(
        {
            "Rad": some.index + 1,
            "Id": some["id"],
            "Titel": [shortened(str(title), 120) for title in some["titel"]],
            "Fokusområde": some["fokusområde"],
            "Effektkedja": some["effektkedja"],
            "Säkerhet": certainty(some),
            "Beslut": some["beslut"],
            "Typ": some["projekttyp"],
            "Fokus %": some["fokusområde_sannolikhet"] * 100,
            "Kedja %": some["effektkedja_sannolikhet"] * 100,
            "Att granska": some["granska"] | some["märkt"],
            "Belopp": some["belopp"],
            "År": some["år"],
            "Län": some["län"],
            "Program": some["program"],
            "Status": some["status"],
        }
    )
    shown = shown.drop(columns=[name for name, column in (("Belopp", "belopp"), ("År", "år")) if some[column].isna().all()])
    shown = shown.drop(columns=[name for name in ("Län", "Program") if (shown[name] == "").all()])
    event = st.dataframe(
        shown,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="portfolj-tabell",
        height=min(36 * (len(shown) + 1) + 3, 520),
        column_config={
            "Fokus %": st.column_config.NumberColumn("Fokus %", format="%.0f", help="Hur säker modellen är på fokusområdet"),
            "Kedja %": st.column_config.NumberColumn("Kedja %", format="%.0f", help="Hur säker modellen är på effektkedjan"),
            "Belopp": st.column_config.NumberColumn("Belopp", format="localized"),
            "År": st.column_config.NumberColumn("År", format="%d"),
            "Id": st.column_config.TextColumn("Id", width=85),
            "Titel": st.column_config.TextColumn("Titel", width=220),
            "Fokusområde": st.column_config.TextColumn("Fokusområde", width=140),
            "Effektkedja": st.column_config.TextColumn("Effektkedja", width=170),
        },
    )
    if len(found) > SHOWN:
        st.caption(f"De {SHOWN} första raderna visas. Åtgärderna nedan gäller alla {len(found)}.")
    selected = event.selection.rows if event else []
    return some.iloc[[number for number in selected if number < len(some)]]


def _actions(services: Services, run: Run, numbers: Sequence[int], *, selected: bool) -> None:
    if action := st.session_state.pop(DONE, None):
        st.success(plain(action))
    by = str(st.session_state.get("signatur") or "")
    st.write(
        f"Gör med **{count(len(numbers), 'markerat projekt', 'markerade projekt') if selected else count(len(numbers), 'visat projekt', 'visade projekt')}**:"
    )
    confirm, change, mark, unmark = st.columns(4, vertical_alignment="center")
    with confirm.popover("Bekräfta", width="stretch", disabled=not numbers):
        st.write(f"Förslagen för {count(len(numbers), 'projekt', 'projekt')} bekräftas så som de står i tabellen. Du kan ångra.")
        st.button(
            "Ja, bekräfta", key="bekrafta-alla", type="primary", on_click=_do, args=(lambda: services.runs.confirm(run.id, numbers, by),)
        )
    with change.popover("Ändra", width="stretch", disabled=not numbers):
        _ask_for_change(services, run, numbers, by)
    mark.button(
        "Märk för granskning",
        width="stretch",
        disabled=not numbers,
        on_click=_do,
        args=(lambda: services.runs.mark(run.id, numbers, True, by),),
    )
    unmark.button(
        "Ta bort märkning",
        width="stretch",
        disabled=not numbers,
        on_click=_do,
        args=(lambda: services.runs.mark(run.id, numbers, False, by),),
    )
    for action in services.runs.actions(run.id, 1):
        st.button(f"Ångra: {plain(action.told)}", icon=":material/undo:", on_click=_undo, args=(services, action))


def _ask_for_change(services: Services, run: Run, numbers: Sequence[int], by: str) -> None:
    scheme = services.runs.scheme
    fields: list[Field] = list(Field)
    target = st.selectbox("Fält", fields, index=0, format_func=lambda name: TITLES[name], key="andra-falt")
    labels = list(scheme.ids(target))
    if target.is_multiple:
        values = st.multiselect(
            "Nytt värde", labels, format_func=lambda label: scheme.label(target, label).name, key=f"andra-{target}", placeholder="Inget"
        )
    else:
        value = st.selectbox(
            "Nytt värde",
            [*labels, NONE_OF_THESE],
            format_func=lambda label: label if label == NONE_OF_THESE else scheme.label(target, label).name,
            key=f"andra-{target}",
        )
        values = [] if value == NONE_OF_THESE else [value]
    st.button(
        f"Ändra {count(len(numbers), 'projekt', 'projekt')}",
        key="andra-alla",
        type="primary",
        on_click=_do,
        args=(lambda: services.runs.change(run.id, numbers, target, values, by),),
    )


def _open_one(services: Services, run: Run, found: pd.DataFrame) -> None:
    """One project as a case; a list beside the table, since a table that is drawn cannot be used with a screen reader."""
    some = found.head(OPENABLE)
    if not len(some):
        return
    titles = {
        int(number): f"Rad {number + 1}: {shortened(str(title) or str(own), 90)}"
        for number, title, own in zip(some.index, some["titel"], some["id"], strict=True)
    }
    left, right = st.columns([6, 2], vertical_alignment="bottom")
    number = left.selectbox("Öppna ett projekt som ärende", list(titles), format_func=titles.__getitem__, key="portfolj-oppna")
    if right.button("Öppna", width="stretch"):
        with frame.errors():
            case_id = portfolios.open_case(services, run, number)
            st.switch_page(frame.PAGES / "page_assistant.py", query_params={"arende": case_id})


def _do(act: Callable[[], Action]) -> None:
    with frame.errors():
        st.session_state[DONE] = f"{act().told}."


def _undo(services: Services, action: Action) -> None:
    with frame.errors():
        restored, left = services.runs.undo(action.id)
        told = f"Ångrat: {count(restored, 'rad', 'rader')} är som förut."
        st.session_state[DONE] = told + (f" {count(left, 'rad', 'rader')} har ändrats igen sedan dess och lämnades." if left else "")


def _forget_rows() -> None:
    st.session_state.pop(portfolio_data.CHOSEN, None)


def _values(column: pd.Series) -> list[str]:
    """The values of a column, in alphabetical order; years as whole numbers."""
    if len(column) and isinstance(column.iloc[0], tuple):
        return sorted({value for values in column for value in values})
    if column.dtype.kind == "f":
        return [str(int(year)) for year in sorted(column.dropna().unique())]
    return sorted(value for value in column.unique() if value)
