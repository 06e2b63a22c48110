"""Two portfolios beside each other, two periods of one, and the labels that a file had."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import cohen_kappa_score

from classifier.errors import UsageError
from classifier.portfolio.analysis import GROUPINGS, UNKNOWN, chain_profile
from classifier.portfolio.comparison import agreement, between_years, cohen_kappa, compare, labels_in_file
from classifier.taxonomy import Field, load_scheme
from tests.portfolio.conftest import Make, make_portfolio

SCHEME = load_scheme()
KINDS = [label.name for label in SCHEME.labels[Field.PROJEKTTYP]]
COLUMNS = [
    "värde",
    "antal_första",
    "antal_andra",
    "andel_första",
    "andel_andra",
    "skillnad",
    "belopp_första",
    "belopp_andra",
    "rader_första",
    "rader_andra",
]
PROJECTS = st.lists(
    st.fixed_dictionaries({"län": st.sampled_from(["", "Skåne län", "Kalmar län"]), "belopp": st.integers(0, 1000).map(float)}), max_size=6
)


# Two portfolios


def test_comparison_compare_counts_both(make: Make) -> None:
    first = make({"län": "Skåne län"}, {"län": "Skåne län", "belopp": 1.0}, {"län": "Kalmar län"}, {"län": ""}, name="a.csv")
    second = make({"län": "Skåne län"}, {"län": "Hallands län"}, name="b.csv")
    found = compare(first, second)
    assert found.names == ("a.csv", "b.csv")
    assert list(found.tables) == list(GROUPINGS)
    rows = found.tables["län"].to_dict("records")
    assert list(rows[0]) == COLUMNS
    assert [row["värde"] for row in rows] == ["Skåne län", "Hallands län", "Kalmar län", UNKNOWN]
    assert list(rows[0].values()) == ["Skåne län", 2, 1, 0.5, 0.5, 0.0, 100_001.0, 100_000.0, [0, 1], [0]]
    assert list(rows[1].values()) == ["Hallands län", 0, 1, 0.0, 0.5, 50.0, 0.0, 100_000.0, [], [1]]


def test_comparison_compare_profiles_stand_after_each_other(make: Make) -> None:
    first, second = make({}, statements=[(0, "a", "A")], name="a"), make({}, statements=[(0, "b", "U")], name="b")
    profile = compare(first, second).profile
    assert profile["grupp"].tolist() == ["a"] * 6 + ["b"] * 6
    assert profile["antal"].tolist() == [*chain_profile(first)["antal"], *chain_profile(second)["antal"]]


def test_comparison_compare_same_name_is_told_apart(make: Make) -> None:
    found = compare(make({}), make({}))
    assert found.names == ("prov.csv (första)", "prov.csv (andra)")
    assert set(found.profile["grupp"]) == set(found.names)


def test_comparison_compare_with_nothing(make: Make) -> None:
    for first, second in ((make(), make({})), (make({}), make()), (make(), make())):
        found = compare(first, second)
        assert all(list(table.columns) == COLUMNS for table in found.tables.values())
        (row,) = found.tables["län"].to_dict("records") or [dict.fromkeys(COLUMNS, 0)]
        assert row["skillnad"] == 100 * (len(second.projects) - len(first.projects))


@settings(deadline=None, max_examples=8)
@given(PROJECTS, PROJECTS)
def test_comparison_compare_turned_round(one: list[dict[str, Any]], other: list[dict[str, Any]]) -> None:
    first, second = make_portfolio(*one), make_portfolio(*other)
    there, back = compare(first, second).tables["län"], compare(second, first).tables["län"]
    assert there["värde"].tolist() == back["värde"].tolist()
    assert there["skillnad"].tolist() == pytest.approx((-back["skillnad"]).tolist())
    assert there["antal_första"].sum() == len(one)
    assert there["belopp_andra"].sum() == pytest.approx(sum(row["belopp"] for row in other))


# Two periods


def test_comparison_between_years_takes_each_period(make: Make) -> None:
    portfolio = make({"år": 2014.0}, {"år": 2016.0}, {"år": 2020.0}, {"år": float("nan")}, statements=[(0, "a", "A"), (2, "b", "U")])
    found = between_years(portfolio, range(2014, 2017), [2020, 2022])
    assert found.names == ("2014–2016", "2020, 2022")
    (row,) = found.tables["län"].to_dict("records")
    assert (row["rader_första"], row["rader_andra"]) == ([0, 1], [2])
    assert found.profile["antal"].tolist() == [0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0]


def test_comparison_between_years_one_year_and_none(make: Make) -> None:
    found = between_years(make({}), [2016], [])
    assert found.names == ("2016", "inga år")
    assert found.tables["år"]["antal_andra"].tolist() == [0]


def test_comparison_between_years_nothing(make: Make) -> None:
    assert between_years(make(), [2016], [2017]).tables["län"].empty


# The file's own labels


def test_comparison_agreement_counts_pairs(make: Make) -> None:
    given_labels = [{"projekttyp": name} for name in ("Projekt", "Projekt", "Förstudie", "Förstudie")]
    found = agreement(make(*given_labels), "projekttyp", ["Projekt", "Förstudie", "Förstudie", "Ramprojekt"], SCHEME)
    assert (found.field, found.compared, found.agreement) == ("projekttyp", 4, 0.5)
    assert found.confusion.to_dict("index") == {
        "Förstudie": {"Förstudie": 1, "Projekt": 1, "Ramprojekt": 0},
        "Projekt": {"Förstudie": 0, "Projekt": 1, "Ramprojekt": 0},
        "Ramprojekt": {"Förstudie": 1, "Projekt": 0, "Ramprojekt": 0},
    }
    assert found.kappa == pytest.approx((0.5 - 0.375) / (1 - 0.375))
    assert not found.unknown


@pytest.mark.parametrize("written", ["Förstudie", " förstudie ", "FÖRSTUDIE.", "forstudie", "(Förstudie)"])
def test_comparison_agreement_ways_to_write_a_label(make: Make, written: str) -> None:
    assert agreement(make({"projekttyp": "Förstudie"}), "projekttyp", [written], SCHEME).agreement == 1


@pytest.mark.parametrize("field", [Field.EFFEKTKEDJA, Field.FOKUSOMRADE, Field.PROJEKTTYP])
def test_comparison_agreement_every_label_is_known(field: Field) -> None:
    names = [label.name for label in SCHEME.labels[field]]
    portfolio = make_portfolio(*({field.swedish: name} for name in names))
    for written in (names, list(SCHEME.ids(field)), [name.upper() for name in names]):
        found = agreement(portfolio, field.swedish, written, SCHEME)
        assert (found.compared, found.agreement, found.kappa) == (len(names), 1.0, 1.0)


def test_comparison_agreement_of_sakomrade(make: Make) -> None:
    found = agreement(make({"sakområde": "Övrigt"}, {"sakområde": "Övrigt"}), "sakområde", ["övrigt", "sak_internationellt"], SCHEME)
    assert (found.compared, found.agreement, found.disagreements) == (2, 0.5, [1])


def test_comparison_agreement_dash_is_the_sakomrades_own_leaf(make: Make) -> None:
    portfolio = make({"fokusområde": "Kompetensförsörjning"}, {"fokusområde": "Kompetensförsörjning"}, {"fokusområde": "Innovation"})
    sakomraden = ["Kompetensförsörjning", "Övrigt", "Innovation och företagande"]
    found = agreement(portfolio, "fokusområde", ["-", "-", "-"], SCHEME, sakomraden)
    assert (found.compared, found.agreement, found.disagreements, found.unknown) == (2, 0.5, [1], Counter({"-": 1}))
    assert agreement(portfolio, "fokusområde", ["-", "-", "-"], SCHEME).unknown == {"-": 3}


@pytest.mark.parametrize("empty", ["", " ", None, float("nan"), pd.NA])
def test_comparison_agreement_empty_cells_say_nothing(make: Make, empty: object) -> None:
    found = agreement(make({}, {}), "projekttyp", [empty, "Projekt"], SCHEME)
    assert (found.compared, found.unknown) == (1, Counter())


def test_comparison_agreement_unknown_values_are_told(make: Make) -> None:
    found = agreement(make({}, {}, {}), "projekttyp", [" Pilot", "Pilot", ["=cmd"]], SCHEME)
    assert (found.compared, found.unknown) == (0, Counter({"Pilot": 2, "['=cmd']": 1}))
    assert math.isnan(found.agreement)
    assert math.isnan(found.kappa)


def test_comparison_agreement_without_proposal_is_left_out(make: Make) -> None:
    found = agreement(make({"projekttyp": "", "projekttyp_sannolikhet": float("nan")}, {}), "projekttyp", ["Projekt", "Projekt"], SCHEME)
    assert found.compared == 1


def test_comparison_agreement_surest_disagreement_first(make: Make) -> None:
    sure = [{"projekttyp_sannolikhet": share} for share in (0.4, float("nan"), 0.9, 0.6)]
    found = agreement(make(*sure), "projekttyp", pd.Series(["Förstudie"] * 4, index=[7, 8, 9, 10]), SCHEME)
    assert found.disagreements == [2, 3, 0, 1]


def test_comparison_agreement_nothing(make: Make) -> None:
    found = agreement(make(), "effektkedja", [], SCHEME)
    assert (found.compared, found.confusion.empty, found.disagreements) == (0, True, [])


@pytest.mark.parametrize("field", ["bransch", "syfte", "titel"])
def test_comparison_agreement_field_with_several_labels(make: Make, field: str) -> None:
    with pytest.raises(UsageError, match="projekttyp, sakområde"):
        agreement(make({}), field, [""], SCHEME)


def test_comparison_agreement_column_of_another_file(make: Make) -> None:
    with pytest.raises(UsageError, match="2 rader"):
        agreement(make({}), "projekttyp", ["Projekt", "Projekt"], SCHEME)


def test_comparison_kappa_published_example() -> None:
    # Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions, 3rd ed., ch. 18: 0.89 observed, 0.66 by chance
    assert cohen_kappa(pd.DataFrame([[75, 1, 4], [5, 4, 1], [0, 0, 10]])) == pytest.approx((0.89 - 0.66) / 0.34)


@pytest.mark.parametrize("counts", [[[0]], [[5]], [[5, 0], [0, 0]]])
def test_comparison_kappa_that_cannot_be_told(counts: list[list[int]]) -> None:
    assert math.isnan(cohen_kappa(pd.DataFrame(counts)))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(KINDS)), min_size=1, max_size=30))
def test_comparison_kappa_as_others_reckon_it(pairs: list[tuple[str, str]]) -> None:
    theirs, ours = [list(side) for side in zip(*pairs, strict=True)]
    found = agreement(make_portfolio(*({"projekttyp": name} for name in ours)), "projekttyp", theirs, SCHEME)
    assert found.confusion.to_numpy().sum() == len(pairs)
    assert found.agreement == pytest.approx(sum(a == b for a, b in pairs) / len(pairs))
    if len({*theirs, *ours}) > 1:
        assert found.kappa == pytest.approx(cohen_kappa_score(theirs, ours))


def test_comparison_labels_in_file_with_and_without_sakomrade() -> None:
    rows = [{"Prioritering": "Kompetensförsörjning", "fokus": "-"}, {"Prioritering": None, "fokus": None}]
    assert labels_in_file(rows, "fokus") == (["-", ""], ["Kompetensförsörjning", ""])
    assert labels_in_file([{"fokus": "Innovation"}], "fokus") == (["Innovation"], None)
    assert labels_in_file([], "fokus") == ([], None)
