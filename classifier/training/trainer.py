"""From the corpus to a model on disk: `effektkedja train`."""

from __future__ import annotations

import datetime
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from classifier.errors import ModelError, TrainingError
from classifier.model.bundle import FILES, MODEL_DIR, Manifest, check_files, installed_libraries, read_manifest, sha256, write_manifest
from classifier.model.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder
from classifier.model.heads import HEADS_FILE, Heads
from classifier.model.neighbours import NEIGHBOURS_FILE
from classifier.model.windows import Segment
from classifier.taxonomy import Field, Scheme, load_scheme
from classifier.training.calibration import calibrate, carry_calibration, join, score
from classifier.training.corpus import CORPUS_DIR, LabelledProject, corpus_hash, read_corpus, read_short_statements
from classifier.training.evaluation import Part, measure_scores
from classifier.training.examples import fit_neighbours
from classifier.training.heads import Vectors, fit_heads
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
    """Refit the heads on the corpus, and on what people have decided, with the encoder that is there; takes a minute or two, and no torch.

    A decided project without project labels is a statement that a room agreed on: given to the corpus, it is kept with its text.

    Raises:
        TrainingError: when the corpus is malformed or there is no encoder to use.
    """
    scheme, projects, short = load_scheme(), read_corpus(corpus_dir), read_short_statements(corpus_dir)
    try:
        before = read_manifest(model_dir)
        check_files(model_dir, before, (ENCODER_FILE, TOKENIZER_FILE))
    except ModelError as error:
        raise TrainingError("det finns ingen hel encoder att utgå från; kör: effektkedja train --encoder") from error
    vectors = vectors_of([*projects, *short, *decided], Encoder.load(model_dir).encode)
    heads = fit_heads(vectors, scheme)
    if (model_dir / HEADS_FILE).is_file() and before.scheme_version == scheme.version:
        heads = carry_calibration(heads, Heads.load(model_dir / HEADS_FILE))
    heads.save(model_dir / HEADS_FILE)
    fit_neighbours(vectors, {project.id for project in decided if project.labels}).save(model_dir / NEIGHBOURS_FILE)
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

    The corpus is cut into folds (:func:`fold_numbers`). For each fold an encoder and heads are trained on the others and
    score it; from these scores come calibration and the metrics in the manifest. The final model is trained on all. The
    short statements are dealt out to the folds too, and their metrics are given apart.

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
    from classifier.training import export

    scheme = load_scheme()
    projects = projects or [*read_corpus(corpus_dir), *read_short_statements(corpus_dir)]
    adapt = _Adaptation(recipe, report, base_name, scheme, model_dir / CHECKPOINTS, projects)
    model_dir.mkdir(parents=True, exist_ok=True)
    base, model = adapt(projects, "Hela samlingen")
    export.export_encoder(model, base, model_dir)
    sample = [project_input(project).segments for project in projects[:: max(1, len(projects) // 20)]]
    vectors = vectors_of(projects, Encoder.load(model_dir).encode)
    heads = fit_heads(vectors, scheme)
    cosine, same_label = export.agreement(model, base, model_dir, sample, heads)
    metrics: dict[str, Any] = {"export_cosine": round(cosine, 4), "export_same_column": round(same_label, 4)}
    if folds:
        parts = _hold_out(adapt, fold_numbers(projects, folds))
        heads = calibrate(heads, join([held_out for held_out, _ in parts]), scheme)
        metrics["cross_validation"] = {"folds": folds, **_measure_folds(parts, scheme)}
    heads.save(model_dir / HEADS_FILE)
    fit_neighbours(vectors).save(model_dir / NEIGHBOURS_FILE)
    manifest = _manifest(model_dir, corpus_dir, projects, scheme, base.name, asdict(recipe), metrics)
    write_manifest(model_dir, manifest)
    shutil.rmtree(model_dir / CHECKPOINTS, ignore_errors=True)
    return manifest


def cross_validate(
    recipe: Recipe, report: Report, *, folds: int = FOLDS, model_dir: Path = MODEL_DIR, corpus_dir: Path = CORPUS_DIR
) -> dict[str, Any]:
    """Measure a recipe on the corpus as :func:`train_all` does, without touching the model; resumable like it."""
    scheme, projects = load_scheme(), [*read_corpus(corpus_dir), *read_short_statements(corpus_dir)]
    adapt = _Adaptation(recipe, report, None, scheme, model_dir / CHECKPOINTS, projects)
    parts = _hold_out(adapt, fold_numbers(projects, folds))
    shutil.rmtree(model_dir / CHECKPOINTS, ignore_errors=True)
    return {"folds": folds, **_measure_folds(parts, scheme)}


@dataclass(frozen=True)
class _Adaptation:
    """Adapts the base to a part of the projects; the vocabulary is that of all of them."""

    recipe: Recipe
    report: Report
    base_name: str | None
    scheme: Scheme
    checkpoints: Path
    projects: Sequence[LabelledProject]

    def __call__(self, subset: Sequence[LabelledProject], what: str) -> tuple[Any, Any]:
        from classifier.training import adaptation, vocabulary
        from classifier.training.base import load_base

        base = vocabulary.trim(load_base(self.base_name), [*vocabulary.wanted_words(), *(project.text for project in self.projects)])
        checkpoint = self.checkpoints / f"{fingerprint(subset, base.name, self.recipe)}.pt"
        tell = lambda step, steps, _loss: self.report(what, step, steps)  # noqa: E731
        return base, adaptation.adapt(base, subset, self.scheme, self.recipe, tell, checkpoint)


def _hold_out(adapt: _Adaptation, folds: Sequence[set[int]]) -> list[Part]:
    """The scores of every fold, given by an encoder and heads trained on the others, and these heads."""
    from classifier.training import adaptation

    parts = []
    for number, held in enumerate(folds, 1):
        train = [project for row, project in enumerate(adapt.projects) if row not in held]
        test = [project for row, project in enumerate(adapt.projects) if row in held]
        base, model = adapt(train, f"Del {number} av {len(folds)}")

        def encode(documents: Sequence[Sequence[Segment]], model: Any = model, base: Any = base) -> list[Any]:
            return list(adaptation.encode(model, base, documents))

        heads = fit_heads(vectors_of(train, encode), adapt.scheme)
        parts.append((score(heads, vectors_of(test, encode)), heads))
    return parts


def _measure_folds(parts: Sequence[Part], scheme: Scheme) -> dict[str, Any]:
    """Metrics of all folds, each calibrated on the others, so that nothing is measured on what it was set by."""
    calibrated = []
    for number, (held_out, heads) in enumerate(parts):
        others = [other for place, (other, _) in enumerate(parts) if place != number]
        calibrated.append((held_out, calibrate(heads, join(others or [held_out]), scheme)))
    return measure_scores(calibrated, scheme)


def fingerprint(projects: Sequence[LabelledProject], base_name: str, recipe: Recipe) -> str:
    """What a training starts from, as 16 hexadecimal digits: the same for the same texts, labels, base and recipe."""
    content = [(project.title, project.text, [item.columns for item in project.statements], dict(project.labels)) for project in projects]
    return hashlib.sha256(repr((content, base_name, recipe)).encode()).hexdigest()[:16]


def vectors_of(projects: Sequence[LabelledProject], encode: Encode) -> Vectors:
    """Encode projects in context and their parts alone."""
    inputs = [project_input(project) for project in projects]
    placed = encode([item.segments for item in inputs])
    alone = iter(encode([[item.segments[number]] for item in inputs for number in item.parts]))
    by_itself = [np.concatenate([next(alone) for _ in item.parts]) for item in inputs]
    titles = [len(item.parts) - len(item.statements) for item in inputs]
    return Vectors(
        projects,
        np.concatenate([vectors[item.statements] for vectors, item in zip(placed, inputs, strict=True)]),
        np.concatenate([vectors[title:] for vectors, title in zip(by_itself, titles, strict=True)]),
        np.stack([(vectors[item.parts] + own).mean(axis=0) / 2 for vectors, own, item in zip(placed, by_itself, inputs, strict=True)]),
    )


def fold_numbers(projects: Sequence[LabelledProject], folds: int) -> list[set[int]]:
    """Deal the projects out to folds; a project's statements are never parted.

    Texts of one round of writing stay together, the largest round dealt out first, each to the smallest fold: a model is then
    measured on texts written to another instruction than those it learnt from, which is nearer to meeting a new applicant. With
    fewer rounds than folds, texts are dealt out by fokusområde in turn. Statements that stand alone are dealt out in turn.
    """
    whole = [row for row, project in enumerate(projects) if project.labels]
    alone = sorted((row for row, project in enumerate(projects) if not project.labels), key=lambda row: projects[row].id)
    dealt = [set(alone[start::folds]) for start in range(folds)]
    rounds = Counter(projects[row].round for row in whole)
    if len(rounds) < folds:
        order = sorted(whole, key=lambda row: (projects[row].labels.get(Field.FOKUSOMRADE, ()), projects[row].id))
        return [dealt[start] | set(order[start::folds]) for start in range(folds)]
    texts: list[set[int]] = [set() for _ in range(folds)]
    for number, _ in sorted(rounds.items(), key=lambda pair: (-pair[1], pair[0])):
        min(texts, key=len).update(row for row in whole if projects[row].round == number)
    return [single | whole for single, whole in zip(dealt, texts, strict=True)]


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
