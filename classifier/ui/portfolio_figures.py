"""What a portfolio consists of, in pictures and tables that lead to its projects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from classifier.decisions import CaseStatus
from classifier.portfolio.analysis import GROUPINGS, by_county, chain_profile, counted, flows, over_time
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.evaluability import assess, by_group
from classifier.portfolio.figures import charts
from classifier.portfolio.likeness import Cluster, Pair, clusters, continuations, duplicates
from classifier.services import Services
from classifier.store.runs import Run
from classifier.ui import portfolio_data
from classifier.ui.markup import plain, reasons, shortened
from classifier.ui.words import count, kronor

SHOWN = 50
"""Rows of a table drawn under a figure."""
LACKING_SHOWN = 20
PAIRS_SHOWN = 30
CROSSED = ("sakområde", "fokusområde", "effektkedja")


def show_overview(services: Services, run: Run) -> None:
    """Counts and money by label, over time and by county, and where the projects go."""
    projects = portfolio_data.current(services, run).projects
    _key_figures(projects)
    st.header("Sakområde, fokusområde och effektkedja", anchor=False)
    crossed = counted(projects, CROSSED)
    figure("heat_map", charts.heat_map(crossed), crossed, CROSSED)
    st.header("Över tid", anchor=False)
    by = _grouping("Dela upp efter", "tid", [name for name in GROUPINGS if name != "år"])
    years = over_time(projects, by)
    if years.empty:
        st.info("Inget projekt har något år. Välj kolumnen med år eller datum när du lägger till portföljen.")
    else:
        figure("time_chart", charts.time_chart(years, by), years, ("år", by))
    st.header("Län", anchor=False)
    counties = by_county(projects)
    if (projects["län"] == "").all():
        st.info("Inget projekt har något län. Välj kolumnen med län när du lägger till portföljen.")
    else:
        figure("county_map", charts.county_map(counties), counties[counties["antal"] > 0], ("län",))
        st.caption("Kartunderlag: Natural Earth.")
    st.header("Från fokusområde över effektkedja till syfte", anchor=False)
    links = flows(projects)
    figure("flow_chart", charts.flow_chart(links), links, ("led", "från", "till"))


def _key_figures(projects: pd.DataFrame) -> None:
    doubtful = projects["granska"] | projects["märkt"]
    confirmed = projects["beslut"] == CaseStatus.CONFIRMED
    number, money, review, decided = st.columns(4)
    number.metric("Projekt", count(len(projects), "", "").strip())
    total = f"{projects['belopp'].sum() / 1e6:,.1f}".replace(",", "\u00a0").replace(".", ",") if projects["belopp"].notna().any() else "–"
    money.metric("Belopp i miljoner kronor", total)
    review.metric("Att granska", count(int(doubtful.sum()), "", "").strip())
    decided.metric("Bekräftade", count(int(confirmed.sum()), "", "").strip())


def show_chain(services: Services, run: Run) -> None:
    """How much is said in each column of the effect chain."""
    portfolio = portfolio_data.current(services, run)
    st.header("Hur mycket sägs i varje kolumn?", anchor=False)
    by = _grouping("Dela upp efter", "kedja", list(GROUPINGS), whole="Hela portföljen")
    profile = chain_profile(portfolio, by)
    st.write("Klicka på en del av en stapel för att se de projekt i gruppen som **saknar** kolumnen.")
    figure("profile_chart", charts.profile_chart(profile), profile, ("grupp", "kolumn"), told="saknar kolumnen")


def show_evaluability(services: Services, run: Run) -> None:
    """How well the portfolio can be evaluated as a whole, and what each project lacks."""
    portfolio = portfolio_data.current(services, run)
    found = assess(portfolio)
    st.header("Går portföljen att utvärdera samlat?", anchor=False)
    judged = portfolio.projects["sakområde"] != ""
    if not judged.any():
        st.info("Inget projekt i portföljen har kunnat bedömas.")
        return
    places = st.columns(4)
    for place, (column, title) in zip(
        places,
        {
            "har_prestationer": "Prestationer",
            "har_utfall": "Utfall",
            "har_effekter": "Samhällseffekter",
            "har_mätbart_mål": "Mätbara mål",
        }.items(),
        strict=True,
    ):
        place.metric(f"{title} finns i", f"{found.loc[judged, column].mean():.0%}".replace("%", "\u00a0%"))
        missing = found.index[judged & ~found[column]].tolist()
        place.button(
            f"Visa de {len(missing)} som saknar",
            key=f"saknar-{column}",
            disabled=not missing,
            width="stretch",
            on_click=portfolio_data.lead_to,
            args=(missing, f"projekt som saknar {title.lower()}"),
        )
    by = _grouping("Jämför grupper efter", "utv", list(GROUPINGS))
    groups = by_group(portfolio, by, found)
    figure("evaluability_chart", charts.evaluability_chart(groups), groups, ("grupp",))
    st.caption(
        "Likhet i indikatorer: hur stor del av sina indikatortyper två projekt i gruppen delar i snitt. Likhet i resultat: hur lika projektens "
        "resultatkedjor är. En grupp kan dela förändringsteori när den är stor nog, lik i resultat och de flesta anger utfall; det är en tumregel."
    )
    st.subheader("Vad saknas i vilket projekt?", anchor=False)
    lacking = found[judged.to_numpy() & (found["brister"].str.len() > 0).to_numpy()].sort_values("utvärderbarhet")
    st.table(
        [
            {"Projekt": _numbered(portfolio.projects, number), "Saknas": ", ".join(lacks)}
            for number, lacks in zip(lacking.index[:LACKING_SHOWN].tolist(), lacking["brister"], strict=False)
        ],
        hide_index=True,
    )
    if len(lacking) > LACKING_SHOWN:
        st.caption(f"De {LACKING_SHOWN} med störst brister visas. Alla {len(lacking)} finns i rapporten och arbetsboken under Hämta.")


def show_likeness(services: Services, run: Run) -> None:
    """Groups of similar projects, possible duplicates and continuations."""
    portfolio = portfolio_data.current(services, run)
    groups, doubles, follow_ups = _likeness(portfolio, run.id, services.runs.version(run.id))
    st.header("Grupper av liknande projekt", anchor=False)
    st.write("Grupperna bildas av orden i titlar och texter. Namnet är gruppens mest utmärkande ord, och meningarna de mest typiska.")
    if not groups:
        st.info("Portföljen är för liten för att delas in i grupper.")
    for number, group in enumerate(groups):
        with st.expander(f"{plain(group.name)} · {count(len(group.rader), 'projekt', 'projekt')}"):
            st.html(reasons(group.statements))
            st.button(
                "Visa projekten", key=f"grupp-{number}", on_click=portfolio_data.lead_to, args=(list(group.rader), f"gruppen {group.name}")
            )
    _pairs("Möjliga dubbletter", "Inga dubbletter hittades.", doubles, portfolio)
    _pairs("Möjliga fortsättningsprojekt", "Inga fortsättningsprojekt hittades.", follow_ups, portfolio)


def figure(name: str, chart: Any, table: pd.DataFrame, fields: Sequence[str], told: str = "") -> None:
    """Draw a chart whose clicks lead to projects, with the table it is made of beneath.

    Args:
        name: the chart's name in ``figures.charts``.
        chart: the chart.
        table: what it was made of, with the column ``rader``.
        fields: the columns that say which row of the table a click means.
        told: what the rows have in common beside the fields.
    """
    event = st.altair_chart(chart, on_select="rerun", selection_mode="val", key=f"figur-{name}", width="stretch", theme=None)
    picked = event.selection.get("val") if event else None
    if picked:
        _lead(table, fields, picked, name, told)
    st.caption(plain(charts.described(name, table)))
    with st.expander("Siffrorna som tabell"):
        st.table([_line(row, table.columns) for row in table.head(SHOWN).to_dict("records")], hide_index=True)
        if len(table) > SHOWN:
            st.caption(f"De {SHOWN} första av {len(table)} rader visas. Alla finns i arbetsboken under Hämta.")


def _lead(table: pd.DataFrame, fields: Sequence[str], picked: Sequence[dict[str, Any]], name: str, told: str) -> None:
    """A button to the projects behind what was clicked."""
    rows: list[int] = []
    names = []
    for choice in picked:
        known = [field for field in fields if field in choice and field in table.columns]
        fits = table
        for field in known:
            fits = fits[fits[field].astype(str) == str(choice[field])]
        rows += [number for row in fits["rader"] for number in row]
        names.append(" – ".join(str(choice[field]) for field in known if field != "led"))
    about = "; ".join(names) + (f" ({told})" if told else "")
    st.button(
        f"Visa {count(len(set(rows)), 'projekt', 'projekt')}: {plain(shortened(about, 90))}",
        key=f"visa-{name}",
        type="primary",
        disabled=not rows,
        on_click=portfolio_data.lead_to,
        args=(rows, about),
    )


def _line(row: Mapping[Any, Any], columns: Iterable[str]) -> dict[str, str]:
    return {column.capitalize().replace("_", " "): _written(column, row[column]) for column in columns if column not in ("rader", "led")}


def _written(column: str, value: Any) -> str:
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, float) and pd.isna(value):
        return "–"
    if column == "belopp":
        return kronor(value)
    if column.startswith(("andel", "projekt_andel", "likhet")):
        return f"{value:.0%}".replace("%", "\u00a0%")
    if isinstance(value, float):
        return f"{value:.1f}".replace(".", ",").removesuffix(",0")
    return plain(str(value))


def _grouping(title: str, key: str, names: Sequence[str], whole: str = "") -> Any:
    options = [None, *names] if whole else list(names)
    return st.selectbox(title, options, format_func=lambda name: whole if name is None else GROUPINGS[name], key=f"gruppera-{key}")


def _pairs(title: str, none: str, pairs: Sequence[Pair], portfolio: Portfolio) -> None:
    st.header(title, anchor=False)
    if not pairs:
        st.write(none)
        return
    named = partial(_numbered, portfolio.projects)
    st.table(
        [
            {
                "Projekt": named(pair.first),
                "Liknar": named(pair.second),
                "Varför": plain(pair.reason),
            }
            for pair in pairs[:PAIRS_SHOWN]
        ],
        hide_index=True,
    )
    rows = [number for pair in pairs for number in (pair.first, pair.second)]
    st.button(
        f"Visa alla {count(len(pairs), 'par', 'par')}", key=f"par-{title}", on_click=portfolio_data.lead_to, args=(rows, title.lower())
    )


def _numbered(projects: pd.DataFrame, number: int) -> str:
    return f"Rad {number + 1}: " + plain(shortened(str(projects.at[number, "titel"]) or "(utan titel)", 80))


@st.cache_resource(max_entries=2, show_spinner="Letar efter liknande projekt …")
def _likeness(_portfolio: Portfolio, run_id: str, version: str) -> tuple[list[Cluster], list[Pair], list[Pair]]:
    return clusters(_portfolio), duplicates(_portfolio.projects), continuations(_portfolio.projects)
