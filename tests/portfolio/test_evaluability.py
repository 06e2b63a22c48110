"""Whether a portfolio can be evaluated: what chains lack, and which groups are alike."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classifier.portfolio.analysis import GROUPINGS
from classifier.portfolio.evaluability import (
    MIN_PROJECTS,
    NEEDED,
    assess,
    by_group,
    is_measurable,
    mean_cosine,
    mean_jaccard,
    profiles,
)
from tests.portfolio.conftest import Make, make_portfolio

SETTINGS = settings(deadline=None)
SAID = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["Tio nya jobb.", "Fler nya jobb.", ""]),
        st.sampled_from(["R", "A", "P", "A;U", "U", "K", "L", "-"]),
    ),
    max_size=15,
)


def whole_chain(row: int) -> list[tuple[int, str, str]]:
    return [(row, "Vi träffas.", "A"), (row, "En handbok.", "P"), (row, "Fler kan simma.", "U"), (row, "Badet växer.", "K")]


# Projects


def test_evaluability_assess_each_part(make: Make) -> None:
    portfolio = make({}, {}, statements=[*whole_chain(0), (0, "Tio nya jobb.", "L"), (1, "Lokaler.", "R")])
    table = assess(portfolio)
    assert table.loc[0].to_dict() == {
        "har_resurser": False,
        "har_aktiviteter": True,
        "har_prestationer": True,
        "har_utfall": True,
        "har_effekter": True,
        "har_mätbart_mål": True,
        "indikatortyper": ("nya jobb",),
        "brister": (),
        "utvärderbarhet": 5,
    }
    assert table[["har_resurser", "utvärderbarhet", "brister"]].to_dict("records")[1] == {
        "har_resurser": True,
        "utvärderbarhet": 0,
        "brister": tuple(NEEDED),
    }


def test_evaluability_assess_column_need_not_be_the_main_one(make: Make) -> None:
    assert assess(make({}, statements=[(0, "Kurser ger kunskap.", "A;U")]))["har_utfall"].tolist() == [True]


@pytest.mark.parametrize(
    ("codes", "measurable"), [("P", True), ("U", True), ("A;K", True), ("L", True), ("A", False), ("R", False), ("-", False)]
)
def test_evaluability_assess_target_is_among_results(make: Make, codes: str, measurable: bool) -> None:
    table = assess(make({}, statements=[(0, "Tio nya jobb.", codes)]))
    assert table["har_mätbart_mål"].tolist() == [measurable]
    assert table["indikatortyper"].tolist() == [("nya jobb",) if measurable else ()]


def test_evaluability_assess_target_of_no_known_kind(make: Make) -> None:
    table = assess(make({}, statements=[(0, "Tolv lador.", "P")]))
    assert (table["har_mätbart_mål"][0], table["indikatortyper"][0]) == (True, ())


def test_evaluability_assess_keeps_row_numbers_of_a_selection(make: Make) -> None:
    portfolio = make({}, {}, {}, statements=[(0, "a", "U"), (2, "Tio nya jobb.", "P"), (9, "b", "A")])
    table = assess(type(portfolio)("del", portfolio.projects[1:], portfolio.statements, {}))
    assert table.index.tolist() == [1, 2]
    assert table["utvärderbarhet"].tolist() == [0, 2]


def test_evaluability_assess_nothing(make: Make) -> None:
    assert assess(make()).empty
    assert assess(make({}))["brister"].tolist() == [tuple(NEEDED)]


@SETTINGS
@given(SAID)
def test_evaluability_assess_lacks_are_what_is_missing(said: list[tuple[int, str, str]]) -> None:
    table = assess(make_portfolio({}, {}, {}, {}, statements=said))
    for number, row in enumerate(table.to_dict("records")):
        assert row["utvärderbarhet"] == len(NEEDED) - len(row["brister"])
        assert {name for name, column in NEEDED.items() if not row[column]} == set(row["brister"])
        codes = {code for at, _, several in said if at == number for code in several.split(";")}
        assert row["har_effekter"] == bool(codes & {"K", "L"})
        assert row["har_utfall"] == ("U" in codes)


# Groups


def test_evaluability_by_group_shares(make: Make) -> None:
    portfolio = make({}, {}, {"fokusområde": "Innovation"}, statements=[*whole_chain(0), (1, "Tio nya jobb.", "P"), (2, "a", "K")])
    shared, alone = by_group(portfolio, "fokusområde").to_dict("records")
    shares = ("andel_utfall", "andel_mätbara", "andel_effekter")
    assert (shared["grupp"], shared["antal"], [shared[name] for name in shares], shared["rader"]) == ("Företagande", 2, [0.5] * 3, [0, 1])
    assert (alone["grupp"], alone["antal"], [alone[name] for name in shares], alone["rader"]) == ("Innovation", 1, [0, 0, 1], [2])
    assert math.isnan(alone["likhet_resultat"])
    assert math.isnan(shared["likhet_indikatorer"])


def test_evaluability_by_group_indicators_alike(make: Make) -> None:
    said = [(0, "Tio nya jobb.", "P"), (1, "Tio nya jobb.", "P"), (2, "Tio nya jobb.", "P"), (2, "Tolv personer.", "P"), (3, "Inget.", "P")]
    (likeness,) = by_group(make({}, {}, {}, {}, statements=said), "län")["likhet_indikatorer"]
    assert likeness == pytest.approx((1 + 0.5 + 0.5) / 3)


def test_evaluability_by_group_can_share_a_theory(make: Make) -> None:
    alike = [{"syfte": ("Förenkling",)}] * MIN_PROJECTS
    said = [statement for row in range(MIN_PROJECTS) for statement in whole_chain(row)]
    assert by_group(make(*alike, statements=said), "län")["kan_dela_teori"].tolist() == [True]
    assert by_group(make(*alike[1:], statements=said), "län")["kan_dela_teori"].tolist() == [False]  # too few
    assert by_group(make(*alike), "län")["kan_dela_teori"].tolist() == [False]  # no outcomes
    purposes = [{"syfte": (f"s{row}",), "effektkedja": f"e{row}"} for row in range(MIN_PROJECTS)]
    assert by_group(make(*purposes, statements=said), "län")["kan_dela_teori"].tolist() == [False]  # too unlike


@pytest.mark.parametrize("by", GROUPINGS)
def test_evaluability_by_group_nothing(make: Make, by: str) -> None:
    table = by_group(make(), by)
    assert table.empty
    assert "kan_dela_teori" in table
    assert len(by_group(make({}), by)) == 1


def test_evaluability_profiles_weigh_parts_alike(make: Make) -> None:
    portfolio = make({"syfte": ("Förenkling",)}, {"effektkedja": "", "syfte": ()}, statements=[(0, "a", "U"), (0, "b", "R"), (1, "c", "-")])
    vectors = profiles(portfolio)
    assert sorted(vectors[0][vectors[0] > 0]) == pytest.approx([1 / math.sqrt(3)] * 3)
    assert not vectors[1].any()


# Means over pairs, without the pairs


@SETTINGS
@given(st.lists(st.lists(st.integers(-3, 3), min_size=3, max_size=3), max_size=7))
def test_evaluability_mean_cosine_is_that_of_the_pairs(rows: list[list[int]]) -> None:
    units = [np.array(row) / np.linalg.norm(row) for row in rows if any(row)]
    pairs = [float(a @ b) for a, b in itertools.combinations(units, 2)]
    found = mean_cosine(np.array([*units, np.zeros(3)]))
    assert found == pytest.approx(np.mean(pairs), abs=1e-9) if pairs else math.isnan(found)


@SETTINGS
@given(st.lists(st.integers(0, 31), max_size=12))
def test_evaluability_mean_jaccard_is_that_of_the_pairs(sets: list[int]) -> None:
    pairs = [(a & b).bit_count() / (a | b).bit_count() for a, b in itertools.combinations([each for each in sets if each], 2)]
    found = mean_jaccard(np.array(sets, dtype=np.int64))
    assert found == pytest.approx(np.mean(pairs)) if pairs else math.isnan(found)


def test_evaluability_mean_jaccard_of_many_kinds() -> None:
    sets = np.arange(1, 1500, dtype=np.int64)
    union, common = sets[:, None] | sets, sets[:, None] & sets
    exact = (np.bitwise_count(common) / np.bitwise_count(union)).sum() - len(sets)
    assert mean_jaccard(sets) == pytest.approx(exact / (len(sets) * (len(sets) - 1)))


def test_evaluability_is_measurable_is_offered_here() -> None:
    assert is_measurable("Tio lador")
    assert not is_measurable("Lador")
