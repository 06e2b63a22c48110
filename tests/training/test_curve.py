"""The learning curve: which texts a point is trained on, points that are not computed twice, and the picture."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from classifier.taxonomy import Field, Scheme
from classifier.training import curve
from classifier.training.adaptation import Recipe
from classifier.training.corpus import LabelledProject
from classifier.training.curve import draw_curve, in_order_of_writing, measure_curve, part_of
from tests.conftest import dummy_manifest


def text_of(number: int, round_: int, *, short: bool = False) -> LabelledProject:
    name = f"{'kort' if short else 'text'}-{round_}-{number:02}"
    return LabelledProject(name, "", name, (), {} if short else {Field.FOKUSOMRADE: ("service",)}, round=round_)


TEXTS = [text_of(number, round_) for round_ in (2, 1, 3) for number in range(10)]
SHORT = [text_of(number, 3, short=True) for number in range(20)]


def rounds(part: Sequence[LabelledProject]) -> list[int]:
    return [project.round for project in part if project.labels]


@given(st.permutations(TEXTS))
def test_curve_order_does_not_depend_on_the_files(texts: list[LabelledProject]) -> None:
    assert in_order_of_writing(texts) == in_order_of_writing(TEXTS)
    assert [project.round for project in in_order_of_writing(texts)] == [1] * 10 + [2] * 10 + [3] * 10


@given(st.integers(1, 40), st.integers(1, 40))
def test_curve_parts_lie_within_each_other(one: int, other: int) -> None:
    small, large = ({project.id for project in part_of(TEXTS, SHORT, size) if project.labels} for size in sorted((one, other)))
    assert small <= large
    assert len(large) == min(len(TEXTS), max(one, other))


def test_curve_part_has_the_short_statements_of_its_rounds() -> None:
    assert rounds(part_of(TEXTS, SHORT, 12)) == [1] * 10 + [2] * 2
    assert len(part_of(TEXTS, SHORT, 12)) == 12
    assert len(part_of(TEXTS, SHORT, 25)) == 25 + 10
    assert len(part_of(TEXTS, SHORT, 99)) == 30 + 20


def test_curve_newest() -> None:
    part = part_of(TEXTS, SHORT, 5, newest=True)
    assert rounds(part) == [3] * 5
    assert len(part) == 5 + 10


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes that were trained; nothing is learnt."""
    sizes: list[int] = []

    def train_all(_recipe: Recipe, report: Any, *, projects: Sequence[LabelledProject], **_: Any) -> None:
        sizes.append(len(rounds(projects)))
        report("Hela samlingen", 1, 1)

    monkeypatch.setattr(curve, "train_all", train_all)
    monkeypatch.setattr(curve, "read_corpus", lambda _: TEXTS)
    monkeypatch.setattr(curve, "read_short_statements", lambda _: SHORT)
    monkeypatch.setattr(curve, "corpus_hash", lambda _: "samling")
    monkeypatch.setattr("classifier.assistant.load", lambda folder: folder)
    return sizes


def test_curve_goes_on_where_it_was(tmp_path: Path, trained: list[int]) -> None:
    out, told = tmp_path / "kurva.json", []
    first = measure_curve([10, 40], Recipe(), lambda _: {"tema": 0.5}, out, lambda what, *_: told.append(what), newest=True)
    assert trained == [10, 30, 10, 30]
    assert told == ["10 första texter", "30 första texter", "10 senaste texter", "30 senaste texter"]
    assert [(point["texter"], point["urval"], point["tema"]) for point in first[:3]] == [
        (10, "första", 0.5),
        (30, "första", 0.5),
        (10, "senaste", 0.5),
    ]
    assert json.loads(out.read_text(encoding="utf-8")) == first
    again = measure_curve([10, 20, 40], Recipe(), lambda _: {"tema": 0.6}, out, lambda *_: None)
    assert trained == [10, 30, 10, 30, 20]
    assert [point["tema"] for point in again] == [0.5, 0.6, 0.5]
    measure_curve([10], Recipe(epochs=1), lambda _: {"tema": 0.6}, out, lambda *_: None)
    assert trained == [10, 30, 10, 30, 20, 10]


def test_curve_shipped_model_is_the_point_of_all_texts(
    tmp_path: Path, trained: list[int], scheme: Scheme, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = dummy_manifest(scheme, corpus_sha256="samling", recipe=asdict(Recipe()))
    monkeypatch.setattr(curve, "read_manifest", lambda _: manifest)
    told: list[object] = []

    def measure(model: object) -> dict[str, float]:
        told.append(model)
        return {"tema": 0.5}

    measure_curve([10, 30], Recipe(), measure, tmp_path / "kurva.json", lambda *_: None)  # type: ignore[arg-type]
    assert trained == [10]
    assert told[1] == curve.MODEL_DIR
    measure_curve([30], Recipe(epochs=1), measure, tmp_path / "kurva.json", lambda *_: None)  # type: ignore[arg-type]
    assert trained == [10, 30]


def test_curve_picture(tmp_path: Path) -> None:
    point = {"kolumn_makro_f1": 0.5, "tema": 0.6, "ordning_auc": 0.7}
    points = [
        {"texter": 10, "urval": "första", **point},
        {"texter": 20, "urval": "första", **point},
        {"texter": 10, "urval": "senaste", **point},
    ]
    draw_curve(points, tmp_path / "kurva.svg")
    first = (tmp_path / "kurva.svg").read_bytes()
    assert first.startswith(b"<?xml")
    draw_curve(points, tmp_path / "kurva.svg")
    assert (tmp_path / "kurva.svg").read_bytes() == first
