"""What every picture has in common: colours, fonts, axes, Swedish figures, and how a click stands out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from classifier.portfolio.analysis import GROUPINGS
from classifier.portfolio.figures.marks import HEADING, LABEL_START, LINE_HEIGHT, MOST_LINES

SELECTION = "val"
WIDTH = 720
"""Points across a whole picture, its labels included; the page stretches it."""
FONT = "'Source Sans', 'Segoe UI', Arial, 'Liberation Sans', sans-serif"
TEXT, MUTED, PRIMARY, BAR, LINE, PALE = "#1d2a31", "#4a5960", "#1b5e7b", "#3f86a6", "#c9d2d7", "#f4f6f7"
SHADES = ["#e9f2f6", "#74aec7"]
"""Few → many; the text's colour has a contrast of at least 5.9 against both ends."""
PADDING = 11
"""Points between a label and what it names."""
FAINT = 0.35
"""Opacity of what is not chosen."""
LOCALE: dict[str, Any] = {
    "number": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0kr"], "percent": "\u00a0%"}
}
WHOLE = ",.0f"
PROJECTS = alt.Tooltip("antal:Q", title="Projekt", format=WHOLE)
MONEY = alt.Tooltip("belopp:Q", title="Belopp", format="$,.0f")


def finished(description: str, height: float, *layers: alt.Chart) -> alt.LayerChart:
    """Lay charts over each other, and give them a size, a description and what all pictures have in common."""
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    sized = alt.LayerChart(layer=list(layers)).properties(width=WIDTH, height=height, description=description, autosize=fit)
    common = sized.configure(font=FONT, locale=LOCALE, aria=False, background="#ffffff", padding=6)
    # Vega gives marks a role but no name; what they show stands in the description and in the table beside the picture.
    common = common.configure_mark(aria=False)
    chart: alt.LayerChart = common.configure_view(stroke=None).configure_text(color=TEXT, lineBreak="\n", lineHeight=LINE_HEIGHT)
    return chart


def axis(**given: Any) -> alt.Axis:
    """An axis in the common style, with what is given changed."""
    style: dict[str, Any] = {
        "labelColor": TEXT,
        "labelFontSize": 13,
        "labelLimit": 0,
        "labelPadding": PADDING,
        "labelLineHeight": LINE_HEIGHT,
    }
    style |= {"titleColor": TEXT, "titleFontSize": 13, "titleFontWeight": "normal"}
    return alt.Axis(**(style | {"domain": False, "ticks": False, "grid": False, "gridColor": LINE} | given))


def lines(*, above: bool = False) -> dict[str, Any]:
    """How an axis writes labels made by ``marks.labels``, beside rows or above columns.

    Vega draws several lines downwards from the first, so the first is lifted: by half of the others, or by all of them.
    """
    heading = f"slice(datum.value, {LABEL_START - 1}, {LABEL_START}) == '{HEADING}'"
    style: dict[str, Any] = {
        "labelExpr": f"split(slice(datum.value, {LABEL_START}), '\\n')",
        "labelFontWeight": {"condition": {"test": heading, "value": 600}, "value": 400},
    }
    lifted, lift, first = ("labelPadding", LINE_HEIGHT, PADDING) if above else ("labelOffset", -LINE_HEIGHT / 2, 0)
    tests = [
        {"test": f"length(split(datum.value, '\\n')) == {number + 1}", "value": first + lift * number} for number in range(1, MOST_LINES)
    ]
    return style | {lifted: {"condition": tests, "value": first}}


def rows(field: str, order: Sequence[str], padding: float) -> alt.Y:
    """Rows in the order given, named by labels made by ``marks.labels``; ``padding`` is the part of a row left empty between them."""
    return alt.Y(f"{field}:N", title=None, axis=axis(**lines()), scale=alt.Scale(domain=list(order), padding=padding))


def height_of(order: Sequence[str], least: float) -> float:
    """Points of height for rows of at least so many each, or as many as the label with most lines takes."""
    most = max(label.count("\n") + 1 for label in order)
    return len(order) * max(least, LINE_HEIGHT * most + 4)


def tips(*columns: str) -> list[alt.Tooltip]:
    """What is shown of a mark that is pointed at: the values of its groupings, then its projects and its money."""
    return [*(alt.Tooltip(f"{column}:N", title=GROUPINGS[column]) for column in columns), PROJECTS, MONEY]


def shade(numbers: pd.Series) -> alt.Color:
    """Few light, many dark; by the root, so that one very common value does not make all others alike."""
    scale = alt.Scale(type="sqrt", domain=[0, max(int(numbers.max()), 1)], range=SHADES)
    return alt.Color("antal:Q", scale=scale, legend=None)


def legend(**given: Any) -> alt.Legend:
    """A legend above the picture, with what is given added."""
    return alt.Legend(title=None, orient="top", labelLimit=0, labelFontSize=13, labelColor=TEXT, symbolStrokeColor=MUTED, **given)


def selection(*fields: str) -> Any:
    """What a click chooses: the rows with the same values in these columns."""
    return alt.selection_point(name=SELECTION, fields=list(fields))


def standing_out(opacity: float) -> Any:
    """Full opacity for what is chosen, and for everything while nothing is."""
    return alt.condition(alt.param(SELECTION), alt.value(opacity), alt.value(opacity * FAINT))


def edge(colour: str) -> Any:
    """A dark edge around what is chosen, one of ``colour`` around the rest."""
    return alt.condition(_CHOSEN, alt.value(TEXT), alt.value(colour))


def edge_width() -> Any:
    """How wide :func:`edge` is."""
    return alt.condition(_CHOSEN, alt.value(2.5), alt.value(1))


_CHOSEN: Any = {"param": SELECTION, "empty": False}
