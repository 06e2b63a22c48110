"""The comparison with peers, with the one whose packages are here in place of those that are installed apart."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from classifier.errors import TrainingError
from classifier.taxonomy import Field
from classifier.training import comparison
from classifier.training.comparison import SCRIPTS, Peer, compare, examples
from classifier.training.corpus import LabelledProject, parse_marked

GOAL, WORK = "[U] Fler gäster kommer till hamnen {n}.", "[A] Vi bygger en brygga vid ön {n}."


def project(number: int) -> LabelledProject:
    labels = {Field.FOKUSOMRADE: ("service" if number % 2 else "innovation",)}
    title, text = ("Butik", GOAL) if number % 2 else ("Kurs", WORK)
    return LabelledProject(f"p{number}", title, *parse_marked(text.format(n=number)), labels)


SHORT = LabelledProject("kort", "", *parse_marked("[R] En båt"), {})


@pytest.fixture
def _own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "_environment", lambda _peer, _folder, _say: Path(sys.executable))


@pytest.mark.usefixtures("_own_environment")
def test_comparison_trains_and_asks_a_peer(tmp_path: Path) -> None:
    said: list[str] = []
    peers = [Peer("tf-idf", "tfidf")]
    rows = compare([*map(project, range(12)), SHORT], [project(20), project(21)], tmp_path, said.append, peers)
    assert [(row["metod"], row["uppgift"]) for row in rows] == [("tf-idf", "kolumn"), ("tf-idf", "fokusområde")]
    for row in rows:
        assert row["träffsäkerhet"] == row["makro_f1"] == 1.0
        assert row["texter_per_sekund"] > 0
        assert row["minne_mb"] > 10
        assert row["modell_mb"] >= 0
        assert row["första_svar_s"] > 0
    assert said == ["tf-idf: kolumn", "tf-idf: fokusområde"]


@pytest.mark.usefixtures("_own_environment")
def test_comparison_peer_that_fails_is_named_with_its_log(tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match=r"Trasig gick inte att köra; läs .*logg\.txt"):
        compare([project(1)], [project(2)], tmp_path, lambda _line: None, [Peer("Trasig", "finns-inte")])


def test_comparison_examples_of_statements_and_of_whole_texts() -> None:
    assert examples("kolumn", [project(1), SHORT]) == [("Fler gäster kommer till hamnen 1.", "U"), ("En båt", "R")]
    assert examples("fokusområde", [project(1), SHORT]) == [("Butik\nFler gäster kommer till hamnen 1.", "service")]


def test_comparison_every_peer_has_its_script() -> None:
    assert all((SCRIPTS / f"peer_{peer.script}.py").is_file() for peer in comparison.PEERS)
