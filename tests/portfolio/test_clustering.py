"""Clusters of projects whose texts are alike."""

from __future__ import annotations

from typing import Any

import pytest

from classifier.portfolio.clustering import MOST_CLUSTERS, clusters
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
OTHER = "Snickerierna i dalen lär sig räkna på sina inköp och provar gemensam frakt till kunder i grannlandet under ett par års tid."


def texts(*several: str, **more: Any) -> list[dict[str, Any]]:
    return [{"titel": f"Namn {number}", "text": text, **more} for number, text in enumerate(several)]


def test_clustering_by_subject(make: Make) -> None:
    portfolio = make(*texts(*FISH, *TRAINS))
    found = clusters(portfolio, 2)
    assert {frozenset(cluster.rader) for cluster in found} == {frozenset(range(4)), frozenset(range(4, 8))}
    (fish,) = [cluster for cluster in found if 0 in cluster.rader]
    assert {"fisket", "laxen"} & set(fish.name.split(", "))
    assert "perrong" not in fish.name


def test_clustering_statements_are_typical_and_from_different_projects(make: Make) -> None:
    said = [(0, "Laxen vandrar i ån.", "U"), (0, "Fisket efter laxen i ån.", "K"), (1, "Fisket lockar gäster.", "K"), (1, "Vi fikar.", "A")]
    said += [(2, "Laxen och fisket är bakgrund.", "-"), (4, "Tågen stannar.", "U")]
    (fish,) = [cluster for cluster in clusters(make(*texts(*FISH, *TRAINS), statements=said), 2) if 0 in cluster.rader]
    assert len(fish.statements) == 2
    assert {text.split()[0] for text in fish.statements} <= {"Laxen", "Fisket"}
    assert not any("bakgrund" in text or "fikar" in text for text in fish.statements)


def test_clustering_largest_first_each_project_once(make: Make) -> None:
    found = clusters(make(*texts(*FISH, *TRAINS[:2])), 2)
    assert [len(cluster.rader) for cluster in found] == [4, 2]
    assert sorted(row for cluster in found for row in cluster.rader) == list(range(6))


def test_clustering_same_seed_same_clusters(make: Make) -> None:
    portfolio = make(*texts(*FISH, *TRAINS))
    assert clusters(portfolio) == clusters(portfolio)


def test_clustering_number_by_rule_of_thumb(make: Make) -> None:
    assert len(clusters(make(*texts(*FISH, *TRAINS)))) == 2
    words = [f"{FISH[number % 4]} {'abcdefghij'[number // 10] * 4} {'klmnopqrst'[number % 10] * 4}" for number in range(50)]
    assert 2 < len(clusters(make(*texts(*words)))) <= 5
    assert MOST_CLUSTERS == 30


def test_clustering_of_few_are_one(make: Make) -> None:
    (found,) = clusters(make(*texts(FISH[0], TRAINS[0], OTHER)))
    assert sorted(found.rader) == [0, 1, 2]
    assert found.name


@pytest.mark.parametrize("wanted", [1, 3, 99])
def test_clustering_no_more_than_wanted_or_different_texts(make: Make, wanted: int) -> None:
    portfolio = make(*({"titel": "", "text": text} for text in [*FISH, *FISH]))
    found = clusters(portfolio, wanted)
    assert 1 <= len(found) <= min(wanted, 4)
    assert sum(len(cluster.rader) for cluster in found) == 8


def test_clustering_leave_out_what_has_no_words(make: Make) -> None:
    assert clusters(make()) == []
    assert clusters(make({"titel": "", "text": ""}, {"titel": "12", "text": "och att"})) == []
    (found,) = clusters(make({"titel": "", "text": ""}, *texts(*FISH[:2])))
    assert sorted(found.rader) == [1, 2]


def test_clustering_row_numbers_of_a_selection(make: Make) -> None:
    whole = make(*texts(*FISH, *TRAINS), statements=[(6, "Tågen stannar.", "U")])
    part = type(whole)("del", whole.projects[4:], whole.statements, {})
    (found,) = clusters(part, 1)
    assert sorted(found.rader) == [4, 5, 6, 7]
    assert found.statements == ("Tågen stannar.",)


def test_clustering_hostile_texts(make: Make) -> None:
    hostile = ["=cmd|' /C calc'!A0", "<script>alert('x')</script>", "ord " * 250_000, "\u2028\t\x07", "😀", "a"]
    found = clusters(make(*texts(*hostile), statements=[(0, "=1+1 räkna", "U"), (2, "ord " * 250_000, "U")]))
    assert sum(len(cluster.rader) for cluster in found) == len(hostile)
