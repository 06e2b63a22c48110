"""What a report is made of, before it becomes a web page or a Word document."""

from __future__ import annotations

from dataclasses import dataclass

import altair as alt


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
