"""What the pictures of a portfolio have in common: what a pointer shows, shades of counts, and how a click stands out."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from classifier.portfolio.analysis import GROUPINGS
from classifier.report.pictures import SHADES, TEXT, WHOLE

SELECTION = "val"
FAINT = 0.35
"""Opacity of what is not chosen."""
PROJECTS = alt.Tooltip("antal:Q", title="Projekt", format=WHOLE)
MONEY = alt.Tooltip("belopp:Q", title="Belopp", format="$,.0f")


def tips(*columns: str) -> list[alt.Tooltip]:
    """What is shown of a mark that is pointed at: the values of its groupings, then its projects and its money."""
    return [*(alt.Tooltip(f"{column}:N", title=GROUPINGS[column]) for column in columns), PROJECTS, MONEY]


def shade(numbers: pd.Series) -> alt.Color:
    """Few light, many dark; by the root, so that one very common value does not make all others alike."""
    scale = alt.Scale(type="sqrt", domain=[0, max(int(numbers.max()), 1)], range=SHADES)
    return alt.Color("antal:Q", scale=scale, legend=None)


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
