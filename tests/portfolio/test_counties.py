"""The counties: names, codes, letters, and the map that goes with them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.portfolio.counties import COUNTIES, MAP_FILE, county_of

Ring = list[tuple[float, float]]


@pytest.fixture(scope="module")
def topology() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(MAP_FILE.read_text(encoding="utf-8"))
    return loaded


def outlines(topology: dict[str, Any]) -> dict[str, list[Ring]]:
    scale, move = topology["transform"]["scale"], topology["transform"]["translate"]
    arcs = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale[0] + move[0], y * scale[1] + move[1]))
        arcs.append(points)
    found: dict[str, list[Ring]] = {}
    for shape in topology["objects"]["län"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        rings = [[arcs[number] if number >= 0 else arcs[~number][::-1] for number in ring] for polygon in polygons for ring in polygon]
        found[shape["properties"]["län"]] = [[point for part in ring for point in part] for ring in rings]
    return found


def signed_area(ring: Ring) -> float:
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, [*ring[1:], ring[0]], strict=True)) / 2


def test_counties_are_the_21() -> None:
    assert len(set(COUNTIES)) == 21
    assert all(name.endswith(" län") for name in COUNTIES)
    assert (COUNTIES[0], COUNTIES[-1]) == ("Stockholms län", "Norrbottens län")


@pytest.mark.parametrize("name", COUNTIES)
def test_counties_county_of_own_name(name: str) -> None:
    short = name.removesuffix(" län")
    bare = short.removesuffix("s")
    assert {county_of(written) for written in (name, short, bare, bare.upper(), f" Region {bare} ", f"Länsstyrelsen i {name}")} == {name}


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("24", "Västerbottens län"),
        ("24.0", "Västerbottens län"),
        ("01", "Stockholms län"),
        ("1", "Stockholms län"),
        ("AC", "Västerbottens län"),
        ("AC-län", "Västerbottens län"),
        ("z", "Jämtlands län"),
        ("24 Västerbottens län", "Västerbottens län"),
        ("Västra Götalandsregionen", "Västra Götalands län"),
        ("VGR", "Västra Götalands län"),
        ("Region Sörmland", "Södermanlands län"),
        ("Region Jämtland Härjedalen", "Jämtlands län"),
        ("Region Örebro län", "Örebro län"),
        ("Skåne, Skåne län", "Skåne län"),
    ],
)
def test_counties_county_of_other_ways(text: str, county: str) -> None:
    assert county_of(text) == county


@pytest.mark.parametrize(
    "text",
    ["", " ", "-", "nan", "2", "11", "99", "0", "B", "län", "Övre Norrland", "Lappland", "Skåne och Halland", "Västerbottensost", "24 25"],
)
def test_counties_county_of_unknown_or_several(text: str) -> None:
    assert county_of(text) == ""


@settings(deadline=None)
@given(st.text(max_size=40))
def test_counties_county_of_any_text(text: str) -> None:
    assert county_of(text) in {"", *COUNTIES}


@settings(deadline=None)
@given(st.sampled_from(COUNTIES), st.sampled_from(COUNTIES))
def test_counties_county_of_two_names(first: str, second: str) -> None:
    assert county_of(f"{first} och {second}") == (first if first == second else "")


def test_counties_map_has_each_county_once(topology: dict[str, Any]) -> None:
    names = [shape["properties"]["län"] for shape in topology["objects"]["län"]["geometries"]]
    assert sorted(names) == sorted(COUNTIES)
    assert MAP_FILE.stat().st_size < 30_000


def test_counties_map_turns_clockwise(topology: dict[str, Any]) -> None:
    # d3 fills what lies to the right of an outline: one that turns the other way would colour the rest of the world
    assert all(signed_area(ring) < 0 for rings in outlines(topology).values() for ring in rings)


def test_counties_map_outlines_are_closed_and_in_sweden(topology: dict[str, Any]) -> None:
    for rings in outlines(topology).values():
        for ring in rings:
            assert ring[0] == pytest.approx(ring[-1])
            assert all(10.5 < x < 24.5 and 55 < y < 69.5 for x, y in ring)


def test_counties_map_neighbours_share_their_border(topology: dict[str, Any]) -> None:
    uses: dict[int, int] = {}
    for shape in topology["objects"]["län"]["geometries"]:
        polygons = shape["arcs"] if shape["type"] == "MultiPolygon" else [shape["arcs"]]
        for number in (number for polygon in polygons for ring in polygon for number in ring):
            uses[max(number, ~number)] = uses.get(max(number, ~number), 0) + 1
    assert set(uses) == set(range(len(topology["arcs"])))
    assert max(uses.values()) == 2
    assert sum(count == 2 for count in uses.values()) > 30
