"""What a portfolio consists of: projects counted by their labels, over time and by county, their chains, and how they flow.

Every table says which projects it counts: ``rader`` lists their row numbers, the index of ``Portfolio.projects``, so that a page can
show them. A table of chosen rows can be counted too, as long as it keeps the index.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from classifier.chain import CHAIN_CODES
from classifier.portfolio.collection import SEVERAL_FIELDS, Portfolio
from classifier.portfolio.counties import COUNTIES

GROUPINGS: dict[str, str] = {
    "sakområde": "Sakområde",
    "fokusområde": "Fokusområde",
    "effektkedja": "Effektkedja",
    "projekttyp": "Projekttyp",
    "bransch": "Bransch",
    "verktyg": "Verktyg",
    "syfte": "Syfte",
    "län": "Län",
    "program": "Program",
    "år": "År",
}
"""The columns of ``projects`` that a portfolio can be grouped by, and their headings."""
UNKNOWN = "Okänt"
NONE_GIVEN = "Inget angivet"
WHOLE = "Hela portföljen"


def exploded(projects: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """One row for each project and combination of its values in some columns.

    Args:
        projects: as ``Portfolio.projects``; a column that is missing is taken as unknown for all.
        by: columns, keys of ``GROUPINGS``.

    Returns:
        Columns ``rad`` (the project's row number) and ``by``, all text. No value is empty: it says ``Okänt``, or
        ``Inget angivet`` for a field that a project need not have.
    """
    table = projects.reindex(columns=list(by)).rename_axis("rad")
    for column in by:
        table = table.explode(column) if column in SEVERAL_FIELDS else table
        table[column] = _named(table[column])
    return table.reset_index().drop_duplicates(ignore_index=True)


def members(projects: pd.DataFrame, by: str | None) -> dict[str, NDArray[np.intp]]:
    """The groups of a portfolio, largest first, then by name.

    Args:
        projects: as for :func:`exploded`.
        by: a key of ``GROUPINGS``, or ``None`` for one group of all.

    Returns:
        A group's name to the positions (not row numbers) of its projects.
    """
    if by is None:
        return {WHOLE: np.arange(len(projects))}
    table = exploded(projects, [by])
    positions = projects.index.get_indexer(pd.Index(table["rad"]))
    groups = {str(name): positions[places] for name, places in table.groupby(by).indices.items()}
    return dict(sorted(groups.items(), key=lambda group: (-len(group[1]), group[0])))


def counted(projects: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Count projects and money by one or several columns.

    Args:
        projects: as for :func:`exploded`.
        by: keys of ``GROUPINGS``. A project counts once in each of its values.

    Returns:
        One row for each combination that occurs, most projects first, then by name: ``by`` (text), ``antal``, ``belopp`` (kronor;
        an unknown sum counts as nothing) and ``rader``.
    """
    table = exploded(projects, by)
    table["belopp"] = _money(projects).reindex(table["rad"]).to_numpy()
    groups = table.groupby(list(by), sort=False)
    found = groups.agg(antal=("rad", "size"), belopp=("belopp", "sum"), rader=("rad", list)).reset_index()
    return found.sort_values(["antal", *by], ascending=[False, *(True for _ in by)], ignore_index=True)


def over_time(projects: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count projects by year and one more column.

    Args:
        projects: as for :func:`exploded`.
        by: a key of ``GROUPINGS``, not the year.

    Returns:
        As :func:`counted`, ``år`` as a whole number, by year; projects without a year are left out.
    """
    table = counted(projects, ["år", by])
    dated = table[table["år"] != UNKNOWN]
    return dated.assign(år=dated["år"].astype(int)).sort_values("år", kind="stable", ignore_index=True)


def by_county(projects: pd.DataFrame) -> pd.DataFrame:
    """Count projects in every county.

    Args:
        projects: as for :func:`exploded`.

    Returns:
        ``län``, ``antal``, ``belopp`` and ``rader``: the 21 counties in the order of ``COUNTIES``, those without projects
        too, and last ``Okänt`` when a project's county is unknown.
    """
    counties = projects.reindex(columns=["län", "belopp"])
    table = counted(counties.assign(län=counties["län"].where(counties["län"].isin(COUNTIES))), ["län"]).set_index("län")
    table = table.reindex([*COUNTIES, *table.index.intersection([UNKNOWN])])
    rows = table["rader"].map(lambda found: found if isinstance(found, list) else [])
    return table.assign(antal=table["antal"].fillna(0).astype(int), belopp=table["belopp"].fillna(0.0), rader=rows).reset_index()


def placed(portfolio: Portfolio) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """Where in the chain each project's statements stand.

    Returns:
        How many statements have each column as their main one, and whether any has it, main or not; both of shape
        (projects, 6), the columns in the order of ``CHAIN_CODES``. Statements of projects that are not there are left out.
    """
    projects, statements = portfolio.projects, portfolio.statements
    rows = projects.index.get_indexer(pd.Index(statements["projekt"]))
    main = pd.Index(CHAIN_CODES).get_indexer(pd.Index(statements["kolumn"]))
    cells = rows * len(CHAIN_CODES) + main
    shape = (len(projects), len(CHAIN_CODES))
    counts = np.bincount(cells[(rows >= 0) & (main >= 0)], minlength=shape[0] * shape[1]).reshape(shape)
    # a column set is one of a few: each is looked into once, whatever the number of statements
    kinds, sets = pd.factorize(statements["kolumner"])
    holds = np.array([[code in codes for code in CHAIN_CODES] for codes in sets], dtype=bool).reshape(-1, len(CHAIN_CODES))
    present = np.zeros(shape, dtype=bool)
    for number in range(len(CHAIN_CODES)):
        present[rows[holds[kinds, number] & (rows >= 0)], number] = True
    return counts, present


def chain_profile(portfolio: Portfolio, by: str | None = None) -> pd.DataFrame:
    """How a portfolio's statements spread over the columns of the chain.

    Args:
        portfolio: the portfolio.
        by: a key of ``GROUPINGS``, or ``None`` for the portfolio as a whole.

    Returns:
        Six rows a group, the largest group first, the columns in the order of the chain: ``grupp``, ``kolumn`` (code), ``andel``
        (of the group's statements within the chain, by their main column; 0 where there are none), ``projekt_andel`` (of the
        group's projects, those with a statement in the column, main or not), ``antal`` (statements) and ``rader`` (the
        projects that lack the column).
    """
    counts, present = placed(portfolio)
    rows = []
    for name, group in members(portfolio.projects, by).items():
        said = counts[group].sum(axis=0)
        for number, code in enumerate(CHAIN_CODES):
            lacking = group[~present[group, number]]
            share = 1 - len(lacking) / len(group) if len(group) else 0.0
            rows.append((name, code, said[number] / max(said.sum(), 1), share, said[number], portfolio.projects.index[lacking].tolist()))
    return pd.DataFrame(rows, columns=["grupp", "kolumn", "andel", "projekt_andel", "antal", "rader"])


def flows(projects: pd.DataFrame) -> pd.DataFrame:
    """How projects flow from fokusområde over effektkedja to syfte.

    Args:
        projects: as for :func:`exploded`.

    Returns:
        One row a link: ``led`` (0 from fokusområde to effektkedja, 1 from effektkedja to syfte), ``från``, ``till``, ``antal`` and
        ``belopp`` (a project with n syften counts as 1/n on each, so that both sums are the same in both steps), and ``rader``.
    """
    steps = []
    for number, pair in enumerate((["fokusområde", "effektkedja"], ["effektkedja", "syfte"])):
        table = exploded(projects, pair).set_axis(["rad", "från", "till"], axis=1)
        table["antal"] = 1 / table.groupby("rad")["rad"].transform("size")
        table["belopp"] = _money(projects).reindex(table["rad"]).to_numpy() * table["antal"]
        groups = table.groupby(["från", "till"], sort=False)
        found = groups.agg(antal=("antal", "sum"), belopp=("belopp", "sum"), rader=("rad", list)).reset_index()
        found.insert(0, "led", number)
        steps.append(found.sort_values(["antal", "från", "till"], ascending=[False, True, True]))
    return pd.concat(steps, ignore_index=True)


def _named(values: pd.Series) -> pd.Series:
    """A column's values as names, none of them empty."""
    missing = NONE_GIVEN if values.name in SEVERAL_FIELDS else UNKNOWN
    if values.name == "år":
        values = pd.to_numeric(values, errors="coerce").replace([np.inf, -np.inf], np.nan).round().astype("Int64")
    names = values.astype(object).where(values.notna(), "").astype(str).str.strip()
    return names.where(names != "", missing)


def _money(projects: pd.DataFrame) -> pd.Series:
    return projects.reindex(columns=["belopp"])["belopp"].astype(float).fillna(0.0)
