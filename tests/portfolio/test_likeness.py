"""Pairs of projects that are alike: duplicates and continuations."""

from __future__ import annotations

from typing import Any

import pytest

from classifier.portfolio.likeness import CONTINUATION, DUPLICATE, MIN_CHARACTERS, Cluster, clusters, continuations, duplicates
from tests.portfolio.conftest import Make

FISH = [
    "Fisket i ån ska leva upp igen när laxen kan vandra förbi dammen.",
    "Laxen vandrar upp i ån och fisket lockar gäster till dammen.",
    "Dammen rivs så att laxen når sina lekplatser och fisket växer.",
    "Fler gäster kommer till ån för fisket efter laxen.",
]
TRAINS = [
    "Tågen till fjällen ska gå oftare och stationen får en ny perrong.",
    "En ny perrong vid stationen gör att tågen kan stanna vid fjällen.",
    "Resenärerna når fjällen med tågen från den nya stationen.",
    "Stationen rustas upp och tågen mot fjällen får längre perrong.",
]
LONG = "Föreningen bygger en brygga av lärk vid holmen så att fler besökare kan lägga till med båt och handla i lanthandeln på ön under hela sommaren."
OTHER = "Snickerierna i dalen lär sig räkna på sina inköp och provar gemensam frakt till kunder i grannlandet under ett par års tid."


def texts(*several: str, **more: Any) -> list[dict[str, Any]]:
    return [{"titel": f"Namn {number}", "text": text, **more} for number, text in enumerate(several)]


# Duplicates


def test_likeness_duplicates_same_text_but_for_case_and_signs(make: Make) -> None:
    (pair,) = duplicates(make(*texts(LONG, OTHER, LONG.upper().replace(" ", "  - "))).projects)
    assert (pair.first, pair.second, pair.likeness, pair.reason) == (0, 2, 1.0, "Samma text.")


def test_likeness_duplicates_nearly_the_same(make: Make) -> None:
    (pair,) = duplicates(make(*texts(LONG, OTHER, LONG.replace("lärk", "furu"))).projects)
    assert (pair.first, pair.second, pair.reason) == (0, 2, "Nästan samma text.")
    assert DUPLICATE <= pair.likeness < 1


def test_likeness_duplicates_each_copy_once_with_the_first(make: Make) -> None:
    found = duplicates(make(*texts(*[LONG] * 50)).projects)
    assert [(pair.first, pair.second) for pair in found] == [(0, number) for number in range(1, 50)]


def test_likeness_duplicates_most_alike_first(make: Make) -> None:
    found = duplicates(make(*texts(LONG, LONG.replace("lärk", "furu"), OTHER, OTHER)).projects)
    assert [(pair.first, pair.second) for pair in found] == [(2, 3), (0, 1)]


def test_likeness_duplicates_same_subject_is_none(make: Make) -> None:
    assert duplicates(make(*texts(*FISH, *TRAINS, LONG, OTHER)).projects) == []


def test_likeness_duplicates_short_text_needs_the_title(make: Make) -> None:
    short = "Se bilaga."
    assert len(short) < MIN_CHARACTERS
    rows = [{"titel": title, "text": short} for title in ("Bryggan vid holmen", "Snickerierna i dalen", "bryggan vid holmen")]
    assert [(pair.first, pair.second) for pair in duplicates(make(*rows).projects)] == [(0, 2)]


@pytest.mark.parametrize("text", ["", " ", "...", None, float("nan")])
def test_likeness_duplicates_no_text_is_no_copy(make: Make, text: object) -> None:
    projects = make({"titel": "Bryggan", "text": text}, {"titel": "Bryggan", "text": text}).projects
    assert duplicates(projects) == []
    assert continuations(projects) == []


def test_likeness_duplicates_nothing(make: Make) -> None:
    assert duplicates(make().projects) == []
    assert duplicates(make(*texts(LONG)).projects) == []


def test_likeness_duplicates_row_numbers_of_a_selection(make: Make) -> None:
    projects = make(*texts(OTHER, LONG, FISH[0], LONG)).projects
    assert [(pair.first, pair.second) for pair in duplicates(projects[1:])] == [(1, 3)]


# Continuations


def titled(*titles: str, **more: Any) -> list[dict[str, Any]]:
    several = [LONG, OTHER, FISH[0], TRAINS[0], FISH[2]]
    return [{"titel": title, "text": several[number], **more} for number, title in enumerate(titles)]


@pytest.mark.parametrize(
    "later", ["Bryggor för bygden etapp 2", "Bryggor för bygden II", "Fortsättning: bryggor för bygden", "Bygdens bryggor 2.0"]
)
def test_likeness_continuations_title_says_so(make: Make, later: str) -> None:
    (pair,) = continuations(make(*titled(later, "Snickerier", "Bryggor för bygden")).projects)
    assert (pair.first, pair.second) == (2, 0)
    assert pair.reason.startswith("Titeln säger ”")
    assert 0.5 < pair.likeness <= 1


def test_likeness_continuations_follow_step_by_step(make: Make) -> None:
    rows = titled("Bygdens bryggor etapp 3", "Bygdens bryggor", "Bygdens bryggor etapp 2", "Bygdens bryggor etapp 2")
    assert {(pair.first, pair.second) for pair in continuations(make(*rows).projects)} == {(1, 2), (1, 3), (3, 0)}


def test_likeness_continuations_by_year_in_the_title(make: Make) -> None:
    (pair,) = continuations(make(*titled("Bygdens mässa 2018", "Bygdens mässa 2017")).projects)
    assert (pair.first, pair.second) == (1, 0)


@pytest.mark.parametrize(
    "titles",
    [
        ("Etapp 1", "Etapp 2"),
        ("Förstudie 1", "Förstudie 2"),
        ("Bygdens bryggor", "Bygdens bryggor"),
        ("Bygdens bryggor", "Fjällens leder 2"),
    ],
)
def test_likeness_continuations_titles_that_say_too_little(make: Make, titles: tuple[str, str]) -> None:
    assert continuations(make(*titled(*titles)).projects) == []


def test_likeness_continuations_not_of_a_later_project(make: Make) -> None:
    first, second = titled("Bygdens bryggor", "Bygdens bryggor etapp 2")
    assert continuations(make(first | {"år": 2018.0}, second | {"år": 2016.0}).projects) == []
    assert len(continuations(make(first | {"år": float("nan")}, second | {"år": 2016.0}).projects)) == 1


def test_likeness_continuations_alike_text_and_later_year(make: Make) -> None:
    changed = LONG.replace("av lärk", "med räcke") + " Nu ingår även bastun."
    first, second = texts(changed, LONG)
    (pair,) = continuations(make(first | {"år": 2019.0}, second | {"år": 2016.0}, *texts(OTHER)).projects)
    assert (pair.first, pair.second) == (1, 0)
    assert pair.likeness >= CONTINUATION
    assert "2019" in pair.reason
    assert continuations(make(first | {"år": 2016.0}, second | {"år": 2016.0}).projects) == []
    assert continuations(make(first | {"år": float("nan")}, second | {"år": 2016.0}).projects) == []


def test_likeness_continuations_are_no_duplicates(make: Make) -> None:
    rows = [{"titel": f"Bygdens bryggor etapp {number}", "text": LONG, "år": 2014.0 + number} for number in (1, 2, 3)]
    projects = make(*rows).projects
    assert len(duplicates(projects)) == 2
    assert continuations(projects) == []


def test_likeness_continuations_nothing(make: Make) -> None:
    assert continuations(make().projects) == []
    assert continuations(make({}).projects) == []


def test_likeness_clusters_are_offered_here(make: Make) -> None:
    (found,) = clusters(make(*texts(*FISH), statements=[(0, "Laxen vandrar.", "U")]), 1)
    assert isinstance(found, Cluster)
