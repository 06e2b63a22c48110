"""A portfolio beside another, one period beside another, and the model's labels beside those already in the file."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from classifier.portfolio.analysis import GROUPINGS
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.comparison import Comparison, agreement, between_years, compare, labels_in_file
from classifier.portfolio.figures import charts
from classifier.services import Services
from classifier.store.runs import Run, RunState
from classifier.taxonomy import Field
from classifier.ui import portfolio_data
from classifier.ui.case_view import TITLES
from classifier.ui.markup import plain, shortened
from classifier.ui.portfolio_figures import figure
from classifier.ui.words import count

OTHER, YEARS, LABELS = "Med en annan portfölj", "Två perioder", "Med klassificeringen i filen"
SHOWN = 50


def show(services: Services, run: Run) -> None:
    """Draw the view."""
    portfolio = portfolio_data.current(services, run)
    way = st.segmented_control("Jämför", [OTHER, YEARS, LABELS], default=OTHER, required=True, key="jamfor-med")
    if way == OTHER:
        _with_another(services, run, portfolio)
    elif way == YEARS:
        _two_periods(portfolio)
    else:
        _with_the_file(services, run, portfolio)


def _with_another(services: Services, run: Run, portfolio: Portfolio) -> None:
    others = {other.id: other for other in services.runs.all() if other.id != run.id and other.state is RunState.DONE}
    if not others:
        st.info("Det finns ingen annan färdig portfölj att jämföra med. Lägg till en först.")
        return
    chosen = st.selectbox("Jämför med", list(others), format_func=lambda other: others[other].name, key="jamfor-annan")
    _show_comparison(compare(portfolio, portfolio_data.current(services, others[chosen])))


def _two_periods(portfolio: Portfolio) -> None:
    years = sorted({int(year) for year in portfolio.projects["år"].dropna()})
    if len(years) < 2:
        st.info("Projekten har inte två olika år. Välj kolumnen med år eller datum när du lägger till portföljen.")
        return
    middle = years[(len(years) - 1) // 2]
    left, right = st.columns(2)
    first = left.slider("Första perioden", years[0], years[-1], (years[0], middle), key="period-1")
    second = right.slider("Andra perioden", years[0], years[-1], (min(middle + 1, years[-1]), years[-1]), key="period-2")
    _show_comparison(between_years(portfolio, range(first[0], first[1] + 1), range(second[0], second[1] + 1)))


def _show_comparison(found: Comparison) -> None:
    by = st.selectbox("Visa", list(found.tables), format_func=lambda name: GROUPINGS.get(name, name), key="jamfor-falt")
    table = found.tables[by]
    figure(
        "difference_chart",
        charts.difference_chart(table, found.names),
        table.rename(columns={"rader_första": "rader"}),
        ("värde",),
        told=found.names[0],
    )
    if not found.profile.empty:
        st.subheader("Effektkedjan", anchor=False)
        figure("profile_chart", charts.profile_chart(found.profile), found.profile, ("grupp", "kolumn"), told="saknar kolumnen")


def _with_the_file(services: Services, run: Run, portfolio: Portfolio) -> None:
    """How far the model agrees with labels that were in the file already."""
    left, right = st.columns(2)
    field = left.selectbox(
        "Fält", [name for name in Field if not name.is_multiple], format_func=lambda name: TITLES[name], key="facit-falt"
    )
    column = right.selectbox(
        "Kolumn i filen med klassificering", list(run.kept), index=None, placeholder="Välj en kolumn", key="facit-kolumn"
    )
    if column is None:
        st.write("Välj kolumnen där projekten redan är klassificerade, så visas hur väl modellen stämmer med den.")
        return
    labels, sakomraden = labels_in_file((item.entry.kept for item in services.runs.stream(run.id)), column)
    found = agreement(portfolio, field.swedish, labels, services.runs.scheme, sakomraden)
    if not found.compared:
        st.warning("Inget värde i kolumnen är ett värde i schemat. Välj en annan kolumn eller ett annat fält.")
    else:
        first, second, third = st.columns(3)
        first.metric("Jämförda projekt", found.compared)
        second.metric("Lika", f"{found.agreement:.0%}".replace("%", "\u00a0%"))
        third.metric("Cohens kappa", f"{found.kappa:.2f}".replace(".", ",") if not pd.isna(found.kappa) else "–")
        st.caption(
            "Där någon har beslutat jämförs beslutet, annars modellens förslag. Kappa är 1 när de alltid är lika och 0 när de inte är mer lika än slumpen ger."
        )
        st.subheader("Filens värde (rader) mot modellens (kolumner)", anchor=False)
        st.table(found.confusion)
        st.subheader(f"Olika: {count(len(found.disagreements), 'projekt', 'projekt')}", anchor=False)
        st.write("De säkraste förslagen först, eftersom de oftast pekar ut ett fel i någon av klassificeringarna.")
        st.table(
            [
                {
                    "Rad": str(number + 1),
                    "Projekt": plain(shortened(str(portfolio.projects.at[number, "titel"]), 80)),
                    "Filen": plain(labels[number]),
                    "Modellen": str(portfolio.projects.at[number, field.swedish]),
                }
                for number in found.disagreements[:SHOWN]
            ],
            hide_index=True,
        )
        st.button(
            "Visa dem bland projekten",
            disabled=not found.disagreements,
            on_click=portfolio_data.lead_to,
            args=(found.disagreements, "projekt där modellen och filen är olika"),
        )
    if found.unknown:
        shown = ", ".join(f"{plain(shortened(value, 40))} ({number})" for value, number in found.unknown.most_common(10))
        st.info(f"Värden i kolumnen som inte finns i schemat: {shown}")
