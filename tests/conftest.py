"""What the tests share: a small dummy model, so that units are tested in milliseconds."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from classifier.assistant import Assistant, ProjectText
from classifier.model.bundle import Bundle, Manifest, installed_libraries
from classifier.model.heads import Head, Heads
from classifier.model.neighbours import Example, Neighbours
from classifier.model.windows import Segment
from classifier.model.words import Words
from classifier.portfolio import engine
from classifier.portfolio.engine import Model
from classifier.store.cases import Cases
from classifier.store.database import open_database
from classifier.store.runs import Runs
from classifier.taxonomy import Field, Scheme, load_scheme

DIMENSIONS = 16
WORDS = Words((("butik", "fler gäster", "kurs"), ("buti", "kurs", "utb")), np.array([1.0, 2.0, 1.5, 1.0, 1.5, 2.0], np.float32))

settings.register_profile("effektkedja", deadline=None)  # a slow machine is no failed property
settings.load_profile("effektkedja")

APPLICATION = """Bakgrund
Byarna runt Storsjön har tappat två butiker på fem år.

Aktiviteter
- Föreningen bygger om skolan till en butik.
- Tolv volontärer utbildas i att sköta sortimentet.

Kommunen går in med 450 000 kronor. Minst 150 hushåll handlar i butiken varje vecka, vilket gör att fler familjer flyttar till bygden.
"""


class DummyEncoder:
    """Gives every segment a vector made of its words, the same each time; knows nothing of meaning."""

    dimensions = DIMENSIONS

    def encode(self, documents: Sequence[Sequence[Segment]], max_tokens: int = 256) -> list[np.ndarray]:
        return [
            np.array([self._vector(segment.text) for segment in document], np.float32).reshape(-1, DIMENSIONS) for document in documents
        ]

    def passage(self, document: Sequence[Segment], number: int) -> tuple[list[Segment], int]:
        return [document[number]], 0

    def _vector(self, text: str) -> np.ndarray:
        words = re.findall(r"\w+", text.lower())
        vectors = [np.random.default_rng(zlib.crc32(word.encode())).normal(size=DIMENSIONS) for word in words]
        return np.mean(vectors, axis=0) if vectors else np.zeros(DIMENSIONS)


def dummy_head(labels: int, *, many: bool, seed: int) -> Head:
    generator = np.random.default_rng(seed)
    return Head(
        weights=generator.normal(size=(labels, DIMENSIONS)).astype(np.float32),
        word_weights=generator.normal(size=(labels, len(WORDS.idf))).astype(np.float16).astype(np.float32),
        bias=generator.normal(size=labels).astype(np.float32),
        mean=np.zeros(DIMENSIONS, np.float32),
        scale=np.ones(DIMENSIONS, np.float32),
        temperature=1.5,
        thresholds=np.full(labels, 0.5 if many else 0.2, np.float32),
        set_thresholds=np.full(labels, 0.1, np.float32),
        is_multiple=many,
    )


def dummy_heads(scheme: Scheme) -> Heads:
    fields = {field: dummy_head(len(scheme.ids(field)), many=field.is_multiple, seed=number) for number, field in enumerate(Field)}
    return Heads(dummy_head(len(scheme.columns), many=False, seed=99), fields, WORDS)


def dummy_neighbours() -> Neighbours:
    texts = {"Tre kurser hålls under våren.": ("A",), "Fler gäster stannar över natten.": ("U", "K"), "Byn har tappat sin skola.": ("-",)}
    encoder = DummyEncoder()
    vectors = np.concatenate(encoder.encode([[Segment(text)] for text in texts]))
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    examples = [Example(columns, text) for text, columns in texts.items()]
    return Neighbours(examples, vectors.astype(np.float16), np.zeros(DIMENSIONS, np.float32), np.eye(DIMENSIONS, dtype=np.float32))


def dummy_manifest(scheme: Scheme, **changes: object) -> Manifest:
    values: dict[str, object] = {
        "model_version": "provmodell",
        "scheme_version": scheme.version,
        "base": "prov",
        "corpus_sha256": "0" * 64,
        "corpus_texts": 1,
        "corpus_statements": 1,
        "libraries": installed_libraries(),
        "files": {},
    }
    return Manifest(**(values | changes))  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def scheme() -> Scheme:
    return load_scheme()


@pytest.fixture(scope="session")
def assistant(scheme: Scheme) -> Assistant:
    return Assistant(Bundle(dummy_manifest(scheme), DummyEncoder(), dummy_heads(scheme), dummy_neighbours()), scheme)  # type: ignore[arg-type]


@pytest.fixture
def batches(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Portfolios are judged by the dummy model, in this process: the texts of every batch that was."""
    judged: list[list[str]] = []
    judge = engine.judge

    def record(model: Model, threads: int, projects: Sequence[ProjectText]) -> list[bytes]:
        judged.extend([[project.text for project in projects]] if projects else [])
        return judge(model, threads, projects)

    monkeypatch.setattr(engine, "judge", record)
    monkeypatch.setattr(engine, "_opened", lambda _model, _threads: assistant)
    monkeypatch.setattr(engine, "read_manifest", lambda _folder: assistant.bundle.manifest)
    return judged


@pytest.fixture
def cases(tmp_path: Path, scheme: Scheme) -> Cases:
    return Cases(open_database(f"sqlite:///{tmp_path / 'prov.db'}"), scheme)


@pytest.fixture
def runs(cases: Cases) -> Runs:
    return Runs(cases.engine, cases.scheme)
