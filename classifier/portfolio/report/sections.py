"""What a report says: a portfolio's sections, with every sentence computed from the data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd

from classifier.portfolio import analysis, evaluability, likeness
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.comparison import Comparison
from classifier.portfolio.figures import charts
from classifier.portfolio.figures.marks import LAST
from classifier.portfolio.report.review import to_review
from classifier.portfolio.report.summary import about, summary
from classifier.report.parts import MOST_ROWS, Figure, Grid, Report, Section, bounded_grid
from classifier.report.wording import NONE, brief, count, decimal, listing, money, share, whole
from classifier.taxonomy import load_scheme

MOST_VALUES = 15
MOST_STATEMENTS = 3
GROUPED_BY = "fokusområde"
"""What the pictures over time, of chains and of evaluability are grouped by."""
PICTURED = ("fokusområde", "effektkedja")
"""The groupings of a comparison that are drawn; all are written as tables."""
FACETS = ("projekttyp", "bransch", "verktyg", "syfte")
NO_PROJECTS = "Portföljen har inga projekt."


def compose(portfolio: Portfolio, compared: Comparison | None = None) -> Report:
    """The report about a portfolio.

    Args:
        portfolio: what the report is about.
        compared: a comparison that gets a section of its own.
    """
    assessed = evaluability.assess(portfolio)
    sections = [
        about(portfolio),
        summary(portfolio, assessed),
        _distribution(portfolio.projects),
        _over_time(portfolio.projects),
        _counties(portfolio.projects),
        _profile(portfolio),
        _flows(portfolio.projects),
        _evaluability(portfolio, assessed),
        _clusters(portfolio),
        _alike(portfolio.projects),
        _to_review(portfolio.projects),
    ]
    if compared is not None:
        sections.append(_comparison(compared))
    return Report(f"Portföljrapport: {brief(portfolio.name, 100)}", tuple(sections))


def _distribution(projects: pd.DataFrame) -> Section:
    heading = "Fördelning"
    table = analysis.counted(projects, ["sakområde", "fokusområde", "effektkedja"])
    if table.empty:
        return Section(heading, (NO_PROJECTS,))
    picture = _figure("heat_map", table, "Antal projekt per fokusområde och effektkedja. Inom parentes: summan för raden eller kolumnen.")
    rows = [
        (*(brief(row[name]) for name in ("sakområde", "fokusområde", "effektkedja")), *_counts(row, projects))
        for _, row in table.iterrows()
    ]
    columns = ("Sakområde", "Fokusområde", "Effektkedja", "Projekt", "Andel", "Belopp")
    grids = [bounded_grid("Projekt och belopp per sakområde, fokusområde och effektkedja", columns, rows, columns[3:])]
    grids += [_values(projects, by) for by in FACETS]
    several = "Ett projekt kan ha flera branscher, verktyg och syften och räknas då i vart och ett av dem."
    return Section(heading, (several,), (picture,), tuple(grids))


def _values(projects: pd.DataFrame, by: str) -> Grid:
    name = analysis.GROUPINGS[by]
    rows = [(brief(row[by]), *_counts(row, projects)) for _, row in analysis.counted(projects, [by]).iterrows()]
    columns = (name, "Projekt", "Andel", "Belopp")
    return bounded_grid(f"Projekt och belopp per {name.lower()}", columns, rows, columns[1:], MOST_VALUES)


def _over_time(projects: pd.DataFrame) -> Section:
    heading = "Över tid"
    table = analysis.over_time(projects, GROUPED_BY)
    if table.empty:
        return Section(heading, ("Inget projekt har något känt år.",))
    undated = len(projects) - int(table["antal"].sum())
    said = f"{count(undated, 'projekt', 'projekt')} har inget känt år och räknas inte här." if undated else ""
    picture = _figure("time_chart", table, "Antal projekt per år inom varje fokusområde.", GROUPED_BY)
    years = table.groupby("år")[["antal", "belopp"]].sum()
    rows = [(str(year), *_counts(row, projects)) for year, row in years.iterrows()]
    columns = ("År", "Projekt", "Andel", "Belopp")
    return Section(heading, (said,) if said else (), (picture,), (bounded_grid("Projekt och belopp per år", columns, rows, columns[1:]),))


def _counties(projects: pd.DataFrame) -> Section:
    heading = "Län"
    table = analysis.by_county(projects)
    if not table.loc[~table["län"].isin(LAST), "antal"].sum():
        return Section(heading, ("Inget projekt har något känt län.",))
    unknown = int(table.loc[table["län"].isin(LAST), "antal"].sum())
    said = f"{count(unknown, 'projekt', 'projekt')} har inget känt län, eller flera, och syns inte på kartan." if unknown else ""
    picture = _figure("county_map", table, "Antal projekt per län. Ju mörkare, desto fler.")
    rows = [(row["län"], *_counts(row, projects)) for _, row in table.iterrows()]
    columns = ("Län", "Projekt", "Andel", "Belopp")
    return Section(heading, (said,) if said else (), (picture,), (bounded_grid("Projekt och belopp per län", columns, rows, columns[1:]),))


def _profile(portfolio: Portfolio) -> Section:
    heading = "Effektkedjor"
    profile = analysis.chain_profile(portfolio)
    if not profile["antal"].sum():
        return Section(heading, ("Inget påstående är placerat i effektkedjan.",))
    said = (
        "Varje påstående räknas i sin viktigaste kolumn. Ett projekt har med en kolumn när minst ett påstående hör dit, också i andra hand."
    )
    pictures = (
        _figure("profile_chart", profile, "Hur påståendena fördelar sig på effektkedjans kolumner, hela portföljen."),
        _figure("profile_chart", analysis.chain_profile(portfolio, GROUPED_BY), "Samma fördelning inom varje fokusområde."),
    )
    names = {column.code: column.name for column in load_scheme().columns}
    rows = [
        (
            f"{row['kolumn']} {names[row['kolumn']]}",
            whole(row["antal"]),
            share(row["andel"]),
            share(row["projekt_andel"]),
            whole(len(row["rader"])),
        )
        for _, row in profile.iterrows()
    ]
    columns = ("Kolumn", "Påståenden", "Andel av påståendena", "Andel projekt med kolumnen", "Projekt utan kolumnen")
    return Section(heading, (said,), pictures, (bounded_grid("Effektkedjans kolumner i portföljen", columns, rows, columns[1:]),))


def _flows(projects: pd.DataFrame) -> Section:
    heading = "Flöden"
    table = analysis.flows(projects)
    if table.empty:
        return Section(heading, (NO_PROJECTS,))
    said = "Ett projekt med flera syften delas lika mellan dem, så att varje projekt räknas en gång."
    picture = _figure("flow_chart", table, "Från fokusområde (vänster) över effektkedja (mitten) till syfte (höger).")
    rows = [
        (brief(row["från"]), brief(row["till"]), decimal(row["antal"], 0 if row["led"] == 0 else 1), money(row["belopp"]))
        for _, row in table.sort_values(["led", "antal"], ascending=[True, False], kind="stable").iterrows()
    ]
    columns = ("Från", "Till", "Projekt", "Belopp")
    return Section(
        heading, (said,), (picture,), (bounded_grid("Flödena i bilden, de största först i varje steg", columns, rows, columns[2:]),)
    )


def _evaluability(portfolio: Portfolio, assessed: pd.DataFrame) -> Section:
    heading = "Utvärderbarhet"
    groups = evaluability.by_group(portfolio, GROUPED_BY, assessed)
    if groups.empty or portfolio.statements.empty:
        return Section(heading, ("Det finns inga påståenden att bedöma utvärderbarheten av.",))
    able = groups.loc[groups["kan_dela_teori"].astype(bool), "grupp"].tolist()
    said = (
        "Ett projekt går lättare att utvärdera när det anger aktiviteter, prestationer, utfall, effekter och minst ett mätbart mål. "
        f"Portföljens projekt anger i genomsnitt {decimal(assessed['utvärderbarhet'].mean())} av dessa fem.",
        f"Grupper som kan dela en förändringsteori: {listing([brief(name) for name in able])}. Det är en tumregel: gruppen är "
        "tillräckligt stor, dess projekt siktar på liknande resultat och anger vilka förändringar de vill nå.",
    )
    picture = _figure(
        "evaluability_chart", groups, "Andel av projekten i varje fokusområde, och hur lika de är. Antal projekt inom parentes."
    )
    lacking = assessed["brister"].explode().dropna().value_counts()
    missing = [(str(name), whole(number), share(number / len(assessed))) for name, number in lacking.items()]
    columns = ("Grupp", "Projekt", "Anger utfall", "Mätbara mål", "Anger effekter", "Lika indikatorer", "Lika resultat", "Kan dela teori")
    measures = ("andel_utfall", "andel_mätbara", "andel_effekter", "likhet_indikatorer", "likhet_resultat")
    rows = [
        (brief(row["grupp"]), whole(row["antal"]), *(share(row[name]) for name in measures), "Ja" if row["kan_dela_teori"] else "Nej")
        for _, row in groups.iterrows()
    ]
    grids = (
        bounded_grid("Vad projekten saknar", ("Saknas", "Projekt", "Andel"), missing, ("Projekt", "Andel")),
        bounded_grid("Utvärderbarhet per fokusområde", columns, rows, columns[1:-1]),
    )
    return Section(heading, said, (picture,), tuple(grid for grid in grids if grid.rows))


def _clusters(portfolio: Portfolio) -> Section:
    heading = "Kluster"
    found = likeness.clusters(portfolio)
    if not found:
        return Section(heading, ("Det finns för få texter för att söka efter kluster.",))
    said = "Projekt vars texter liknar varandra. Namnet är de ord som utmärker klustret; påståendena är typiska för det."
    rows = [
        (brief(item.name), whole(len(item.rader)), "\n".join(f"• {brief(text, 200)}" for text in item.statements[:MOST_STATEMENTS]))
        for item in found
    ]
    return Section(
        heading, (said,), (), (bounded_grid("Kluster, de största först", ("Kluster", "Projekt", "Typiska påståenden"), rows, ("Projekt",)),)
    )


def _alike(projects: pd.DataFrame) -> Section:
    heading = "Möjliga dubbletter och fortsättningar"
    copies, followers = likeness.duplicates(projects), likeness.continuations(projects)
    if not copies and not followers:
        return Section(heading, ("Inga möjliga dubbletter eller fortsättningar hittades.",))
    said = "De här projekten liknar varandra så mycket att någon bör titta på dem. Inget projekt är borttaget."
    grids = (
        _pairs("Möjliga dubbletter", ("Projekt", "Möjlig dubblett"), projects, copies),
        _pairs("Möjliga fortsättningar", ("Tidigare projekt", "Möjlig fortsättning"), projects, followers),
    )
    return Section(heading, (said,), (), tuple(grid for grid in grids if grid.rows))


def _pairs(caption: str, ends: tuple[str, str], projects: pd.DataFrame, pairs: Sequence[likeness.Pair]) -> Grid:
    rows = [
        (_project(projects, pair.first), _project(projects, pair.second), share(pair.likeness), brief(pair.reason))
        for pair in pairs[:MOST_ROWS]
    ]
    return bounded_grid(caption, (*ends, "Likhet", "Skäl"), rows, ("Likhet",), total=len(pairs))


def _to_review(projects: pd.DataFrame) -> Section:
    heading = "Att granska"
    table = to_review(projects)
    if table.empty:
        return Section(heading, ("Inget projekt väntar på granskning." if len(projects) else NO_PROJECTS,))
    said = f"{count(len(table), 'projekt', 'projekt')} bör granskas av en människa, för att förslaget är osäkert eller saknas."
    rows = [
        (
            _project(projects, number),
            brief(row["fokusområde"]) or NONE,
            brief(row["effektkedja"]) or NONE,
            share(row["säkerhet"]),
            brief(row["status"] if row["beslut"] == "väntar" else row["beslut"]),
        )
        for number, row in table.head(MOST_ROWS).iterrows()
    ]
    columns = ("Projekt", "Fokusområde", "Effektkedja", "Säkerhet", "Status")
    return Section(heading, (said,), (), (bounded_grid("Att granska, de osäkraste först", columns, rows, ("Säkerhet",), total=len(table)),))


def _comparison(compared: Comparison) -> Section:
    first, second = (brief(name, 60) for name in compared.names)
    said = f"{first} jämförs med {second}. Skillnaden är den andra minus den första, i procentenheter."
    tables = {by: table for by, table in compared.tables.items() if len(table)}
    pictures = [
        _figure("difference_chart", tables[by], f"Andel projekt per {analysis.GROUPINGS[by].lower()} i de två.", (first, second))
        for by in PICTURED
        if by in tables
    ]
    if compared.profile["antal"].sum():
        pictures.append(_figure("profile_chart", compared.profile, "Hur påståendena fördelar sig på effektkedjans kolumner i de två."))
    return Section("Jämförelse", (said,), tuple(pictures), tuple(_differences(by, table, first, second) for by, table in tables.items()))


def _differences(by: str, table: pd.DataFrame, first: str, second: str) -> Grid:
    rows = [
        (
            brief(str(row["värde"])),
            whole(row["antal_första"]),
            share(row["andel_första"]),
            whole(row["antal_andra"]),
            share(row["andel_andra"]),
            decimal(row["skillnad"]),
        )
        for _, row in table.head(MOST_VALUES).iterrows()
    ]
    name = analysis.GROUPINGS[by]
    columns = (name, f"Projekt, {first}", "Andel (första)", f"Projekt, {second}", "Andel (andra)", "Skillnad")
    return bounded_grid(f"{name} i de två", columns, rows, columns[1:], MOST_VALUES, len(table))


def _figure(name: str, table: pd.DataFrame, caption: str, *more: Any) -> Figure:
    return Figure(getattr(charts, name)(table, *more), caption, charts.described(name, table))


def _counts(row: pd.Series, projects: pd.DataFrame) -> tuple[str, str, str]:
    """The number of a row, its share of all projects, and its money when any is known."""
    known = projects["belopp"].notna().any()
    return whole(row["antal"]), share(row["antal"] / max(len(projects), 1)), money(row["belopp"]) if known else NONE


def _project(projects: pd.DataFrame, number: Any) -> str:
    """A project as it is named in tables: its id and its title."""
    row = projects.loc[number]
    return brief(f"{row['id']} {row['titel']}", 110)
