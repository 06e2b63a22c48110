"""Where the nodes and bands of a flow picture lie: a pure calculation, without any drawing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

LEVELS = 3
GAP = 12.0
"""Points of empty height between two nodes."""
LEAST_SLOT = 38.0
"""Points of height that every node is given, so that with the gap three lines of its name have room."""
BANDS_HEIGHT = 400.0
"""Points of height that all projects together take."""


@dataclass(frozen=True)
class FlowLayout:
    """Where everything lies, in points from the top.

    Attributes:
        nodes: columns ``nivå`` (0–2), ``namn``, ``antal`` (projects through it), ``överst``, ``nederst``; from the top down.
        bands: the rows of the flows in the same order, with ``från_överst``, ``från_nederst``, ``till_överst``, ``till_nederst``.
        height: of the whole picture.
    """

    nodes: pd.DataFrame
    bands: pd.DataFrame
    height: float


def flow_layout(flows: pd.DataFrame) -> FlowLayout:
    """Lay out flows in three levels so that bands are as high as their number and never overlap within a node.

    The first level is ordered by size, the others by the mean place of what leads to them (the barycentre heuristic of
    Sugiyama, Tagawa and Toda 1981), which keeps crossings few. A node whose flows in and out differ is as high as the larger.

    Args:
        flows: columns ``led`` (0 from the first level, 1 from the second), ``från``, ``till``, ``antal`` (above 0); more are kept.
    """
    bands = flows.reset_index(drop=True).astype({"led": int, "antal": float})
    nodes = _placed(bands, _throughput(bands))
    return FlowLayout(nodes, _attached(bands, nodes), float(nodes["slutar"].max()) if len(nodes) else 0.0)


def _throughput(bands: pd.DataFrame) -> pd.DataFrame:
    """Every node with how much goes through it; the larger of what comes in and what goes out."""
    out = bands.rename(columns={"led": "nivå", "från": "namn"})
    into = bands.assign(nivå=bands["led"] + 1).rename(columns={"till": "namn"})
    sums = [side.groupby(["nivå", "namn"], sort=False)["antal"].sum() for side in (out, into)]
    return pd.concat(sums, axis=1).max(axis=1).astype(float).rename("antal").rename_axis(["nivå", "namn"]).reset_index()


def _placed(bands: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Stack each level from the top, every node in the middle of a slot that its name has room in, and centre the levels."""
    scale = _scale(nodes)
    nodes = nodes.assign(plats=(nodes["antal"] * scale).clip(lower=LEAST_SLOT) + GAP)
    tallest = nodes.groupby("nivå")["plats"].sum().max()
    levels: list[pd.DataFrame] = []
    for level in range(LEVELS):
        placed = nodes[nodes["nivå"] == level]
        placed = placed.assign(ordning=_order(bands, placed, levels)).sort_values(["ordning", "namn"], kind="stable")
        end = placed["plats"].cumsum() + (tallest - placed["plats"].sum()) / 2
        middle = end - placed["plats"] / 2
        height = placed["antal"] * scale
        levels.append(placed.assign(överst=middle - height / 2, nederst=middle + height / 2, slutar=tallest))
    return pd.concat(levels, ignore_index=True)


def _scale(nodes: pd.DataFrame) -> float:
    """Points of height for each project."""
    return BANDS_HEIGHT / float(nodes.groupby("nivå")["antal"].sum().max()) if len(nodes) else 1.0


def _order(bands: pd.DataFrame, nodes: pd.DataFrame, levels: list[pd.DataFrame]) -> pd.Series:
    """What a level is sorted by: size, largest first, or the mean place of what leads to each node."""
    if not levels:
        return -nodes["antal"]
    before = levels[-1].set_index("namn")[["överst", "nederst"]].mean(axis=1)
    led = bands[bands["led"] == len(levels) - 1]
    moments = before.reindex(led["från"]).to_numpy() * led["antal"]
    return nodes["namn"].map(moments.groupby(led["till"]).sum() / led["antal"].groupby(led["till"]).sum())


def _attached(bands: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Fasten both ends of every band, in the order of what stands at its other end."""
    scale = _scale(nodes)
    tops = nodes.set_index(["nivå", "namn"])["överst"]
    height = bands["antal"] * scale
    start = tops.reindex(pd.MultiIndex.from_arrays([bands["led"], bands["från"]])).to_numpy()
    end = tops.reindex(pd.MultiIndex.from_arrays([bands["led"] + 1, bands["till"]])).to_numpy()
    for side, own, other in (("från", start, end), ("till", end, start)):
        order = np.argsort(other, kind="stable")
        below = height.iloc[order].groupby([bands["led"].iloc[order], bands[side].iloc[order]]).cumsum().reindex(bands.index)
        bands = bands.assign(**{f"{side}_överst": own + below - height, f"{side}_nederst": own + below})
    return bands
