"""What a portfolio consists of: counts, time, counties, chains and flows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.chain import CHAIN_CODES
from classifier.portfolio.analysis import (
    GROUPINGS,
    NONE_GIVEN,
    UNKNOWN,
    WHOLE,
    by_county,
    chain_profile,
    counted,
    exploded,
    flows,
    members,
    over_time,
    placed,
)
from classifier.portfolio.collection import SEVERAL_FIELDS, SINGLE_FIELDS
from classifier.portfolio.counties import COUNTIES
from tests.portfolio.conftest import Make, make_portfolio

HOSTILE = "=cmd|' /C calc'!A0 <script>alert(1)</script>"
VALUES = st.fixed_dictionaries(
    {
        "fokusområde": st.sampled_from(["", "Innovation", "Företagande"]),
        "effektkedja": st.sampled_from(["", "direkt", "indirekt"]),
        "syfte": st.lists(st.sampled_from(["Digitalisering", "Förenkling", "Nya företag"]), max_size=4).map(tuple),
        "belopp": st.one_of(st.just(float("nan")), st.integers(0, 10**6).map(float)),
        "år": st.sampled_from([float("nan"), 2014.0, 2015.0]),
        "län": st.sampled_from(["", *COUNTIES[:3]]),
    }
)
STATEMENTS = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(["R", "A;P", "P", "U;K", "K", "L", "-"])), max_size=20)


def cells(table: pd.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in table[list(columns)].itertuples(index=False)]


def test_analysis_groupings_are_columns_of_projects(make: Make) -> None:
    assert set(GROUPINGS) <= set(make({}).projects.columns)
    assert set(GROUPINGS) == {*SINGLE_FIELDS, *SEVERAL_FIELDS, "län", "program", "år"}


# Counting


def test_analysis_counted_one_column(make: Make) -> None:
    projects = make({"belopp": 10.0}, {"fokusområde": "Innovation"}, {"belopp": float("nan")}).projects
    table = counted(projects, ["fokusområde"])
    assert cells(table, "fokusområde", "antal", "belopp", "rader") == [("Företagande", 2, 10.0, [0, 2]), ("Innovation", 1, 100_000.0, [1])]
    assert table["antal"].dtype == int


def test_analysis_counted_two_columns(make: Make) -> None:
    projects = make({"län": "Kalmar län"}, {"län": "Skåne län"}, {"län": "Skåne län", "år": 2014.0}).projects
    assert cells(counted(projects, ["län", "år"]), "län", "år", "rader") == [
        ("Kalmar län", "2016", [0]),
        ("Skåne län", "2014", [2]),
        ("Skåne län", "2016", [1]),
    ]


def test_analysis_counted_project_counts_once_in_each_value(make: Make) -> None:
    projects = make({"syfte": ("Förenkling", "Digitalisering", "Förenkling")}, {"syfte": ("Digitalisering",)}, {}).projects
    assert cells(counted(projects, ["syfte"]), "syfte", "antal", "rader") == [
        ("Digitalisering", 2, [0, 1]),
        ("Förenkling", 1, [0]),
        (NONE_GIVEN, 1, [2]),
    ]


def test_analysis_counted_two_columns_with_several_values(make: Make) -> None:
    projects = make({"syfte": ("Digitalisering", "Förenkling"), "bransch": ("Energi", "Livsmedel")}).projects
    assert len(counted(projects, ["syfte", "bransch"])) == 4


@pytest.mark.parametrize("column", ["sakområde", "fokusområde", "effektkedja", "projekttyp", "län", "program"])
@pytest.mark.parametrize("empty", ["", " ", None, float("nan")])
def test_analysis_counted_empty_is_unknown(make: Make, column: str, empty: object) -> None:
    assert cells(counted(make({column: empty}).projects, [column]), column, "antal") == [(UNKNOWN, 1)]


def test_analysis_counted_odd_years_are_unknown(make: Make) -> None:
    projects = make({"år": float("nan")}, {"år": float("inf")}, {"år": 2015.0}).projects
    assert cells(counted(projects, ["år"]), "år", "rader") == [(UNKNOWN, [0, 1]), ("2015", [2])]


def test_analysis_counted_keeps_row_numbers_of_a_selection(make: Make) -> None:
    projects = make({}, {"län": "Skåne län"}, {}).projects
    assert counted(projects[projects["län"] != "Skåne län"], ["län"])["rader"].tolist() == [[0, 2]]


def test_analysis_counted_missing_column_is_unknown(make: Make) -> None:
    projects = make({}).projects.drop(columns=["program", "belopp"])
    assert cells(counted(projects, ["program"]), "program", "antal", "belopp") == [(UNKNOWN, 1, 0.0)]


def test_analysis_counted_hostile_text_is_a_name_like_others(make: Make) -> None:
    assert counted(make({"program": HOSTILE}).projects, ["program"])["program"].tolist() == [HOSTILE]


@pytest.mark.parametrize("by", GROUPINGS)
def test_analysis_counted_nothing(make: Make, by: str) -> None:
    table = counted(make().projects, [by])
    assert list(table.columns) == [by, "antal", "belopp", "rader"]
    assert table.empty


@settings(deadline=None, max_examples=40)
@given(st.lists(VALUES, max_size=8), st.sampled_from(["fokusområde", "effektkedja", "år", "län"]))
def test_analysis_counted_loses_no_project_and_no_money(rows: list[dict[str, Any]], by: str) -> None:
    projects = make_portfolio(*rows).projects
    table = counted(projects, [by])
    assert sorted(row for found in table["rader"] for row in found) == list(range(len(rows)))
    assert table["belopp"].sum() == pytest.approx(np.nansum([row["belopp"] for row in rows]))
    assert table["antal"].tolist() == [len(found) for found in table["rader"]] == sorted(table["antal"], reverse=True)


def test_analysis_exploded_has_no_row_twice(make: Make) -> None:
    table = exploded(make({"syfte": ("Förenkling", "Förenkling")}, {}).projects, ["syfte"])
    assert cells(table, "rad", "syfte") == [(0, "Förenkling"), (1, NONE_GIVEN)]


def test_analysis_members_are_positions_largest_first(make: Make) -> None:
    projects = make({"län": "Skåne län"}, {"län": "Kalmar län"}, {"län": "Kalmar län"}, {"län": "Hallands län"}).projects
    groups = members(projects[1:], "län")
    assert {name: rows.tolist() for name, rows in groups.items()} == {"Kalmar län": [0, 1], "Hallands län": [2]}
    assert members(projects, None)[WHOLE].tolist() == [0, 1, 2, 3]


# Time and place


def test_analysis_over_time_is_sorted_and_leaves_out_the_undated(make: Make) -> None:
    projects = make({"år": 2016.0}, {"år": 2014.0}, {"år": float("nan")}, {"år": 2016.0, "projekttyp": "Förstudie"}).projects
    table = over_time(projects, "projekttyp")
    assert cells(table, "år", "projekttyp", "rader") == [(2014, "Projekt", [1]), (2016, "Förstudie", [3]), (2016, "Projekt", [0])]
    assert table["år"].dtype == int


def test_analysis_over_time_without_years(make: Make) -> None:
    assert over_time(make({"år": float("nan")}).projects, "län").empty
    assert over_time(make().projects, "län").empty


def test_analysis_by_county_has_them_all(make: Make) -> None:
    table = by_county(make({"län": "Skåne län"}, {"län": "Skåne län", "belopp": float("nan")}).projects)
    assert table["län"].tolist() == list(COUNTIES)
    assert cells(table[table["antal"] > 0], "län", "antal", "belopp", "rader") == [("Skåne län", 2, 100_000.0, [0, 1])]
    assert all(found == [] for found in table[table["antal"] == 0]["rader"])


@pytest.mark.parametrize("county", ["", None, "Lappland"])
def test_analysis_by_county_unknown_comes_last(make: Make, county: str | None) -> None:
    table = by_county(make({"län": county}, {}).projects)
    assert len(table) == 22
    assert cells(table.tail(1), "län", "antal", "rader") == [(UNKNOWN, 1, [0])]


def test_analysis_by_county_nothing(make: Make) -> None:
    table = by_county(make().projects)
    assert (len(table), table["antal"].sum(), table["belopp"].sum()) == (21, 0, 0)


# Chains


def test_analysis_placed_counts_main_and_marks_all(make: Make) -> None:
    portfolio = make({}, {}, statements=[(0, "a", "A;P"), (0, "b", "A"), (0, "c", "-"), (1, "d", "U"), (7, "e", "U")])
    counts, present = placed(portfolio)
    assert counts.tolist() == [[0, 2, 0, 0, 0, 0], [0, 0, 0, 1, 0, 0]]
    assert present.astype(int).tolist() == [[0, 1, 1, 0, 0, 0], [0, 0, 0, 1, 0, 0]]


def test_analysis_chain_profile_of_the_whole(make: Make) -> None:
    portfolio = make({}, {}, statements=[(0, "a", "A;P"), (0, "b", "A"), (0, "c", "-"), (1, "d", "U;P")])
    table = chain_profile(portfolio)
    assert table["grupp"].unique().tolist() == [WHOLE]
    assert table["kolumn"].tolist() == list(CHAIN_CODES)
    assert table["antal"].tolist() == [0, 2, 0, 1, 0, 0]
    assert table["andel"].tolist() == pytest.approx([0, 2 / 3, 0, 1 / 3, 0, 0])
    assert table["projekt_andel"].tolist() == pytest.approx([0, 0.5, 1, 0.5, 0, 0])
    assert table["rader"].tolist() == [[0, 1], [1], [], [0], [0, 1], [0, 1]]


def test_analysis_chain_profile_by_several_values(make: Make) -> None:
    portfolio = make({"syfte": ("Förenkling", "Digitalisering")}, {"syfte": ("Digitalisering",)}, statements=[(0, "a", "A"), (1, "b", "U")])
    table = chain_profile(portfolio, "syfte").set_index(["grupp", "kolumn"])
    assert table.index.get_level_values(0).unique().tolist() == ["Digitalisering", "Förenkling"]
    assert table["antal"]["Digitalisering"].tolist() == [0, 1, 0, 1, 0, 0]
    assert table["antal"]["Förenkling"].tolist() == [0, 1, 0, 0, 0, 0]


def test_analysis_chain_profile_of_a_selection(make: Make) -> None:
    whole = make({}, {}, {}, statements=[(0, "a", "A"), (2, "b", "U")])
    part = type(whole)("del", whole.projects[1:], whole.statements, whole.made)
    table = chain_profile(part)
    assert table["antal"].tolist() == [0, 0, 0, 1, 0, 0]
    assert table["rader"][3] == [1]


def test_analysis_chain_profile_without_statements(make: Make) -> None:
    table = chain_profile(make({}))
    assert table["andel"].tolist() == table["projekt_andel"].tolist() == [0.0] * 6
    assert table["rader"].tolist() == [[0]] * 6


def test_analysis_chain_profile_nothing(make: Make) -> None:
    assert chain_profile(make())["antal"].tolist() == [0] * 6
    assert chain_profile(make(), "län").empty


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 5), STATEMENTS)
def test_analysis_chain_profile_adds_up(count: int, said: list[tuple[int, str]]) -> None:
    portfolio = make_portfolio(*({} for _ in range(count)), statements=[(row, "text", codes) for row, codes in said])
    table = chain_profile(portfolio)
    inside = sum(row < count and codes != "-" for row, codes in said)
    assert table["antal"].sum() == inside
    assert table["andel"].sum() == pytest.approx(1 if inside else 0)
    for code, lacking, share in cells(table, "kolumn", "rader", "projekt_andel"):
        assert set(lacking) == {row for row in range(count) if not any(at == row and code in codes.split(";") for at, codes in said)}
        assert share == pytest.approx(1 - len(lacking) / count)


# Flows


def test_analysis_flows_split_over_purposes(make: Make) -> None:
    projects = make({"effektkedja": "direkt", "syfte": ("Digitalisering", "Förenkling")}, {"effektkedja": "direkt"}).projects
    table = flows(projects)
    assert cells(table[table["led"] == 0], "från", "till", "antal", "belopp", "rader") == [
        ("Företagande", "direkt", 2.0, 200_000.0, [0, 1])
    ]
    assert cells(table[table["led"] == 1], "från", "till", "antal", "belopp") == [
        ("direkt", NONE_GIVEN, 1.0, 100_000.0),
        ("direkt", "Digitalisering", 0.5, 50_000.0),
        ("direkt", "Förenkling", 0.5, 50_000.0),
    ]


@settings(deadline=None, max_examples=40)
@given(st.lists(VALUES, max_size=8))
def test_analysis_flows_conserve_projects_and_money(rows: list[dict[str, Any]]) -> None:
    table = flows(make_portfolio(*rows).projects)
    into = table[table["led"] == 0].groupby("till")[["antal", "belopp"]].sum()
    out = table[table["led"] == 1].groupby("från")[["antal", "belopp"]].sum()
    pd.testing.assert_frame_equal(into, out, check_names=False)
    assert into["antal"].sum() == pytest.approx(len(rows))


def test_analysis_flows_nothing(make: Make) -> None:
    table = flows(make().projects)
    assert list(table.columns) == ["led", "från", "till", "antal", "belopp", "rader"]
    assert table.empty
