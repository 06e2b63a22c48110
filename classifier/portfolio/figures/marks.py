"""Tables → what a chart draws for each of their rows: its place and its label. Pure calculations, without any drawing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from classifier.chain import CHAIN_CODES
from classifier.portfolio.analysis import NONE_GIVEN, UNKNOWN
from classifier.portfolio.figures.sankey import FlowLayout
from classifier.report.pictures import LINE_HEIGHT, labels, with_number
from classifier.report.wording import brief, count, decimal, share
from classifier.taxonomy.scheme import NO_FOCUS

LAST = (UNKNOWN, NONE_GIVEN)
"""What is unknown stands after what is known."""
HEADS_WIDTH = 80
"""Characters that fit above all columns of a grid together."""
MOST_PANELS = 10
MOST_ROWS = 25
PANEL_HEAD = 0.56
"""The part of a panel's height that its name and the figures above the bars take."""
LEAST_WRITTEN, LEAST_CODED = 0.045, 0.02
"""A part of a bar narrower than this has no room for its figure, or for its code."""
CELL = 0.9
"""The part of a table column's width that its cells take."""
VERDICT = "kan_dela_teori"
MEASURES = {
    "andel_utfall": "Anger\nutfall",
    "andel_mätbara": "Mätbara\nmål",
    "andel_effekter": "Anger\neffekter",
    "likhet_indikatorer": "Lika\nindikatorer",
    "likhet_resultat": "Lika\nresultat",
    VERDICT: "Kan dela\nteori",
}
"""What is shown of each group → its heading."""
MOST_DIFFERENCES = 20
BAND_POINTS = 17
SIDES = ((24.0, 25.2), (49.5, 50.7), (75.5, 76.7))
"""Left and right edge of the nodes of each level of a flow, in hundredths of the width; their names stand beside them."""


def crossed(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Lay out a count by sakområde, fokusområde and effektkedja as a grid.

    Returns:
        The cells, those with no project included, with the labels of their ``rad`` and ``kolumn``; and the labels of all rows
        from the top, those of sakområden as headings. A sakområde without fokusområden of its own is a row and a heading in one.
    """
    rows: dict[tuple[str, str], str] = {}
    names: list[tuple[str, float, bool]] = []
    for area in largest_first(table, "sakområde"):
        inside = table[table["sakområde"] == area]
        leaves = largest_first(inside, "fokusområde")
        is_leaf = len(leaves) == 1 and leaves[0] in (area, NO_FOCUS)
        names += [(area, inside["antal"].sum(), True)]
        names += [] if is_leaf else [(leaf, inside.loc[inside["fokusområde"] == leaf, "antal"].sum(), False) for leaf in leaves]
        first = len(names) - len(leaves)
        rows |= {(area, leaf): str(first + number) for number, leaf in enumerate(leaves)}
    order = labels(names, 27)
    columns = largest_first(table, "effektkedja")
    totals = [(name, table.loc[table["effektkedja"] == name, "antal"].sum(), False) for name in columns]
    heads = labels(totals, max(HEADS_WIDTH // len(columns), 12))
    every = pd.DataFrame([(*pair, order[int(row)]) for pair, row in rows.items()], columns=["sakområde", "fokusområde", "rad"])
    every = every.merge(pd.DataFrame({"effektkedja": columns, "kolumn": heads}), how="cross")
    cells = every.merge(table.drop(columns="rader"), how="left", on=["sakområde", "fokusområde", "effektkedja"])
    return cells.fillna({"antal": 0, "belopp": 0.0}), order


def largest_first(table: pd.DataFrame, column: str) -> list[str]:
    """A column's values by the number of projects, largest first; what is unknown last."""
    sums = table.groupby(column, sort=True)["antal"].sum().sort_values(ascending=False, kind="stable")
    return sorted(sums.index, key=lambda name: name in LAST)


def panels(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Lay out counts a year as rows of bars, at most ``MOST_PANELS``.

    Returns:
        A row a bar: the table's columns, ``rad`` (from the top), the name of the row, and ``fot`` and ``topp``, where the bar begins
        and ends, in rows from the top.
    """
    shown = largest_first(table, by)[:MOST_PANELS]
    bars = table[table[by].isin(shown)].drop(columns="rader")
    bars = bars.assign(rad=bars[by].map({name: number for number, name in enumerate(shown)}))
    totals = bars.groupby(by)["antal"].sum()
    names = {name: f"{brief(name, 70)} ({count(totals[name], 'projekt', 'projekt')})" for name in shown}
    height = (1 - PANEL_HEAD) * bars["antal"] / max(bars["antal"].max(), 1)
    return bars.assign(namn=bars[by].map(names), fot=bars["rad"] + 1.0, topp=bars["rad"] + 1.0 - height)


def stacked(profile: pd.DataFrame, names: Mapping[str, str]) -> tuple[pd.DataFrame, list[str]]:
    """Lay out chain profiles as whole bars, at most ``MOST_ROWS``, cut in the order of the chain.

    Args:
        profile: ``chain_profile``.
        names: the name of each column's code.

    Returns:
        A row a part of a bar, with ``start``, ``mitt`` and ``slut`` in shares of the bar, its ``text`` and the bar's ``rad``; and the
        labels of all bars from the top.
    """
    shown = [group for group, total in profile.groupby("grupp", sort=False)["antal"].sum().items() if total][:MOST_ROWS]
    order = labels([(str(group), np.nan, False) for group in shown], 26)
    parts = profile[profile["grupp"].isin(shown)].drop(columns="rader")
    parts = parts.assign(plats=parts["kolumn"].map({code: number for number, code in enumerate(CHAIN_CODES)}))
    parts = parts.assign(rad=parts["grupp"].map(dict(zip(shown, order, strict=True)))).sort_values(["rad", "plats"])
    end = parts.groupby("rad")["andel"].cumsum()
    written = [_part_text(code, part) for code, part in zip(parts["kolumn"], parts["andel"], strict=True)]
    named = parts["kolumn"].map(lambda code: f"{code} {names[code]}")
    return parts.assign(start=end - parts["andel"], mitt=end - parts["andel"] / 2, slut=end, text=written, namn=named), order


def curves(layout: FlowLayout) -> pd.DataFrame:
    """The edges of every band of a flow as points along it.

    Returns:
        ``BAND_POINTS`` rows a band: the band's own columns, its number ``band``, and ``x``, ``y`` and ``y2``.
    """
    bands = layout.bands.drop(columns="rader", errors="ignore")
    along = np.linspace(0, 1, BAND_POINTS)
    bend = (1 - np.cos(np.pi * along)) / 2
    start = bands["led"].map({0: SIDES[0][1], 1: SIDES[1][1]}).to_numpy(float)
    end = bands["led"].map({0: SIDES[1][0], 1: SIDES[2][0]}).to_numpy(float)
    points = bands.loc[bands.index.repeat(BAND_POINTS)].assign(band=np.repeat(np.arange(len(bands)), BAND_POINTS))
    points["x"] = (start[:, None] + (end - start)[:, None] * along).ravel()
    for edge, name in (("överst", "y"), ("nederst", "y2")):
        first, last = bands[f"från_{edge}"].to_numpy(float), bands[f"till_{edge}"].to_numpy(float)
        points[name] = (first[:, None] + (last - first)[:, None] * bend).ravel()
    return points[["led", "från", "till", "antal", "belopp", "band", "x", "y", "y2"]]


def boxes(layout: FlowLayout) -> pd.DataFrame:
    """The nodes of a flow with their left and right edge ``x`` and ``x2``, where the first line of their label is, ``mitt``, and the label."""
    nodes = layout.nodes
    written = [with_number(name, total, 26) for name, total in zip(nodes["namn"], nodes["antal"], strict=True)]
    rise = [LINE_HEIGHT * (len(lines) - 1) / 2 for lines in written]  # several lines are drawn downwards from the first
    return nodes.assign(
        x=[SIDES[level][0] for level in nodes["nivå"]],
        x2=[SIDES[level][1] for level in nodes["nivå"]],
        mitt=(nodes["överst"] + nodes["nederst"]) / 2 - rise,
        text=["\n".join(lines) for lines in written],
    )


def measured(groups: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """Lay out how well groups can be evaluated, at most ``MOST_ROWS``, as a table of bars.

    Returns:
        A row a bar with its column's number ``plats`` and name ``mått``, ``del`` and ``hela``, where its filled part and its cell
        end, its ``text`` and the ``rad`` it stands in; and the labels of all rows from the top.
    """
    shown = groups.head(MOST_ROWS)
    order = labels([(name, number, False) for name, number in zip(shown["grupp"], shown["antal"], strict=True)], 26)
    parts = []
    for place, (column, name) in enumerate(MEASURES.items()):
        part = shown[column].astype(float)
        text = ["Ja" if able else "Nej" for able in shown[column]] if column == VERDICT else [share(value) for value in part]
        filled = place + CELL * (part.fillna(0) if column != VERDICT else part)
        parts.append(pd.DataFrame({"grupp": shown["grupp"], "rad": order, "plats": place, "mått": name, "del": filled, "text": text}))
    cells = pd.concat(parts, ignore_index=True)
    return cells.assign(hela=cells["plats"] + CELL), order


def compared(table: pd.DataFrame, names: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Lay out two portfolios' shares of each value, the at most ``MOST_DIFFERENCES`` that differ most, as pairs of points.

    Returns:
        A row a point with its ``plats`` (0 or 1), the name of its portfolio ``vilken``, ``andel`` and ``antal``, and of its pair the
        other's share ``andra``, the larger share ``längst``, the difference in words ``text`` and the ``rad``; and the labels of all
        rows from the top.
    """
    shown = table.loc[table["skillnad"].abs().sort_values(ascending=False, kind="stable").index].head(MOST_DIFFERENCES)
    order = labels([(name, np.nan, False) for name in shown["värde"]], 28)
    pair = {
        "värde": shown["värde"],
        "rad": order,
        "andra": shown["andel_andra"],
        "längst": shown[["andel_första", "andel_andra"]].max(axis=1),
    }
    pair["text"] = [f"{'+' if step > 0 else ''}{decimal(step)}" for step in shown["skillnad"]]
    points = [
        pd.DataFrame({**pair, "plats": place, "vilken": name, "andel": shown[f"andel_{side}"], "antal": shown[f"antal_{side}"]})
        for place, (side, name) in enumerate(zip(("första", "andra"), distinct(names), strict=True))
    ]
    return pd.concat(points, ignore_index=True), order


def distinct(names: Sequence[str]) -> list[str]:
    """Two names, cut to fit, that differ."""
    first, second = (brief(name, 60) for name in names)
    return [first, second] if first != second else [f"{first} (första)", f"{second} (andra)"]


def _part_text(code: str, part: float) -> str:
    if part >= LEAST_WRITTEN:
        return f"{code}\n{share(part)}"
    return code if part >= LEAST_CODED else ""
