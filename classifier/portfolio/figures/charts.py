"""Every picture of a portfolio, once: the page, the HTML report and the Word report all draw these charts.

Each function takes a table of ``analysis``, ``evaluability`` or ``comparison`` and gives a chart. Where a click should lead to
projects, the chart has a point selection named ``val`` whose fields, as columns of the table, identify its rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import altair as alt
import pandas as pd

from classifier.portfolio.counties import COUNTIES, MAP_FILE
from classifier.portfolio.figures.captions import CAPTIONS
from classifier.portfolio.figures.marks import boxes, compared, crossed, curves, measured, panels, stacked
from classifier.portfolio.figures.sankey import flow_layout
from classifier.portfolio.figures.style import MONEY, PROJECTS, edge, edge_width, selection, shade, standing_out, tips
from classifier.report.pictures import (
    AFTER,
    BAR,
    BEFORE,
    LINE,
    MUTED,
    NOTHING,
    PALE,
    PRIMARY,
    TEXT,
    WHOLE,
    axis,
    finished,
    height_of,
    legend,
    lines,
    nothing,
    rows,
)
from classifier.taxonomy import load_scheme

MOST_YEARS = 40


def heat_map(table: pd.DataFrame) -> alt.LayerChart:
    """How many projects every fokusområde has in every effektkedja, the fokusområden grouped under their sakområden.

    Args:
        table: ``counted`` by sakområde, fokusområde and effektkedja.
    """
    if table.empty:
        return nothing()
    cells, order = crossed(table)
    x = alt.X("kolumn:N", title=None, axis=axis(**lines(above=True), orient="top", labelAngle=0), scale=alt.Scale(paddingInner=0.04))
    base = alt.Chart(cells).encode(x=x, y=rows("rad", order, 0.05))
    squares = base.mark_rect(cornerRadius=3).encode(
        color=alt.condition("datum.antal > 0", shade(cells["antal"]), alt.value(PALE)),
        stroke=edge("#ffffff"),
        strokeWidth=edge_width(),
        tooltip=tips("sakområde", "fokusområde", "effektkedja"),
    )
    squares = squares.add_params(selection("sakområde", "fokusområde", "effektkedja"))
    numbers = base.transform_filter("datum.antal > 0").mark_text(fontSize=14).encode(text=alt.Text("antal:Q", format=WHOLE))
    return finished(described("heat_map", table), height_of(order, 36), squares, numbers)


def time_chart(table: pd.DataFrame, by: str) -> alt.LayerChart:
    """Projects a year, a row of bars for each of the most common values, all rows on one scale.

    Args:
        table: ``over_time`` by ``by``.
        by: the column the rows are grouped by.
    """
    if table.empty:
        return nothing()
    placed = panels(table, by)
    number = int(placed["rad"].max()) + 1
    years = alt.Scale(domain=_years(placed["år"]), paddingInner=0.2)
    scale = alt.Scale(domain=[0, number], reverse=True, nice=False)
    head, top, foot = (alt.Y(f"{edge}:Q", title=None, axis=None, scale=scale) for edge in ("rad", "topp", "fot"))
    bars = alt.Chart(placed).encode(x=alt.X("år:O", title=None, axis=axis(labelAngle=0, labelOverlap="greedy"), scale=years))
    columns = bars.mark_bar(color=BAR).encode(y=foot, y2="topp:Q", opacity=standing_out(1), tooltip=tips(by, "år"))
    written = bars.mark_text(dy=-8, fontSize=12).encode(y=top, text=alt.Text("antal:Q", format=WHOLE))
    heads = alt.Chart(placed.drop_duplicates("rad"))
    names = heads.mark_text(align="left", baseline="top", fontSize=13, fontWeight=600, dy=10)
    names = names.encode(x=alt.value(0), y=head, text="namn:N")
    ground = heads.mark_rule(color=LINE).encode(y=foot)
    return finished(described("time_chart", table), 74 * number, ground, columns.add_params(selection("år", by)), written, names)


def county_map(table: pd.DataFrame) -> alt.LayerChart:
    """Projects a county, as shades and figures on a map.

    Args:
        table: ``by_county``.
    """
    known = table[table["län"].isin(COUNTIES)]
    outlines = alt.InlineData(values=_outlines(known), format=alt.TopoDataFormat(feature="län", type="topojson"))
    lifted = {name: f"datum.properties.{name}" for name in ("län", "antal", "belopp")}
    base = alt.Chart(outlines).project(type="mercator").transform_calculate(**lifted, mitt="geoCentroid(null, datum)")
    shapes = base.mark_geoshape().encode(
        color=alt.condition("datum.antal > 0", shade(known["antal"]), alt.value("#e9edef")),
        stroke=edge("#ffffff"),
        strokeWidth=edge_width(),
        tooltip=tips("län"),
    )
    numbers = base.transform_calculate(x="datum.mitt[0]", y="datum.mitt[1]").mark_text(fontSize=13)
    numbers = numbers.encode(longitude="x:Q", latitude="y:Q", text=alt.Text("antal:Q", format=WHOLE))
    return finished(described("county_map", table), 640, shapes.add_params(selection("län")), numbers)


def profile_chart(profile: pd.DataFrame) -> alt.LayerChart:
    """What share of each group's statements stands in each column of the chain, as one whole bar a group.

    Args:
        profile: ``chain_profile``.
    """
    if not profile["antal"].sum():
        return nothing()
    columns = [column for column in load_scheme().columns if column.code != "-"]
    parts, order = stacked(profile, {column.code: column.name for column in columns})
    x = alt.X("start:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False))
    base = alt.Chart(parts).encode(x=x, y=rows("rad", order, 0.15))
    scale = alt.Scale(domain=[f"{column.code} {column.name}" for column in columns], range=[column.colour for column in columns])
    key = legend(columns=3, symbolType="square", symbolSize=220, symbolStrokeWidth=0.6)
    bars = base.mark_bar(stroke=MUTED, strokeWidth=0.6).encode(
        x2="slut:Q",
        color=alt.Color("namn:N", scale=scale, legend=key),
        opacity=standing_out(1),
        tooltip=[
            alt.Tooltip("grupp:N", title="Grupp"),
            alt.Tooltip("namn:N", title="Kolumn"),
            alt.Tooltip("andel:Q", title="Andel av påståendena", format=".0%"),
            alt.Tooltip("projekt_andel:Q", title="Projekt som har med den", format=".0%"),
        ],
    )
    numbers = base.mark_text(fontSize=13, dy=-8).encode(x="mitt:Q", text="text:N")
    return finished(described("profile_chart", profile), height_of(order, 46) + 30, bars.add_params(selection("grupp", "kolumn")), numbers)


def flow_chart(flows: pd.DataFrame) -> alt.LayerChart:
    """Where projects go from fokusområde over effektkedja to syfte, as bands as wide as their number (a Sankey diagram).

    Args:
        flows: ``analysis.flows``.
    """
    if flows.empty:
        return nothing()
    layout = flow_layout(flows)
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[0, 100], nice=False))
    scale = alt.Scale(domain=[0, layout.height], reverse=True, nice=False)
    edge, middle, top = (alt.Y(f"{place}:Q", axis=None, scale=scale) for place in ("y", "mitt", "överst"))
    bands = alt.Chart(curves(layout)).mark_area(color="#8fbfd3", line=False)
    bands = bands.encode(
        x=x,
        y=edge,
        y2="y2:Q",
        detail="band:N",
        opacity=standing_out(0.6),
        tooltip=[alt.Tooltip("från:N", title="Från"), alt.Tooltip("till:N", title="Till"), PROJECTS, MONEY],
    )
    nodes = alt.Chart(boxes(layout))
    bars = nodes.mark_rect(color=PRIMARY).encode(x=x, x2="x2:Q", y=top, y2="nederst:Q")
    names = [layer for level in (0, 1, 2) for layer in _node_names(nodes.encode(y=middle), level)]
    return finished(described("flow_chart", flows), layout.height, bands.add_params(selection("led", "från", "till")), bars, *names)


def evaluability_chart(groups: pd.DataFrame) -> alt.LayerChart:
    """For each group how many state outcomes, measurable targets and effects, how alike they are, and the verdict.

    Args:
        groups: ``evaluability.by_group``.
    """
    if groups.empty:
        return nothing()
    cells, order = measured(groups)
    names = json.dumps(cells["mått"].unique().tolist(), ensure_ascii=False)
    width = len(cells["mått"].unique())
    heads = axis(
        orient="top", values=list(range(width)), labelExpr=f"split({names}[datum.value], '\\n')", labelAlign="left", labelPadding=26
    )
    x = alt.X("plats:Q", title=None, axis=heads, scale=alt.Scale(domain=[0, width], nice=False))
    base = alt.Chart(cells).encode(x=x, y=rows("rad", order, 0.12))
    ground = base.mark_bar(color=PALE).encode(
        x2="hela:Q",
        stroke=edge(PALE),
        strokeWidth=edge_width(),
        tooltip=[alt.Tooltip("grupp:N", title="Grupp"), alt.Tooltip("mått:N", title="Mått"), alt.Tooltip("text:N", title="Värde")],
    )
    filled = base.mark_bar(color="#9cc7d8").encode(x2="del:Q")
    written = base.mark_text(align="left", dx=6, fontSize=13).encode(text="text:N")
    return finished(described("evaluability_chart", groups), height_of(order, 36), ground.add_params(selection("grupp")), filled, written)


def difference_chart(table: pd.DataFrame, names: Sequence[str] = ("Första", "Andra")) -> alt.LayerChart:
    """The share of projects with each value in two portfolios, as two points joined by a line; those that differ most.

    Args:
        table: one of ``Comparison.tables``.
        names: what the two are called.
    """
    if table.empty:
        return nothing()
    points, order = compared(table, names)
    widest = 1.22 * max(float(points["andel"].max()), 0.01)
    x = alt.X(
        "andel:Q",
        title="Andel av projekten (siffran är skillnaden i procentenheter)",
        axis=axis(format=".0%", tickCount=5, grid=True, labelFlush=False),
        scale=alt.Scale(domain=[0, widest]),
    )
    base = alt.Chart(points).encode(x=x, y=rows("rad", order, 0.15))
    both = points["vilken"].unique().tolist()
    key = legend(symbolSize=130, symbolStrokeWidth=0.8)
    dots = base.mark_point(filled=True, size=130, opacity=1, stroke=TEXT, strokeWidth=0.8).encode(
        color=alt.Color("vilken:N", scale=alt.Scale(domain=both, range=[BEFORE, AFTER]), legend=key),
        shape=alt.Shape("vilken:N", scale=alt.Scale(domain=both, range=["circle", "diamond"]), legend=key),
        tooltip=[
            alt.Tooltip("värde:N", title="Värde"),
            alt.Tooltip("vilken:N", title="I"),
            PROJECTS,
            alt.Tooltip("andel:Q", title="Andel", format=".1%"),
        ],
    )
    joined = base.transform_filter("datum.plats == 0").mark_rule(color=MUTED, strokeWidth=2).encode(x2="andra:Q")
    written = base.transform_filter("datum.plats == 1").mark_text(align="left", dx=12, fontSize=13).encode(x="längst:Q", text="text:N")
    return finished(described("difference_chart", table), height_of(order, 32), joined, dots.add_params(selection("värde")), written)


def described(chart_name: str, table: pd.DataFrame) -> str:
    """What a picture shows and its main point, for those who cannot see it.

    Args:
        chart_name: the name of one of the functions above.
        table: what the chart was made of.
    """
    shown = table["antal"].sum() if "antal" in table else len(table)
    return CAPTIONS[chart_name](table) if shown else NOTHING


def _years(years: pd.Series) -> list[int]:
    """Every year of the span, also those without projects; only those that occur when the span is long."""
    first, last = int(years.min()), int(years.max())
    return list(range(first, last + 1)) if last - first < MOST_YEARS else sorted({int(year) for year in years})


def _node_names(nodes: alt.Chart, level: int) -> tuple[alt.Chart, alt.Chart]:
    """The names beside the nodes of a level, each over a white rim of itself so that it is read over bands."""
    beside: dict[str, Any] = {"align": "right", "dx": -7} if level == 0 else {"align": "left", "dx": 7}
    x = alt.X("x:Q" if level == 0 else "x2:Q", axis=None)
    names = nodes.transform_filter(f"datum.nivå == {level}").encode(x=x, text="text:N")
    beside |= {"baseline": "middle", "fontSize": 13}
    return names.mark_text(stroke="#ffffff", strokeWidth=4, strokeJoin="round", **beside), names.mark_text(**beside)


@cache
def _map() -> str:
    return MAP_FILE.read_text(encoding="utf-8")


def _outlines(counts: pd.DataFrame) -> dict[str, Any]:
    """The counties' outlines with their counts as properties."""
    outlines: dict[str, Any] = json.loads(_map())
    known = counts.set_index("län")
    for shape in outlines["objects"]["län"]["geometries"]:
        county = shape["properties"]["län"]
        shape["properties"] |= {"antal": int(known["antal"].get(county, 0)), "belopp": float(known["belopp"].get(county, 0))}
    return outlines
