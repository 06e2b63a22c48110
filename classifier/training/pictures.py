"""Pictures of a measurement for the model card: reliability and confusions, as SVG."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from classifier.files import write_whole
from classifier.taxonomy import Field

PICTURED = ("kolumn", *(field.swedish for field in (Field.FOKUSOMRADE, Field.EFFEKTKEDJA, Field.PROJEKTTYP)))


def draw_reliability(measures: Mapping[str, Any], out: Path) -> None:
    """How right against how sure, a panel a field; the size of a dot says how many cases lie behind it."""
    figure, panels = _panels(measures, height=3.2)
    for panel, (name, measured) in zip(panels, _pictured(measures), strict=True):
        rows = measured["kalibrering"]
        panel.plot([0, 1], [0, 1], color="0.7", linewidth=1)
        panel.plot([row["säkerhet"] for row in rows], [row["rätt"] for row in rows], color="#1f5d99", linewidth=1)
        sizes = [20 + 300 * row["antal"] / measured["antal"] for row in rows]
        panel.scatter([row["säkerhet"] for row in rows], [row["rätt"] for row in rows], s=sizes, color="#1f5d99")
        panel.set(xlim=(0, 1), ylim=(0, 1), title=f"{name} (ECE {measured['ece']:.2f})", xlabel="probability", ylabel="share right")
    save_figure(figure, out)


def draw_confusions(measures: Mapping[str, Any], out: Path) -> None:
    """What is taken for what, a panel a field: rows are right, columns are proposed, shades are shares of a row."""
    figure, panels = _panels(measures, height=4.6)
    for panel, (name, measured) in zip(panels, _pictured(measures), strict=True):
        order = measured["förväxlingar"]["ordning"]
        counts = np.array(measured["förväxlingar"]["rader_är_facit"])
        panel.imshow(counts / np.maximum(counts.sum(axis=1, keepdims=True), 1), cmap="Blues", vmin=0, vmax=1)
        for row, column in zip(*np.nonzero(counts), strict=True):
            shade = counts[row, column] / counts[row].sum()
            panel.text(column, row, counts[row, column], ha="center", va="center", fontsize=6, color="white" if shade > 0.5 else "black")
        panel.set_xticks(range(len(order)), order, rotation=90, fontsize=7)
        panel.set_yticks(range(len(order)), order, fontsize=7)
        panel.set_title(name)
    save_figure(figure, out)


def save_figure(figure: Any, out: Path) -> None:
    """Write a figure; the same figure gives the same bytes."""
    from matplotlib import pyplot

    picture = io.BytesIO()
    with pyplot.rc_context({"svg.hashsalt": out.stem}):
        figure.savefig(picture, format="svg", metadata={"Date": None})
    pyplot.close(figure)
    write_whole(out, picture.getvalue())


def _pictured(measures: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(name, measures[name]) for name in PICTURED if name in measures]


def _panels(measures: Mapping[str, Any], height: float) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot

    number = len(_pictured(measures))
    figure, panels = pyplot.subplots(1, number, figsize=(4 * number, height), layout="constrained", squeeze=False)
    return figure, panels[0]
