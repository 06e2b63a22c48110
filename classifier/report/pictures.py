"""What every picture has in common: colours, fonts, axes, labels, Swedish figures, and how it becomes an SVG or PNG file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import altair as alt
import numpy as np
import vl_convert

from classifier.report.wording import whole, wrapped

WIDTH = 720
"""Points across a whole picture, its labels included; the page stretches it."""
FONT = "'Source Sans', 'Segoe UI', Arial, 'Liberation Sans', sans-serif"
TEXT, MUTED, PRIMARY, BAR, LINE, PALE = "#1d2a31", "#4a5960", "#1b5e7b", "#3f86a6", "#c9d2d7", "#f4f6f7"
SHADES = ["#e9f2f6", "#74aec7"]
"""Few → many; the text's colour has a contrast of at least 5.9 against both ends."""
BEFORE, AFTER = "#f2c14e", PRIMARY
"""Two things set against each other, such as before and after; the first has a dark edge where it is drawn."""
PADDING = 11
"""Points between a label and what it names."""
LOCALE: dict[str, Any] = {
    "number": {"decimal": ",", "thousands": "\u00a0", "grouping": [3], "currency": ["", "\u00a0kr"], "percent": "\u00a0%"}
}
WHOLE = ",.0f"
HEADING = "#"
"""Marks the label of a row that is a heading; see :func:`labels`."""
LABEL_START = 6
LINE_HEIGHT = 16
"""Points between the lines of a label."""
MOST_LINES = 6
NOTHING = "Det finns inget att visa i den här bilden."


def finished(description: str, height: float, *layers: alt.Chart) -> alt.LayerChart:
    """Lay charts over each other, and give them a size, a description and what all pictures have in common."""
    fit = alt.AutoSizeParams(type="fit-x", contains="padding")
    sized = alt.LayerChart(layer=list(layers)).properties(width=WIDTH, height=height, description=description, autosize=fit)
    common = sized.configure(font=FONT, locale=LOCALE, aria=False, background="#ffffff", padding=6)
    # Vega gives marks a role but no name; what they show stands in the description and in the table beside the picture.
    common = common.configure_mark(aria=False)
    chart: alt.LayerChart = common.configure_view(stroke=None).configure_text(color=TEXT, lineBreak="\n", lineHeight=LINE_HEIGHT)
    return chart


def nothing() -> alt.LayerChart:
    """A picture that says that there is nothing to show."""
    return finished(NOTHING, 60, alt.Chart(alt.InlineData(values=[{"text": NOTHING}])).mark_text(fontSize=14).encode(text="text:N"))


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


def labels(names: Iterable[tuple[str, float, bool]], width: int) -> list[str]:
    """Axis labels that sort in the order given and differ even when the names, cut to fit, do not.

    Args:
        names: name, the number written after it (none when NaN), and whether it is a heading.
        width: characters a line.

    Returns:
        Five digits and ``HEADING`` or a space, then from ``LABEL_START`` the lines of the name and the number.
    """
    return [
        f"{number:05}{HEADING if heading else ' '}" + "\n".join(with_number(name, total, width))
        for number, (name, total, heading) in enumerate(names)
    ]


def with_number(name: str, total: float, width: int) -> list[str]:
    """The lines of a label: the name, and the number in brackets where there is one."""
    return wrapped(name, width, ending="" if np.isnan(total) else f"({whole(total)})")


def lines(*, above: bool = False) -> dict[str, Any]:
    """How an axis writes labels made by :func:`labels`, beside rows or above columns.

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
    """Rows in the order given, named by labels made by :func:`labels`; ``padding`` is the part of a row left empty between them."""
    return alt.Y(f"{field}:N", title=None, axis=axis(**lines()), scale=alt.Scale(domain=list(order), padding=padding))


def height_of(order: Sequence[str], least: float) -> float:
    """Points of height for rows of at least so many each, or as many as the label with most lines takes."""
    most = max(label.count("\n") + 1 for label in order)
    return len(order) * max(least, LINE_HEIGHT * most + 4)


def legend(**given: Any) -> alt.Legend:
    """A legend above the picture, with what is given added."""
    return alt.Legend(title=None, orient="top", labelLimit=0, labelFontSize=13, labelColor=TEXT, symbolStrokeColor=MUTED, **given)


def svg(chart: alt.LayerChart) -> str:
    """The chart as an SVG picture."""
    return vl_convert.vegalite_to_svg(chart.to_dict())


def png(chart: alt.LayerChart) -> bytes:
    """The chart as a PNG picture, at twice its size in points."""
    return vl_convert.vegalite_to_png(chart.to_dict(), scale=2)
