"""A small version of the encoder's training: a tiny network, three texts, then the export that run time reads."""

from __future__ import annotations

import random
import string
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import BertConfig, BertModel

from classifier.model.encoder import Encoder
from classifier.model.windows import Segment
from classifier.taxonomy import Field, Scheme
from classifier.training.adaptation import MOST_TOGETHER, SHORT_BUNDLE, Recipe, _mixed, adapt, encode
from classifier.training.base import SPECIAL, Base
from classifier.training.corpus import LabelledProject, parse_marked
from classifier.training.export import agreement, export_encoder
from classifier.training.segments import project_input
from tests.conftest import dummy_heads

RECIPE = Recipe(layers=2, frozen_layers=0, epochs=40, projects_per_step=3, encoder_rate=1e-3, memory_weight=0.0, seed=5)
WIDE = {"weights": np.eye(7, 32, dtype=np.float32), "mean": np.zeros(32, np.float32), "scale": np.ones(32, np.float32)}
"""What makes a dummy head fit the tiny network's vectors."""
TEXTS = (
    "[#] Mål\n[U] Fler fiskare säljer direkt till kunder. [A] Vi bygger en brygga. [R] Kommunen ger 100 tkr.",
    "[-] Byn har få arbeten. [A P] En kurs hålls för tio unga. [L] På sikt lever bygden.",
    "[K] Fler gäster kommer till ön. [P] Tre skyltar är uppsatta.",
)


def tiny_base() -> Base:
    torch.manual_seed(3)
    characters = string.ascii_lowercase + string.ascii_uppercase + string.digits + "åäöÅÄÖ.,▁"
    pieces = [(name, 0.0) for name in SPECIAL] + [(character, -5.0) for character in characters]
    config = BertConfig(vocab_size=len(pieces), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    return Base("liten", BertModel(config, add_pooling_layer=False), pieces)


def projects() -> list[LabelledProject]:
    labels = {
        Field.PROJEKTTYP: ("projekt",),
        Field.FOKUSOMRADE: ("service",),
        Field.EFFEKTKEDJA: ("infrastruktur",),
        Field.BRANSCH: (),
        Field.VERKTYG: (),
        Field.SYFTE: (),
    }
    return [LabelledProject(f"p{number}", f"Titel {number}", *parse_marked(text), labels) for number, text in enumerate(TEXTS)]


def train(scheme: Scheme) -> tuple[Base, BertModel, list[float]]:
    losses: list[float] = []
    base = tiny_base()
    return base, adapt(base, projects(), scheme, RECIPE, lambda _step, _steps, loss: losses.append(loss)), losses


def test_adaptation_learns(scheme: Scheme) -> None:
    _, _, losses = train(scheme)
    assert len(losses) == RECIPE.epochs
    assert np.mean(losses[-3:]) < 0.9 * np.mean(losses[:3])


def test_adaptation_same_seed_gives_the_same_network(scheme: Scheme) -> None:
    first, second = (train(scheme)[1].state_dict() for _ in range(2))
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_adaptation_stopped_goes_on_to_the_same_network(scheme: Scheme, tmp_path: Path) -> None:
    recipe, checkpoint, steps = replace(RECIPE, epochs=4, projects_per_step=2), tmp_path / "läge.pt", []

    def stop_in_third_epoch(step: int, _steps: int, _loss: float) -> None:
        if step == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        adapt(tiny_base(), projects(), scheme, recipe, stop_in_third_epoch, checkpoint)
    resumed = adapt(tiny_base(), projects(), scheme, recipe, lambda step, *_: steps.append(step), checkpoint).state_dict()
    assert steps == [5, 6, 7, 8]
    unbroken = adapt(tiny_base(), projects(), scheme, recipe, lambda *_: None).state_dict()
    assert all(torch.equal(resumed[name], unbroken[name]) for name in unbroken)
    finished = adapt(tiny_base(), projects(), scheme, recipe, lambda *_: pytest.fail("nothing is left to learn"), checkpoint).state_dict()
    assert all(torch.equal(finished[name], unbroken[name]) for name in unbroken)


def test_adaptation_short_statements_are_learnt_in_bundles(scheme: Scheme) -> None:
    short = [LabelledProject(f"k{number}", "", *parse_marked("[U] Fler fiskare"), {}) for number in range(SHORT_BUNDLE + 1)]
    told: list[tuple[int, int]] = []
    recipe = replace(RECIPE, epochs=1, projects_per_step=1, memory_weight=1.0)
    adapt(tiny_base(), [*projects(), *short], scheme, recipe, lambda step, steps, _: told.append((step, steps)))
    assert told == [(step, 5) for step in range(1, 6)]
    adapt(tiny_base(), short, scheme, recipe, lambda *_: None)


def test_export_gives_the_vectors_of_the_network(scheme: Scheme, tmp_path: Path) -> None:
    base, model, _ = train(scheme)
    export_encoder(model, base, tmp_path)
    documents = [[Segment("Titel", is_heading=True), Segment("Vi bygger en brygga."), Segment("Fler gäster kommer.")], [Segment("Kort.")]]
    heads = replace(dummy_heads(scheme), columns=replace(dummy_heads(scheme).columns, **WIDE))
    cosine, same_column = agreement(model, base, tmp_path, documents, heads)
    assert cosine > 0.98
    assert 0.5 <= same_column <= 1.0
    vectors = Encoder.load(tmp_path).encode(documents)
    assert [vector.shape for vector in vectors] == [(3, 32), (1, 32)]


def test_encoder_reads_a_statement_in_its_context(scheme: Scheme) -> None:
    base, model, _ = train(scheme)
    alone, in_context = encode(model, base, [[Segment("Vi bygger.")], [Segment("Mål", is_heading=True), Segment("Vi bygger.")]])
    assert not np.allclose(alone[0], in_context[1], atol=1e-3)


def test_encoder_long_document_has_a_vector_for_every_segment(scheme: Scheme, tmp_path: Path) -> None:
    base, model, _ = train(scheme)
    export_encoder(model, base, tmp_path)
    document = [Segment(f"Mening nummer {number} om bryggan vid sjön.") for number in range(120)]
    [vectors] = Encoder.load(tmp_path).encode([document])
    assert vectors.shape == (120, 32)
    assert np.abs(vectors).sum(axis=1).min() > 0


@pytest.mark.parametrize("text", ["", "   ", "漢字"])
def test_encoder_segment_without_known_tokens_does_not_break(scheme: Scheme, tmp_path: Path, text: str) -> None:
    base, model, _ = train(scheme)
    export_encoder(model, base, tmp_path)
    [vectors] = Encoder.load(tmp_path).encode([[Segment(text), Segment("Vi bygger.")]])
    assert np.isfinite(vectors).all()


@given(st.integers(0, 2**32 - 1))
def test_adaptation_mixed_reading_holds_every_statement_once_under_its_heading(seed: int) -> None:
    text = (
        "[-] Byn är liten. [#] Mål\n[U] Fler fiskare säljer. [K] Hamnen lever. [#] Medel\n[R] Kommunen ger 100 tkr. [R] Vi har en brygga."
    )
    item = project_input(LabelledProject("p", "Titel", *parse_marked(text), {}))
    passages = _mixed(item, random.Random(seed))
    numbers = [number for passage in passages for number in passage if number in item.parts]
    assert sorted(numbers) == sorted(item.parts)
    for passage in passages:
        assert sum(number in item.statements for number in passage) <= MOST_TOGETHER
        for place, number in enumerate(passage):
            if number in item.statements and item.segments[number].text in ("Fler fiskare säljer.", "Hamnen lever."):
                above = [item.segments[other].text for other in passage[:place] if item.segments[other].is_heading]
                assert above[-1:] == ["Mål"]
