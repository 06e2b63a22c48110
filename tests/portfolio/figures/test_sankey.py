"""Tests of where the nodes and bands of a flow picture lie."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.portfolio.figures.sankey import BANDS_HEIGHT, GAP, LEAST_SLOT, flow_layout

CLOSE = 1e-6


def flows_of(first: list[tuple[str, str, float]], second: list[tuple[str, str, float]]) -> pd.DataFrame:
    rows = [(0, *link) for link in first] + [(1, *link) for link in second]
    return pd.DataFrame(rows, columns=["led", "från", "till", "antal"]).drop_duplicates(["led", "från", "till"])


projects = st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("PQRS"), st.sampled_from("tuvwxyz")), min_size=1, max_size=60)


def conserved(given_projects: list[tuple[str, str, str]]) -> pd.DataFrame:
    table = pd.DataFrame(given_projects, columns=["ett", "två", "tre"])
    steps = []
    for led, (start, end) in enumerate((("ett", "två"), ("två", "tre"))):
        step = table.groupby([start, end]).size().rename("antal").reset_index().set_axis(["från", "till", "antal"], axis=1)
        steps.append(step.assign(led=led))
    return pd.concat(steps, ignore_index=True)


@settings(max_examples=25)
@given(projects)
def test_sankey_bands_fill_their_nodes_without_overlap(given_projects: list[tuple[str, str, str]]) -> None:
    layout = flow_layout(conserved(given_projects))
    nodes = layout.nodes.set_index(["nivå", "namn"])
    for side, step in (("från", 0), ("till", 1)):
        for place, bands in layout.bands.assign(nivå=layout.bands["led"] + step).groupby(["nivå", side]):
            node = nodes.loc[[place]].iloc[0]
            ordered = bands.sort_values(f"{side}_överst")
            tops, bottoms = ordered[f"{side}_överst"].to_numpy(), ordered[f"{side}_nederst"].to_numpy()
            assert np.allclose(tops[1:], bottoms[:-1])
            assert tops[0] == pytest.approx(node["överst"])
            assert bottoms[-1] == pytest.approx(node["nederst"])


@settings(max_examples=25)
@given(projects)
def test_sankey_bands_are_as_high_as_their_number(given_projects: list[tuple[str, str, str]]) -> None:
    layout = flow_layout(conserved(given_projects))
    scale = BANDS_HEIGHT / len(given_projects)
    for side in ("från", "till"):
        heights = layout.bands[f"{side}_nederst"] - layout.bands[f"{side}_överst"]
        assert np.allclose(heights, layout.bands["antal"] * scale)
    assert (layout.nodes.groupby("nivå")["antal"].sum() == len(given_projects)).all()


@settings(max_examples=25)
@given(projects)
def test_sankey_nodes_stand_apart_within_the_picture(given_projects: list[tuple[str, str, str]]) -> None:
    layout = flow_layout(conserved(given_projects))
    for _, level in layout.nodes.groupby("nivå"):
        tops, bottoms = level["överst"].to_numpy(), level["nederst"].to_numpy()
        middles = (tops + bottoms) / 2
        assert (tops[1:] - bottoms[:-1] >= GAP - CLOSE).all()
        assert (np.diff(middles) >= LEAST_SLOT + GAP - CLOSE).all()
        assert tops.min() >= -CLOSE
        assert bottoms.max() <= layout.height + CLOSE


def test_sankey_order_first_level_by_size_others_by_what_leads_to_them() -> None:
    links = flows_of([("liten", "P", 1), ("stor", "Q", 5)], [("P", "t", 1), ("Q", "u", 5)])
    layout = flow_layout(links)
    assert layout.nodes["namn"].tolist() == ["stor", "liten", "Q", "P", "u", "t"]


def test_sankey_unequal_flows_give_the_larger_node() -> None:
    layout = flow_layout(flows_of([("a", "P", 4)], [("P", "t", 1), ("P", "u", 1.5)]))
    node = layout.nodes.set_index("namn").loc["P"]
    assert node["antal"] == 4
    assert node["nederst"] - node["överst"] == pytest.approx(BANDS_HEIGHT)


def test_sankey_same_name_in_two_levels_is_two_nodes() -> None:
    layout = flow_layout(flows_of([("Okänt", "Okänt", 2)], [("Okänt", "Okänt", 2)]))
    assert layout.nodes["nivå"].tolist() == [0, 1, 2]


def test_sankey_empty() -> None:
    layout = flow_layout(flows_of([], []))
    assert layout.nodes.empty
    assert layout.bands.empty
    assert layout.height == 0


def test_sankey_only_one_step() -> None:
    layout = flow_layout(flows_of([("a", "P", 2), ("b", "P", 1)], []))
    assert layout.nodes["namn"].tolist() == ["a", "b", "P"]
