"""What a report is made of, before it becomes a web page or a Word document."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import altair as alt

from classifier.report.wording import printable, whole

MOST_ROWS = 50


@dataclass(frozen=True)
class Figure:
    """A picture with the caption under it and the words for those who cannot see it."""

    chart: alt.LayerChart
    caption: str
    description: str


@dataclass(frozen=True)
class Grid:
    """A table of texts. ``numeric`` names the columns that are set to the right; a cell may hold several lines."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it: first the paragraphs, then the pictures, then the tables."""

    heading: str
    paragraphs: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True)
class Report:
    """A whole report. All its texts are plain: whoever draws them escapes them."""

    title: str
    sections: tuple[Section, ...]


def bounded_grid(
    caption: str,
    columns: tuple[str, ...],
    rows: Iterable[tuple[str, ...]],
    numeric: tuple[str, ...] = (),
    most: int = MOST_ROWS,
    total: int = 0,
) -> Grid:
    """A table of at most so many rows, whose caption says when there are more.

    Args:
        caption: what it shows.
        columns: its heads.
        rows: its cells; what no file for people may hold is taken out of them.
        numeric: the columns that are set to the right.
        most: rows that are kept.
        total: how many rows there are, where not all of them are given.
    """
    every = list(rows)
    total = max(total, len(every))
    if total > most:
        caption += f" (de {most} första av {whole(total)})"
    return Grid(caption, columns, tuple(tuple(map(printable, row)) for row in every[:most]), numeric)
