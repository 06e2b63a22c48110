"""Tests of what charts draw for each row of a table."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from classifier.portfolio.analysis import chain_profile, counted, flows, over_time
from classifier.portfolio.figures.marks import (
    BAND_POINTS,
    MOST_DIFFERENCES,
    MOST_PANELS,
    MOST_ROWS,
    PANEL_HEAD,
    boxes,
    compared,
    crossed,
    curves,
    distinct,
    largest_first,
    measured,
    panels,
    stacked,
)
from classifier.portfolio.figures.sankey import flow_layout
from classifier.report.pictures import HEADING, LABEL_START
from tests.portfolio.conftest import Make

CODES = dict.fromkeys("RAPUKL", "Namn")
BY = ["sakområde", "fokusområde", "effektkedja"]


def shown(label: str) -> str:
    return label[LABEL_START:]


def differences(*steps: float) -> pd.DataFrame:
    table = pd.DataFrame({"värde": [f"v{number}" for number in range(len(steps))], "skillnad": steps})
    return table.assign(antal_första=1, antal_andra=2, andel_första=0.2, andel_andra=[0.2 + step / 100 for step in steps])


def test_marks_crossed_leaf_of_its_own_is_heading_and_row(make: Make) -> None:
    own = {"sakområde": "Kompetensförsörjning", "fokusområde": "Kompetensförsörjning"}
    cells, order = crossed(counted(make({}, {}, own, {**own, "fokusområde": "-"}).projects, BY))
    assert [shown(label) for label in order] == [
        "Innovation och\nföretagande\u00a0(2)",
        "Företagande\u00a0(2)",
        "Kompetensförsörjning\u00a0(2)",
        "-\u00a0(1)",
        "Kompetensförsörjning\u00a0(1)",
    ]
    assert [label[LABEL_START - 1] == HEADING for label in order] == [True, False, True, False, False]
    assert cells["antal"].sum() == 4
    cells, order = crossed(counted(make(own).projects, BY))
    assert [label[LABEL_START - 1] for label in order] == [HEADING]
    assert cells["rad"].tolist() == order


def test_marks_crossed_same_name_as_area_and_as_one_of_several_leaves(make: Make) -> None:
    abroad = {"sakområde": "Internationellt samarbete", "fokusområde": "Internationellt samarbete"}
    cells, order = crossed(counted(make(abroad, abroad, {**abroad, "fokusområde": "Närområdet"}).projects, BY))
    assert len(order) == 3
    assert cells.set_index("fokusområde")["rad"].to_dict() == {"Internationellt samarbete": order[1], "Närområdet": order[2]}


def test_marks_crossed_has_cells_without_projects(make: Make) -> None:
    cells, _ = crossed(counted(make({"effektkedja": "A", "belopp": 5.0}, {"fokusområde": "Innovation", "effektkedja": "B"}).projects, BY))
    empty = cells[cells["antal"] == 0]
    assert len(cells) == 4
    assert sorted(zip(empty["fokusområde"], empty["effektkedja"], strict=True)) == [("Företagande", "B"), ("Innovation", "A")]
    assert (empty["belopp"] == 0).all()


def test_marks_largest_first_unknown_last() -> None:
    table = pd.DataFrame({"län": ["Okänt", "b", "a", "Inget angivet", "a"], "antal": [9, 2, 1, 8, 1]})
    assert largest_first(table, "län") == ["a", "b", "Okänt", "Inget angivet"]


def test_marks_panels_bars_stay_in_their_row(make: Make) -> None:
    projects = make(*({"program": f"P{number % 12}", "år": 2014.0 + number % 3} for number in range(60))).projects
    bars = panels(over_time(projects, "program"), "program")
    assert bars["rad"].nunique() == MOST_PANELS
    assert (bars["fot"] == bars["rad"] + 1).all()
    assert (bars["topp"] >= bars["rad"] + PANEL_HEAD - 1e-9).all()
    assert (bars["topp"] < bars["fot"]).all()
    assert bars.loc[bars["antal"] == bars["antal"].max(), "topp"].iloc[0] % 1 == pytest.approx(PANEL_HEAD)


def test_marks_stacked_parts_join_into_whole_bars(make: Make) -> None:
    portfolio = make({}, {"fokusområde": "Innovation"}, statements=[(0, "a", "A"), (0, "b", "U"), (0, "c", "A"), (1, "d", "L")])
    parts, order = stacked(chain_profile(portfolio, "fokusområde"), CODES)
    first = parts[parts["rad"] == order[0]]
    assert first["start"].tolist()[1:] == pytest.approx(first["slut"].tolist()[:-1])
    assert (first["start"].iloc[0], first["slut"].iloc[-1]) == (pytest.approx(0), pytest.approx(1))
    assert first["text"].tolist() == ["", "A\n67\u00a0%", "", "U\n33\u00a0%", "", ""]


def test_marks_stacked_narrow_parts_without_figure(make: Make) -> None:
    said = [(0, "x", "A")] * 96 + [(0, "x", "U")] * 3 + [(0, "x", "L")]
    parts, _ = stacked(chain_profile(make({}, statements=said)), CODES)
    assert parts.set_index("kolumn")["text"].to_dict() == {"R": "", "A": "A\n96\u00a0%", "P": "", "U": "U", "K": "", "L": ""}


def test_marks_stacked_leaves_out_groups_without_statements(make: Make) -> None:
    projects = [{"program": f"P{number:02}"} for number in range(40)]
    said = [(number, "x", "A") for number in range(1, 40)]
    _, order = stacked(chain_profile(make(*projects, statements=said), "program"), CODES)
    assert len(order) == MOST_ROWS
    assert shown(order[0]) == "P01"


def test_marks_measured_cells_never_outgrow_their_column() -> None:
    groups = pd.DataFrame(
        {"grupp": ["a", "b"], "antal": [3, 1], "andel_utfall": [1.0, 0.0], "andel_mätbara": [0.5, 0.0], "rader": [[], []]}
    )
    groups = groups.assign(
        andel_effekter=0.0, likhet_indikatorer=[0.25, math.nan], likhet_resultat=[1.0, math.nan], kan_dela_teori=[True, False]
    )
    cells, order = measured(groups)
    assert [shown(label) for label in order] == ["a\u00a0(3)", "b\u00a0(1)"]
    assert ((cells["plats"] <= cells["del"]) & (cells["del"] <= cells["hela"]) & (cells["hela"] < cells["plats"] + 1)).all()
    assert cells.loc[cells["grupp"] == "a", "text"].tolist() == ["100\u00a0%", "50\u00a0%", "0\u00a0%", "25\u00a0%", "100\u00a0%", "Ja"]
    assert cells.loc[cells["grupp"] == "b", "text"].tolist() == ["0\u00a0%", "0\u00a0%", "0\u00a0%", "–", "–", "Nej"]


def test_marks_compared_largest_difference_first() -> None:
    points, order = compared(differences(1, -9.04, 4), ("A", "B"))
    assert [shown(label) for label in order] == ["v1", "v2", "v0"]
    assert points.loc[points["plats"] == 1, "text"].tolist() == ["−9,0", "+4,0", "+1,0"]
    assert points["vilken"].tolist() == ["A"] * 3 + ["B"] * 3


def test_marks_compared_not_too_many() -> None:
    points, order = compared(differences(*range(50)), ("A", "B"))
    assert len(order) == MOST_DIFFERENCES
    assert len(points) == 2 * MOST_DIFFERENCES


def test_marks_distinct_names() -> None:
    assert distinct(("a", "b")) == ["a", "b"]
    assert distinct(("a" * 100, "a" * 90)) == [f"{'a' * 59}… (första)", f"{'a' * 59}… (andra)"]


def test_marks_flow_bands_meet_their_nodes(make: Make) -> None:
    layout = flow_layout(flows(make({"syfte": ("Digitalisering", "Nya företag")}, {"fokusområde": "Innovation"}).projects))
    points, nodes = curves(layout), boxes(layout)
    assert (points.groupby("band").size() == BAND_POINTS).all()
    ends = points.groupby("band").agg(start=("x", "first"), slut=("x", "last"), led=("led", "first"))
    edges = nodes.groupby("nivå")[["x", "x2"]].first()
    assert (ends["start"] == ends["led"].map(edges["x2"])).all()
    assert (ends["slut"] == (ends["led"] + 1).map(edges["x"])).all()
    first = points.groupby("band").first()
    assert first["y"].tolist() == pytest.approx(layout.bands["från_överst"].tolist())
