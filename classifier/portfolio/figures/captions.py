"""What each picture shows, in words: for those who cannot see it, and for a check of what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from classifier.portfolio.figures.marks import LAST, largest_first
from classifier.report.wording import brief, count, decimal, listing, share
from classifier.taxonomy import load_scheme

MOST_NAMED = 3


def heat_map(table: pd.DataFrame) -> str:
    """The fokusområde and effektkedja that most projects share."""
    top = table.sort_values("antal", ascending=False, kind="stable").iloc[0]
    return (
        f"Rutnät med {count(table['fokusområde'].nunique(), 'fokusområde', 'fokusområden')} och "
        f"{count(table['effektkedja'].nunique(), 'effektkedja', 'effektkedjor')}. Flest projekt, {_of_all(table, top['antal'])}, har "
        f"{_quoted(top['fokusområde'])} och {_quoted(top['effektkedja'])}."
    )


def time_chart(table: pd.DataFrame) -> str:
    """The years, the year with most projects, and the most common value."""
    by = next(name for name in table.columns if name not in ("år", "antal", "belopp", "rader"))
    years = table.groupby("år")["antal"].sum()
    common = largest_first(table, by)[0]
    return (
        f"Staplar med antal projekt per år {_span(years.index.min(), years.index.max())}, en rad för varje {by}. "
        f"Flest projekt är från {years.idxmax()}: {count(years.max(), 'projekt', 'projekt')}. "
        f"Vanligast är {_quoted(common)} med {count(table.loc[table[by] == common, 'antal'].sum(), 'projekt', 'projekt')}."
    )


def county_map(table: pd.DataFrame) -> str:
    """The counties with most projects, and how many have none."""
    known = table[~table["län"].isin(LAST)].sort_values("antal", ascending=False, kind="stable")
    most = [f"{row['län']} ({row['antal']})" for _, row in known.head(MOST_NAMED).iterrows() if row["antal"]]
    without = int((known["antal"] == 0).sum())
    unknown = int(table.loc[table["län"].isin(LAST), "antal"].sum())
    said = f"Karta över Sveriges län med antal projekt i varje. Flest har {listing(most)}." if most else "Karta utan projekt i något län."
    said += f" {count(without, 'län', 'län')} har inget projekt." if without else ""
    return said + (f" {count(unknown, 'projekt', 'projekt')} har inget känt län och syns inte på kartan." if unknown else "")


def profile_chart(profile: pd.DataFrame) -> str:
    """The columns with the largest and the smallest share of the statements."""
    sums = profile.groupby("kolumn", sort=False)["antal"].sum().sort_values(kind="stable")
    scheme = load_scheme()
    least, most = (scheme.column(str(code)).name.lower() for code in (sums.index[0], sums.index[-1]))
    groups = profile["grupp"].nunique()
    each = "En stapel" if groups == 1 else f"{groups} staplar, en för varje grupp,"
    return (
        f"{each} med påståendenas fördelning på effektkedjans sex kolumner. Störst del står i {most} "
        f"({share(sums.max() / sums.sum())}), minst i {least} ({share(sums.min() / sums.sum())})."
    )


def flow_chart(flows: pd.DataFrame) -> str:
    """The widest band of each of the two steps."""
    said = "Flöden från fokusområde över effektkedja till syfte; ju bredare band, desto fler projekt."
    for led, words in ((0, "Bredast till vänster"), (1, "Bredast till höger")):
        step = flows[flows["led"] == led]
        if len(step):
            top = step.iloc[step["antal"].argmax()]
            said += f" {words}: {_quoted(top['från'])} till {_quoted(top['till'])} ({decimal(top['antal'], 0)} projekt)."
    return said


def evaluability_chart(groups: pd.DataFrame) -> str:
    """How many groups could share a theory of change, and where outcomes are stated least often."""
    able = groups.loc[groups["kan_dela_teori"].astype(bool), "grupp"].tolist()
    weakest = groups.iloc[groups["andel_utfall"].argmin()]
    return (
        f"Tabell med staplar för {count(len(groups), 'grupp', 'grupper')}: hur stor del av projekten som anger utfall, mätbara mål och "
        f"effekter, och hur lika projekten är. Utfall anges minst ofta i {_quoted(weakest['grupp'])} ({share(weakest['andel_utfall'])}). "
        f"{count(len(able), 'grupp', 'grupper')} kan dela förändringsteori{': ' + _enumerated(able) if able else ''}."
    )


def difference_chart(table: pd.DataFrame) -> str:
    """The value whose share differs most."""
    top = table.iloc[table["skillnad"].abs().argmax()]
    more = "större" if top["skillnad"] > 0 else "mindre"
    return (
        f"Två punkter för vart och ett av {count(len(table), 'värde', 'värden')}: andelen projekt i den första och den andra. "
        f"Mest skiljer {_quoted(top['värde'])}: {share(top['andel_första'])} i den första och {share(top['andel_andra'])} i den andra, "
        f"{decimal(abs(top['skillnad']))} procentenheter {more}."
    )


CAPTIONS: Mapping[str, Callable[[pd.DataFrame], str]] = {
    name.__name__: name for name in (heat_map, time_chart, county_map, profile_chart, flow_chart, evaluability_chart, difference_chart)
}
"""The name of a chart → what it shows."""


def _of_all(table: pd.DataFrame, number: int) -> str:
    return f"{number} av {table['antal'].sum()}"


def _span(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}–{last}"


def _quoted(name: str) -> str:
    return f"”{brief(str(name), 80)}”"


def _enumerated(names: list[str]) -> str:
    more = len(names) - MOST_NAMED
    shown = [_quoted(name) for name in names[:MOST_NAMED]]
    return listing([*shown, f"{more} till"] if more > 0 else shown)
