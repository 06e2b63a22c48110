"""From the corpus to a model on disk: `effektkedja train`."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import ModelError, TrainingError
from classifier.model.bundle import FILES, MODEL_DIR, Manifest, check_files, installed_libraries, read_manifest, sha256, write_manifest
from classifier.model.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder
from classifier.model.heads import HEADS_FILE, Heads
from classifier.model.windows import Segment
from classifier.taxonomy import Field, Scheme, load_scheme
from classifier.training.corpus import CORPUS_DIR, LabelledProject, corpus_hash, read_corpus, read_short_statements
from classifier.training.evaluation import measure_scores
from classifier.training.heads import HeldOut, Vectors, calibrate, carry_calibration, fit_heads, join, score
from classifier.training.segments import project_input

if TYPE_CHECKING:
    from classifier.training.adaptation import Recipe

FOLDS = 2
CHECKPOINTS = ".training"
"""Folder beside the model where an unfinished training keeps its state."""
Encode = Callable[[Sequence[Sequence[Segment]]], list[Any]]
Report = Callable[[str, int, int], None]
"""Called with what is being done, the step and the number of steps."""


def train_heads(model_dir: Path = MODEL_DIR, corpus_dir: Path = CORPUS_DIR, decided: Sequence[LabelledProject] = ()) -> Manifest:
    """Refit the heads on the corpus, and on decided cases, with the encoder that is there; takes seconds and no torch.

    Raises:
        TrainingError: when the corpus is malformed or there is no encoder to use.
    """
    scheme, projects, short = load_scheme(), read_corpus(corpus_dir), read_short_statements(corpus_dir)
    try:
        before = read_manifest(model_dir)
        check_files(model_dir, before, (ENCODER_FILE, TOKENIZER_FILE))
    except ModelError as error:
        raise TrainingError("det finns ingen hel encoder att utgå från; kör: effektkedja train --encoder") from error
    heads = fit_heads(vectors_of([*projects, *short, *decided], Encoder.load(model_dir).encode), scheme)
    if (model_dir / HEADS_FILE).is_file() and before.scheme_version == scheme.version:
        heads = carry_calibration(heads, Heads.load(model_dir / HEADS_FILE))
    heads.save(model_dir / HEADS_FILE)
    manifest = _manifest(model_dir, corpus_dir, [*projects, *short], scheme, before.base, dict(before.recipe), dict(before.metrics))
    manifest = replace(manifest, decided_cases=len(decided))
    write_manifest(model_dir, manifest)
    return manifest


def train_all(
    recipe: Recipe,
    report: Report,
    *,
    base_name: str | None = None,
    model_dir: Path = MODEL_DIR,
    corpus_dir: Path = CORPUS_DIR,
    folds: int = FOLDS,
    projects: Sequence[LabelledProject] | None = None,
) -> Manifest:
    """Adapt the encoder to the corpus, export it, and fit and calibrate the heads.

    The corpus is cut into folds by project. For each fold an encoder and heads are trained on the others and score it;
    from these scores come calibration and the metrics in the manifest. The final model is trained on all. The short
    statements are dealt out to the folds too, and their metrics are given apart.

    The state is kept after every epoch, so that a run that was stopped goes on from there when it is started again.

    Args:
        recipe: how to train.
        report: told what is trained and how far it has come.
        base_name: a sentence-transformers model to start from, instead of the weights that come along.
        model_dir: where the model is written.
        corpus_dir: the corpus.
        folds: without any, the model is neither calibrated nor measured.
        projects: a part of the corpus to train on, instead of all of it.
    """
    from classifier.training import adaptation, export, vocabulary
    from classifier.training.base import load_base

    scheme = load_scheme()
    projects = projects or [*read_corpus(corpus_dir), *read_short_statements(corpus_dir)]
    wanted = [*vocabulary.wanted_words(), *(project.text for project in projects)]

    def adapted(subset: Sequence[LabelledProject], what: str) -> tuple[Any, Any]:
        base = vocabulary.trim(load_base(base_name), wanted)
        checkpoint = model_dir / CHECKPOINTS / f"{fingerprint(subset, base.name, recipe)}.pt"
        return base, adaptation.adapt(base, subset, scheme, recipe, lambda step, steps, _loss: report(what, step, steps), checkpoint)

    model_dir.mkdir(parents=True, exist_ok=True)
    base, model = adapted(projects, "Hela samlingen")
    export.export_encoder(model, base, model_dir)
    sample = [project_input(project).segments for project in projects[:: max(1, len(projects) // 20)]]
    metrics: dict[str, Any] = {"export_cosine": round(export.agreement(model, base, model_dir, sample), 4)}

    held_out: list[HeldOut] = []
    for number, held in enumerate(fold_numbers(projects, folds)):
        train = [project for row, project in enumerate(projects) if row not in held]
        test = [project for row, project in enumerate(projects) if row in held]
        base, model = adapted(train, f"Del {number + 1} av {folds}")

        def encode(documents: Sequence[Sequence[Segment]], model: Any = model, base: Any = base) -> list[Any]:
            return list(adaptation.encode(model, base, documents))

        held_out.append(score(fit_heads(vectors_of(train, encode), scheme), vectors_of(test, encode)))

    heads = fit_heads(vectors_of(projects, Encoder.load(model_dir).encode), scheme)
    if held_out:
        heads = calibrate(heads, join(held_out), scheme)
        metrics["cross_validation"] = {"folds": folds, **measure_scores(join(held_out), heads, scheme)}
    heads.save(model_dir / HEADS_FILE)
    manifest = _manifest(model_dir, corpus_dir, projects, scheme, base.name, asdict(recipe), metrics)
    write_manifest(model_dir, manifest)
    shutil.rmtree(model_dir / CHECKPOINTS, ignore_errors=True)
    return manifest


def fingerprint(projects: Sequence[LabelledProject], base_name: str, recipe: Recipe) -> str:
    """What a training starts from, as 16 hexadecimal digits: the same for the same texts, labels, base and recipe."""
    content = [(project.title, project.text, [item.columns for item in project.statements], dict(project.labels)) for project in projects]
    return hashlib.sha256(repr((content, base_name, recipe)).encode()).hexdigest()[:16]


def vectors_of(projects: Sequence[LabelledProject], encode: Encode) -> Vectors:
    """Encode projects in context and their statements alone."""
    inputs = [project_input(project) for project in projects]
    encoded = encode([item.segments for item in inputs])
    in_context = np.concatenate([vectors[item.statements] for vectors, item in zip(encoded, inputs, strict=True)])
    whole = np.stack([vectors[item.parts].mean(axis=0) for vectors, item in zip(encoded, inputs, strict=True)])
    alone = np.concatenate(encode([[Segment(item.statement.text)] for project in projects for item in project.statements]))
    return Vectors(projects, in_context, alone, whole)


def fold_numbers(projects: Sequence[LabelledProject], folds: int) -> list[set[int]]:
    """Deal the projects out to folds, by fokusområde in turn, short statements like a fokusområde of their own; a project's statements are never parted."""
    order = sorted(range(len(projects)), key=lambda row: (projects[row].labels.get(Field.FOKUSOMRADE, ()), projects[row].id))
    return [set(order[start::folds]) for start in range(folds)]


def _manifest(
    model_dir: Path,
    corpus_dir: Path,
    projects: Sequence[LabelledProject],
    scheme: Scheme,
    base: str,
    recipe: dict[str, Any],
    metrics: dict[str, Any],
) -> Manifest:
    files = {name: sha256(model_dir / name) for name in FILES}
    corpus = corpus_hash(corpus_dir)
    return Manifest(
        model_version=f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}-{files[HEADS_FILE][:8]}",
        scheme_version=scheme.version,
        base=base,
        corpus_sha256=corpus,
        corpus_texts=sum(bool(project.labels) for project in projects),
        corpus_statements=sum(len(project.statements) for project in projects),
        libraries=installed_libraries(),
        files=files,
        recipe=recipe,
        metrics=metrics,
    )
