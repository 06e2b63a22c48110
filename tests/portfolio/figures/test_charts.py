"""Tests of the pictures of a portfolio."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

import altair as alt
import pandas as pd
import pytest

from classifier.portfolio.analysis import by_county, chain_profile, counted, flows, over_time
from classifier.portfolio.collection import Portfolio
from classifier.portfolio.figures.captions import CAPTIONS
from classifier.portfolio.figures.charts import (
    county_map,
    described,
    difference_chart,
    evaluability_chart,
    flow_chart,
    heat_map,
    profile_chart,
    time_chart,
)
from classifier.report.pictures import NOTHING, svg
from classifier.taxonomy import load_scheme
from tests.portfolio.conftest import Make

LEAST_FONT = 12
HOSTILE = "</svg><script>alert(1)</script> =cmd|'/C calc'!A0 \x00\ufffe \" ' & {{datum}} " + "ö" * 5000
BY = ["sakområde", "fokusområde", "effektkedja"]


def groups_of(*names: str) -> pd.DataFrame:
    groups = pd.DataFrame({"grupp": names, "antal": 1, "andel_utfall": 0.5, "andel_mätbara": 0.0, "andel_effekter": 1.0})
    rows: list[Any] = [[]] * len(names)
    return groups.assign(likhet_indikatorer=float("nan"), likhet_resultat=0.4, kan_dela_teori=True, rader=rows)


def compared_of(*names: str) -> pd.DataFrame:
    table = pd.DataFrame({"värde": names, "antal_första": 2, "antal_andra": 1, "andel_första": 0.5, "andel_andra": 0.25})
    rows: list[Any] = [[]] * len(names)
    return table.assign(skillnad=-25.0, rader_första=rows, rader_andra=rows)


CHARTS: dict[str, tuple[Callable[[Portfolio], pd.DataFrame], Callable[[pd.DataFrame], Any], list[str]]] = {
    "heat_map": (lambda portfolio: counted(portfolio.projects, BY), heat_map, BY),
    "time_chart": (
        lambda portfolio: over_time(portfolio.projects, "program"),
        lambda table: time_chart(table, "program"),
        ["år", "program"],
    ),
    "county_map": (lambda portfolio: by_county(portfolio.projects), county_map, ["län"]),
    "profile_chart": (lambda portfolio: chain_profile(portfolio, "program"), profile_chart, ["grupp", "kolumn"]),
    "flow_chart": (lambda portfolio: flows(portfolio.projects), flow_chart, ["led", "från", "till"]),
    "evaluability_chart": (lambda portfolio: groups_of(*portfolio.projects["program"]), evaluability_chart, ["grupp"]),
    "difference_chart": (lambda portfolio: compared_of(*portfolio.projects["program"]), difference_chart, ["värde"]),
}
every_chart = pytest.mark.parametrize("name", CHARTS)


def drawn(name: str, portfolio: Portfolio) -> tuple[pd.DataFrame, alt.LayerChart]:
    tabulate, draw, _ = CHARTS[name]
    table = tabulate(portfolio)
    return table, draw(table)


def small(make: Make) -> Portfolio:
    said = [(0, "x", "A"), (0, "y", "U;K"), (1, "z", "L")]
    return make({"syfte": ("Digitalisering", "Nya företag")}, {"år": 2014.0, "program": "Mellersta Norrland"}, statements=said)


def texts(drawing: str) -> list[str]:
    root = ET.fromstring(drawing)
    return [" ".join(element.itertext()) for element in root.iter("{http://www.w3.org/2000/svg}text")]


@every_chart
def test_figures_every_chart_draws_and_names_what_a_click_chooses(name: str, make: Make) -> None:
    table, chart = drawn(name, small(make))
    spec = chart.to_dict()
    [param] = spec["params"]
    assert (param["name"], param["select"]["fields"]) == ("val", CHARTS[name][2])
    assert set(param["select"]["fields"]) <= set(table.columns)
    assert texts(svg(chart))


@every_chart
def test_figures_no_text_is_small(name: str, make: Make) -> None:
    sizes = re.findall(r'<text[^>]* font-size="([\d.]+)px"', svg(drawn(name, small(make))[1]))
    assert sizes
    assert min(map(float, sizes)) >= LEAST_FONT


@every_chart
def test_figures_hostile_names_stay_text(name: str, make: Make) -> None:
    labels = dict.fromkeys(("program", *BY), HOSTILE)
    portfolio = make({**labels, "syfte": (HOSTILE,)}, {"program": HOSTILE + "b", "syfte": ("",)}, statements=[(0, "x", "A"), (1, "y", "A")])
    table, chart = drawn(name, portfolio)
    drawing = svg(chart)
    ET.fromstring(drawing)
    assert "<script" not in drawing
    assert not re.search("[\x00-\x08\ufffe]", drawing)
    assert len(described(name, table)) < 1000


@every_chart
def test_figures_rows_behind_a_mark_do_not_travel(name: str, make: Make) -> None:
    assert '"rader' not in json.dumps(drawn(name, small(make))[1].to_dict())


@every_chart
def test_figures_empty_portfolio_says_so(name: str, make: Make) -> None:
    empty = make({}).projects.iloc[:0]
    table, chart = drawn(name, Portfolio("tom", empty, make().statements, {}))
    assert described(name, table) == NOTHING
    assert "NaN" not in svg(chart)


@every_chart
def test_figures_description_travels_with_the_chart(name: str, make: Make) -> None:
    table, chart = drawn(name, small(make))
    assert chart.to_dict()["description"] == described(name, table) == CAPTIONS[name](table)


def test_figures_heat_map_writes_counts(make: Make) -> None:
    written = texts(svg(drawn("heat_map", make(*[{}] * 1234))[1]))
    assert "1\u00a0234" in written


def test_figures_time_chart_shows_years_without_projects(make: Make) -> None:
    written = texts(svg(drawn("time_chart", make({"år": 2014.0}, {"år": 2017.0}))[1]))
    assert {"2014", "2015", "2016", "2017"} <= set(written)


def test_figures_time_chart_hostile_years(make: Make) -> None:
    written = texts(svg(drawn("time_chart", make({"år": 1.0}, {"år": 999_999.0}))[1]))
    assert "1" in written


def test_figures_county_map_without_any_county(make: Make) -> None:
    table, chart = drawn("county_map", make({"län": ""}))
    assert texts(svg(chart)) == ["0"] * 21
    assert (
        described("county_map", table)
        == "Karta utan projekt i något län. 21 län har inget projekt. 1 projekt har inget känt län och syns inte på kartan."
    )


def test_figures_county_map_counts_stand_in_their_county(make: Make) -> None:
    _, chart = drawn("county_map", make({"län": "Norrbottens län"}, {"län": "Skåne län"}, {"län": "Skåne län"}))
    root = ET.fromstring(svg(chart))
    height = {}
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        height["".join(element.itertext())] = float(element.attrib["transform"].split(",")[1].rstrip(")"))
    assert height["1"] < height["2"]


def test_figures_profile_chart_uses_the_schemes_colours(make: Make) -> None:
    drawing = svg(drawn("profile_chart", small(make))[1])
    colours = [column.colour for column in load_scheme().columns if column.code != "-"]
    assert all(colour in drawing for colour in colours)


def test_figures_difference_chart_names_both() -> None:
    written = texts(svg(difference_chart(compared_of("a", "b"), ("Före 2015", "Efter 2015"))))
    assert {"Före 2015", "Efter 2015"} <= set(written)
    assert "−25,0" in written


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("heat_map", "Rutnät med 2 fokusområden och 1 effektkedja. Flest projekt, 2 av 3, har ”Företagande” och"),
        (
            "time_chart",
            "per år 2014–2016, en rad för varje program. Flest projekt är från 2016: 2 projekt. Vanligast är ”Övre Norrland” med 2 projekt.",
        ),
        ("county_map", "Flest har Västerbottens län (3). 20 län har inget projekt."),
        ("profile_chart", "2 staplar, en för varje grupp, med"),
        ("profile_chart", "Störst del står i aktiviteter (75 %), minst i resurser (0 %)."),
        ("flow_chart", "Bredast till vänster: ”Företagande” till"),
        ("evaluability_chart", "Utfall anges minst ofta i ”Övre Norrland” (50 %)."),
        ("difference_chart", "50 % i den första och 25 % i den andra, 25,0 procentenheter mindre."),
    ],
)
def test_figures_described_says_the_main_point(name: str, said: str, make: Make) -> None:
    statements = [(0, "x", "A"), (1, "x", "A"), (2, "x", "A"), (2, "y", "U")]
    portfolio = make({}, {}, {"fokusområde": "Innovation", "år": 2014.0, "program": "Mellersta Norrland"}, statements=statements)
    table, _ = drawn(name, portfolio)
    assert said in described(name, table).replace("\u00a0", " ")
