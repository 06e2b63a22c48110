"""The beginning of a report: what it is and how it was made, and the portfolio in a few sentences."""

from __future__ import annotations

import pandas as pd

from classifier.portfolio.analysis import chain_profile, counted
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.figures.marks import LAST
from classifier.portfolio.report.review import INTENDED_USE, progress, to_review
from classifier.report.parts import Grid, Section
from classifier.report.wording import brief, count, decimal, listing, money, share
from classifier.taxonomy import load_scheme


def about(portfolio: Portfolio) -> Section:
    """What the report is, how it was made, how much of it people have looked at, and what it is meant for."""
    sizes = [count(len(portfolio.projects), "projekt", "projekt"), count(len(portfolio.statements), "påstående", "påståenden")]
    paragraphs = (
        f"Rapporten beskriver en portfölj med {listing(sizes)} ur projektens texter. Effektkedjeassistenten har läst texterna och "
        "föreslagit fokusområde, effektkedja, projekttyp, bransch, verktyg och syfte, och en plats i effektkedjan för varje påstående.",
        progress(portfolio.projects) if len(portfolio.projects) else "Portföljen har inga projekt.",
        INTENDED_USE,
    )
    made = [("Portfölj", portfolio.name), *portfolio.made.items()]
    rows = tuple((brief(str(name), 60), brief(str(value), 300)) for name, value in made)
    return Section("Om rapporten", paragraphs, (), (Grid("Så gjordes rapporten", ("Uppgift", "Värde"), rows),))


def summary(portfolio: Portfolio, assessed: pd.DataFrame) -> Section:
    """The portfolio in three to five sentences.

    Args:
        portfolio: the portfolio.
        assessed: ``evaluability.assess`` of it.
    """
    projects = portfolio.projects
    if projects.empty:
        return Section("Sammanfattning", ("Portföljen har inga projekt, så det finns inget att sammanfatta.",))
    sentences = [_extent(projects), _most_common(projects), _chains(portfolio), _evaluation(portfolio, assessed), _review(projects)]
    return Section("Sammanfattning", tuple(sentence for sentence in sentences if sentence))


def _extent(projects: pd.DataFrame) -> str:
    """Number, money, years and counties, of those that are known."""
    said = f"Portföljen har {count(len(projects), 'projekt', 'projekt')}"
    unknown = int(projects["belopp"].isna().sum())
    if unknown < len(projects):
        said += f" på sammanlagt {money(projects['belopp'].sum())}" + (f" (belopp saknas för {unknown})" if unknown else "")
    years = projects["år"].dropna()
    if len(years):
        first, last = int(years.min()), int(years.max())
        said += f" från {first}" if first == last else f" från {first} till {last}"
    counties = projects.loc[projects["län"].fillna("") != "", "län"].nunique()
    return said + (f", i {count(counties, 'län', 'län')}" if counties else "") + "."


def _most_common(projects: pd.DataFrame) -> str:
    said = []
    for field, words in (("fokusområde", "fokusområdet"), ("effektkedja", "effektkedjan")):
        known = counted(projects, [field])
        known = known[~known[field].isin(LAST)]
        if len(known):
            top = known.iloc[0]
            said.append(f"{words} {brief(top[field])}, {_of(top['antal'], len(projects))}")
    return f"Vanligast är {listing(said)}." if said else "Inget projekt har något förslag på fokusområde eller effektkedja."


def _chains(portfolio: Portfolio) -> str:
    """The columns with most and fewest statements, and the one that most projects lack."""
    profile = chain_profile(portfolio)
    if not profile["antal"].sum():
        return ""
    names = {column.code: column.name.lower() for column in load_scheme().columns}
    most, least = profile.iloc[profile["andel"].argmax()], profile.iloc[profile["andel"].argmin()]
    lacked = profile.iloc[profile["projekt_andel"].argmin()]
    return (
        f"Av påståendena i effektkedjan beskriver {share(most['andel'])} {names[most['kolumn']]} och {share(least['andel'])} "
        f"{names[least['kolumn']]}; {_of(len(lacked['rader']), len(portfolio.projects))} saknar {names[lacked['kolumn']]}."
    )


def _evaluation(portfolio: Portfolio, assessed: pd.DataFrame) -> str:
    if portfolio.statements.empty:
        return ""
    outcomes, targets = (int(assessed[name].sum()) for name in ("har_utfall", "har_mätbart_mål"))
    return (
        f"{_of(outcomes, len(assessed))} anger utfall och {_of(targets, len(assessed))} har ett mätbart mål; i genomsnitt finns "
        f"{decimal(assessed['utvärderbarhet'].mean())} av de fem delar som en utvärdering behöver."
    )


def _review(projects: pd.DataFrame) -> str:
    number = len(to_review(projects))
    return f"{_of(number, len(projects))} bör granskas av en människa." if number else "Inget projekt väntar på granskning."


def _of(number: int, total: int) -> str:
    """A number of projects and its share of all."""
    return f"{count(number, 'projekt', 'projekt')} ({share(number / total)})"
