"""What stands on a workbook's sheets beside the projects and statements themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from classifier.portfolio.analysis import GROUPINGS, counted
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.figures.marks import largest_first
from classifier.portfolio.report.review import INTENDED_USE, progress, to_review
from classifier.report.sheets import HEADING, NUMBER, PLAIN, SHARE, Line
from classifier.taxonomy import load_scheme

CROSSED = (("fokusområde", "effektkedja"), ("fokusområde", "år"), ("län", "sakområde"))
"""Pairs that are crossed: rows and columns."""
MOST_LINES = 1000
REVIEW_COLUMNS = (
    "id",
    "titel",
    "säkerhet",
    "fokusområde",
    "fokusområde_sannolikhet",
    "effektkedja",
    "effektkedja_sannolikhet",
    "beslut",
    "status",
)
SHEETS = {
    "Projekt": "En rad för varje projekt i filen, med förslag och beslut.",
    "Påståenden": "En rad för varje påstående, med dess kolumn i effektkedjan och sannolikheten för varje kolumn.",
    "Korstabeller": "Antal projekt och belopp per värde, och värden korsade med varandra.",
    "Att granska": "De projekt som en människa bör titta på, de osäkraste först.",
}


def cross_tables(projects: pd.DataFrame) -> Iterator[Line]:
    """The lines of the cross tables: counts and money by every grouping, then pairs of groupings crossed.

    Args:
        projects: as ``Portfolio.projects``.
    """
    if projects.empty:
        yield [("Portföljen har inga projekt.", PLAIN)]
        return
    for by, name in GROUPINGS.items():
        yield from _counts(projects, by, name)
    for rows, columns in CROSSED:
        yield from _crossed(counted(projects, [rows, columns]), rows, columns)


def review_rows(projects: pd.DataFrame) -> tuple[Sequence[str], Iterable[Mapping[str, Any]]]:
    """The columns and rows of what should be reviewed, the most uncertain first.

    Args:
        projects: as ``Portfolio.projects``.
    """
    table = to_review(projects).reindex(columns=list(REVIEW_COLUMNS)).round(4)
    return REVIEW_COLUMNS, (dict(zip(REVIEW_COLUMNS, row, strict=True)) for row in table.itertuples(index=False, name=None))


def how_made(portfolio: Portfolio) -> Iterator[Line]:
    """The lines that say how the workbook was made and how it should be read."""
    facts = {"Portfölj": portfolio.name, **portfolio.made, "Projekt": len(portfolio.projects), "Påståenden": len(portfolio.statements)}
    yield [("Så gjordes arbetsboken", HEADING), ("", HEADING)]
    yield from ([(name, PLAIN), (value, NUMBER if isinstance(value, int) else PLAIN)] for name, value in facts.items())
    yield [("Granskning", PLAIN), (progress(portfolio.projects) if len(portfolio.projects) else "Portföljen har inga projekt.", PLAIN)]
    yield [("Avsedd användning", PLAIN), (INTENDED_USE, PLAIN)]
    yield []
    yield [("Blad", HEADING), ("Innehåll", HEADING)]
    yield from ([(name, PLAIN), (words, PLAIN)] for name, words in SHEETS.items())
    yield []
    yield [("Kolumn i effektkedjan", HEADING), ("Betydelse", HEADING)]
    yield from ([(f"{column.code} {column.name}", PLAIN), (column.definition, PLAIN)] for column in load_scheme().columns)


def _counts(projects: pd.DataFrame, by: str, name: str) -> Iterator[Line]:
    table = counted(projects, [by])
    table = table.sort_values(by) if by == "år" else table
    yield [(text, HEADING) for text in (name, "Projekt", "Andel av projekten", "Belopp (kr)")]
    for value, number, amount in table[[by, "antal", "belopp"]].head(MOST_LINES).itertuples(index=False, name=None):
        yield [(value, PLAIN), (number, NUMBER), (number / len(projects), SHARE), (amount, NUMBER)]
    if len(table) > MOST_LINES:
        yield [(f"… och {len(table) - MOST_LINES} värden till", PLAIN)]
    yield []


def _crossed(table: pd.DataFrame, rows: str, columns: str) -> Iterator[Line]:
    grid = table.pivot_table(index=rows, columns=columns, values="antal", aggfunc="sum", fill_value=0)
    heads = sorted(grid.columns) if columns == "år" else largest_first(table, columns)
    yield [(f"{GROUPINGS[rows]} × {GROUPINGS[columns].lower()} (projekt)", HEADING), *((head, HEADING) for head in heads)]
    shown = grid.reindex(index=largest_first(table, rows)[:MOST_LINES], columns=heads)
    for name, *numbers in shown.itertuples(name=None):
        yield [(name, PLAIN), *((number, NUMBER) for number in numbers)]
    yield []
